import type { HostileCase } from "./case.ts";
import { casesB } from "./cases-b.ts";
import { casesC } from "./cases-c.ts";
import { casesGuardedA } from "./cases-guarded-a.ts";
import { casesGuardedB } from "./cases-guarded-b.ts";
import { casesGuardedE } from "./cases-guarded-e.ts";
import { casesGuardedH } from "./cases-guarded-h.ts";
import { casesGuardedI } from "./cases-guarded-i.ts";
import { casesGuardedM } from "./cases-guarded-m.ts";
import { casesGuardedMAccounts } from "./cases-guarded-m-accounts.ts";
import { casesGuardedU } from "./cases-guarded-u.ts";
import { casesH } from "./cases-h.ts";
import { casesHHeaders } from "./cases-h-headers.ts";
import { casesI } from "./cases-i.ts";
import { casesIClosed } from "./cases-i-closed.ts";
import { casesJ } from "./cases-j.ts";
import { casesK } from "./cases-k.ts";
import { casesM } from "./cases-m.ts";
import { casesMLists } from "./cases-m-lists.ts";
import { casesP } from "./cases-p.ts";
import { casesQ } from "./cases-q.ts";
import { casesQLimits } from "./cases-q-limits.ts";
import { casesQSearch } from "./cases-q-search.ts";
import { casesT } from "./cases-t.ts";
import { casesTNumbers } from "./cases-t-numbers.ts";
import { casesU } from "./cases-u.ts";

/** Every case that is data, group by group. A group has its own engines, and its cases run in this order. */
export const caseGroups: Readonly<Record<string, readonly HostileCase[]>> = {
  J: casesJ,
  T: [...casesTNumbers, ...casesT],
  U: casesU,
  I: [...casesI, ...casesIClosed],
  Q: [...casesQ, ...casesQLimits, ...casesQSearch],
  P: casesP,
  M: [...casesM, ...casesMLists],
  B: casesB,
  C: casesC,
  K: casesK,
  H: [...casesH, ...casesHHeaders],
};

/** The cases of the world in which rows and columns have owners. */
export const guardedGroups: Readonly<Record<string, readonly HostileCase[]>> = {
  A: casesGuardedA,
  M: [...casesGuardedM, ...casesGuardedMAccounts],
  B: casesGuardedB,
  E: casesGuardedE,
  H: casesGuardedH,
  I: casesGuardedI,
  U: casesGuardedU,
};

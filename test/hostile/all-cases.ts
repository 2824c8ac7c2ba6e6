import type { HostileCase } from "./case.ts";
import { casesC } from "./cases-c.ts";
import { casesH } from "./cases-h.ts";
import { casesHHeaders } from "./cases-h-headers.ts";
import { casesI } from "./cases-i.ts";
import { casesIClosed } from "./cases-i-closed.ts";
import { casesJ } from "./cases-j.ts";
import { casesM } from "./cases-m.ts";
import { casesP } from "./cases-p.ts";
import { casesQ } from "./cases-q.ts";
import { casesQLimits } from "./cases-q-limits.ts";
import { casesT } from "./cases-t.ts";
import { casesTNumbers } from "./cases-t-numbers.ts";
import { casesU } from "./cases-u.ts";

/** Every case that is data, group by group. A group has its own engines, and its cases run in this order. */
export const caseGroups: Readonly<Record<string, readonly HostileCase[]>> = {
  J: casesJ,
  T: [...casesTNumbers, ...casesT],
  U: casesU,
  I: [...casesI, ...casesIClosed],
  Q: [...casesQ, ...casesQLimits],
  P: casesP,
  M: casesM,
  C: casesC,
  H: [...casesH, ...casesHHeaders],
};

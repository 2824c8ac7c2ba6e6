import type { Stored } from "../schema/stored.ts";
import { type Account, ADMINISTRATOR } from "./account.ts";
import type { Access } from "./policy/access.ts";

/**
 * Who asks. Only `auth/` makes principals: the brand is a symbol that nobody else can write, so no
 * other layer can invent a caller.
 */
declare const authenticated: unique symbol;

/** The caller's own values in its policies, in the order in which they are named. */
export type CallerValues = readonly (Stored | readonly Stored[])[];

/** What every principal carries beside who it is. */
interface Permitted {
  readonly [authenticated]: true;
  /** What callers of its kind may do; shared by all of them. */
  readonly access: Access;
  readonly values: CallerValues;
}

type Who =
  | { readonly kind: "anonymous" }
  | { readonly kind: "account"; readonly account: Account }
  /** The server itself, for rows it makes by its own. No request becomes this. */
  | { readonly kind: "system"; readonly reason: string };

export type Principal = Permitted & Who;

/** Gives a caller what it may do. Only `Policies` decides that. */
export function permitted(who: Who, given: Pick<Permitted, "access" | "values">): Principal {
  return { ...who, ...given } as Principal;
}

/** Whether the caller passes every rule but `nobody`. */
export function isAdministrator(principal: Principal): boolean {
  return principal.kind === "account" && principal.account.roles.includes(ADMINISTRATOR);
}

/** Whether the caller may know all that there is: a key for some tables is in hands that shall not see the others. */
export function knowsEverything(principal: Principal): boolean {
  return isAdministrator(principal) && principal.kind === "account" && principal.account.scopes === undefined;
}

/** Whether the caller may be told why a rule refused: an administrator is, also in the place of somebody else. */
export function mayBeTold(principal: Principal): boolean {
  return knowsEverything(principal) || (principal.kind === "account" && principal.account.by !== undefined);
}

/** An account by its table and the text of its key. */
interface NamedAccount {
  readonly table: string;
  readonly key: string;
}

/** The caller as those who watch the server see it. */
export function namedCaller(principal: Principal): Partial<NamedAccount> & {
  readonly kind: Principal["kind"];
  readonly roles?: readonly string[];
  readonly by?: NamedAccount;
} {
  if (principal.kind !== "account") return { kind: principal.kind };
  const { table, key, roles, by } = principal.account;
  const named = { kind: "account", table, key: String(key), roles } as const;
  return by === undefined ? named : { ...named, by: { table: by.table, key: String(by.key) } };
}

/** A text that names the caller: nobody else has it. */
export function callerName(principal: Principal): string {
  if (principal.kind !== "account") return principal.kind;
  const { table, key, by } = principal.account;
  const name = [table, typeof key, String(key)];
  return JSON.stringify(by === undefined ? name : [...name, by.table, typeof by.key, String(by.key)]);
}

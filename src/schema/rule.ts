/**
 * Who may do something, as data. `auth/policy/` reads it; the schema only carries it. Until accounts
 * exist there are two rules; the others are named so that a declaration that uses one stops the start
 * instead of being accepted and ignored.
 */
export type Rule =
  | { readonly rule: "everyone" }
  | { readonly rule: "nobody" }
  | { readonly rule: "administrators" }
  | { readonly rule: "unavailable"; readonly name: string };

/** Every caller, signed in or not. */
export const everyone: Rule = { rule: "everyone" };
/** No caller at all; the server's own work is not asked. */
export const nobody: Rule = { rule: "nobody" };
/** Callers with an account. */
export const signedIn: Rule = { rule: "unavailable", name: "signedIn" };
/** The caller whose id stands in the owner column. */
export const owner: Rule = { rule: "unavailable", name: "owner" };
/** The account that the row is. */
export const self: Rule = { rule: "unavailable", name: "self" };
/** Callers with a role. */
export function role(name: string): Rule {
  return { rule: "unavailable", name: `role(${JSON.stringify(name)})` };
}

/** What can be done to the rows of a table. */
export type TableAction = "read" | "create" | "update" | "delete";

export type Rules = { readonly [Action in TableAction]?: Rule };

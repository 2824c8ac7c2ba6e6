import type { RuleCaller } from "../../schema/rule.ts";
import type { Account } from "../account.ts";
import type { Principal } from "../principal.ts";

/** A caller without an account. */
export const NOBODY: RuleCaller = { signedIn: false, id: undefined, table: undefined, roles: [] };

/** A caller as rules and the application's own code see it. */
export function ruleCaller(principal: Principal): RuleCaller {
  return principal.kind === "account" ? accountCaller(principal.account) : NOBODY;
}

export function accountCaller({ table, key, roles }: Account): RuleCaller {
  // As an answer holds it: 64-bit keys are texts.
  return { signedIn: true, id: typeof key === "number" ? key : String(key), table, roles };
}

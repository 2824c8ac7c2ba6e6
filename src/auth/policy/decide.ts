import { Problem } from "../../errors/problem.ts";
import { certainly } from "../../schema/filter.ts";
import { type AccountsTable, isMadeBySignUp, type TableModel } from "../../schema/model.ts";
import type { Rule, TableAction } from "../../schema/rule.ts";
import type { Explanation } from "../../errors/explanation.ts";
import type { Principal } from "../principal.ts";
import { tableAccess } from "./access.ts";
import { explainAction, explainSignUp } from "./explain.ts";

/** Whether the caller may do this to some row at least. */
export function mayEver(principal: Principal, table: Pick<TableModel, "name">, action: TableAction): boolean {
  return certainly(tableAccess(principal.access, table).actions[action]) !== false;
}

/** Ends the request unless the caller may do one of both; told of the one that signing in could open. */
export function allowEither(
  principal: Principal,
  table: TableModel,
  [first, second]: readonly [TableAction, TableAction],
): void {
  if (mayEver(principal, table, first) || mayEver(principal, table, second)) return;
  const { rules } = tableAccess(principal.access, table).whole;
  allow(principal, table, couldSignIn(principal, rules[first]) ? first : second);
}

/** Ends the request when the rule leaves nothing to this caller: 401 where signing in could help, else 403. */
export function allow(principal: Principal, table: Pick<TableModel, "name">, action: TableAction): void {
  if (mayEver(principal, table, action)) return;
  const { whole } = tableAccess(principal.access, table);
  const explanation = { rules: [explainAction(principal, whole, action)] };
  const instead = action === "create" && isMadeBySignUp(whole) ? " Others sign up: POST /api/auth/sign-up." : "";
  throw refused(principal, whole.rules[action], { what: `${action} ${whole.path}`, instead, explanation });
}

/** Ends the request when the rules leave no row to this caller that an account could be made with. */
export function allowSignUp(principal: Principal, table: Pick<AccountsTable, "name" | "path" | "accounts">): void {
  if (certainly(tableAccess(principal.access, table).signUp) !== false) return;
  const explanation = { rules: [explainSignUp(principal, table)] };
  throw refused(principal, table.accounts.signUp, { what: `sign up for ${table.path}`, explanation });
}

interface Refusal {
  /** `create users`. */
  readonly what: string;
  /** A sentence about another way, if there is one. */
  readonly instead?: string;
  readonly explanation: Explanation;
}

/** The refusal of something that a rule leaves to others. */
export function refused(principal: Principal, rule: Rule, { what, instead = "", explanation }: Refusal): Problem {
  if (couldSignIn(principal, rule)) {
    const who = rule.rule === "administrators" ? "Only administrators may" : "Sign in to";
    const headers = { "www-authenticate": "Bearer" };
    return new Problem("sign_in_required", `${who} ${what}.${instead}`, { headers, explanation });
  }
  const whoNot = rule.rule === "nobody" ? "Nobody may" : "You may not";
  return new Problem("forbidden", `${whoNot} ${what}.${instead}`, { explanation });
}

/** Whether an account could open what is closed to this caller. */
function couldSignIn({ kind }: Principal, rule: Rule): boolean {
  return kind === "anonymous" && rule.rule !== "nobody";
}

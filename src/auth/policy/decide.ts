import { Problem } from "../../errors/problem.ts";
import { EVERYTHING, type FilterNode } from "../../schema/filter.ts";
import type { TableModel } from "../../schema/model.ts";
import type { TableAction } from "../../schema/rule.ts";
import type { Principal } from "../principal.ts";

/** What a rule leaves to a caller: the rows that a filter selects, or nothing at all. */
export type Verdict = { readonly allowed: true; readonly rows: FilterNode } | { readonly allowed: false };

const REFUSED: Verdict = { allowed: false };
const ALL_ROWS: Verdict = { allowed: true, rows: EVERYTHING };

/** Applies a table's rule to a caller. Pure: no database, no clock. What is not named is refused. */
export function decide(principal: Principal, table: TableModel, action: TableAction): Verdict {
  // The rows of a view are made by its query: not even the server's own work can write them.
  if (table.view !== undefined && action !== "read") return REFUSED;
  if (principal.kind === "system") return ALL_ROWS;
  return table.rules[action].rule === "everyone" ? ALL_ROWS : REFUSED;
}

/** Ends the request unless the caller may do one of both; told of the one that signing in could open. */
export function allowEither(
  principal: Principal,
  table: TableModel,
  [first, second]: readonly [TableAction, TableAction],
): void {
  if (decide(principal, table, first).allowed) return;
  const closed = decide(principal, table, second).allowed || table.rules[first].rule !== "administrators";
  allow(principal, table, closed ? second : first);
}

/** Ends the request when the rule leaves nothing to this caller: 401 where signing in could help, else 403. */
export function allow(principal: Principal, table: TableModel, action: TableAction): void {
  if (decide(principal, table, action).allowed) return;
  if (table.rules[action].rule === "administrators") {
    throw new Problem("sign_in_required", `Only administrators may ${action} ${table.path}.`, {
      headers: { "www-authenticate": "Bearer" },
    });
  }
  throw new Problem("forbidden", `Nobody may ${action} ${table.path}.`);
}

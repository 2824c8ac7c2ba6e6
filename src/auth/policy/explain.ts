import type { ExplainedRule, Explanation, SoughtRow } from "../../errors/explanation.ts";
import { certainly, type FilterNode, type FilterOperator, type Operand } from "../../schema/filter.ts";
import type { CallModel } from "../../schema/call-model.ts";
import { type AccountsTable, type ColumnModel, columnOf, type TableModel } from "../../schema/model.ts";
import { writtenAs } from "../../schema/plain-value.ts";
import { nameOfFunction, type Rule, type TableAction } from "../../schema/rule.ts";
import type { Stored } from "../../schema/stored.ts";
import type { CallerValues, Principal } from "../principal.ts";
import { tableAccess } from "./access.ts";

/** Stands where a value must not be told, or is not the caller's. */
const REDACTED = "(private)";
/** Operators that people know by a sign. */
const SIGNS: Partial<Record<FilterOperator, string>> = {
  eq: "=",
  ne: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  nin: "not in",
};

/** A rule as a declaration writes it: `or(owner, role("editor"))`. A function is told by its name, where it has one. */
export function ruleText(rule: Rule): string {
  switch (rule.rule) {
    case "role":
      return `role(${JSON.stringify(rule.name)})`;
    case "and":
    case "or":
      return `${rule.rule}(${rule.of.map(ruleText).join(", ")})`;
    case "sameAs":
      return `sameAs(${[rule.relation, ...(rule.action === undefined ? [] : [rule.action])].map((name) => JSON.stringify(name)).join(", ")})`;
    case "when": {
      const name = nameOfFunction(rule.filter);
      return name === undefined ? "a function of the caller" : `the function ${name}`;
    }
    default:
      return rule.rule;
  }
}

/** A filter for people, with the caller's own values in it. Values that are compared with private columns are left out. */
function filterText(node: FilterNode, values: CallerValues): string {
  const known = certainly(node);
  if (node.is === "constant" || known !== undefined) return known === true ? "every row" : "no row";
  switch (node.is) {
    case "all":
    case "any":
      return node.of.map((part) => inParentheses(part, values)).join(node.is === "all" ? " and " : " or ");
    case "not":
      return `not (${filterText(node.of, values)})`;
    case "null":
      return `${node.column.name} is ${node.yes ? "" : "not "}null`;
    case "compare":
      return `${node.column.name} ${SIGNS[node.operator] ?? node.operator} ${operandText(node.column, node.value, values)}`;
    case "related":
      return relatedText(node, values);
  }
}

/** What leads through a relation is one path: `organisation.memberships some (user_id = 7)`. */
function relatedText(node: Extract<FilterNode, { is: "related" }>, values: CallerValues): string {
  const { relation, match, of } = node;
  // A row that is there is one of which nothing more is asked.
  if (of.is !== "related" || relation.many || match !== "some" || certainly(of) !== undefined)
    return `${relation.name} ${match} (${filterText(of, values)})`;
  return `${relation.name}.${relatedText(of, values)}`;
}

function inParentheses(node: FilterNode, values: CallerValues): string {
  const text = filterText(node, values);
  return node.is === "all" || node.is === "any" ? `(${text})` : text;
}

function operandText(column: ColumnModel, operand: Operand, values: CallerValues): string {
  if (column.readable.rule === "nobody" || "slot" in operand) return REDACTED;
  const value = values[operand.caller] as CallerValues[number];
  const one = (stored: Stored): string => JSON.stringify(writtenAs(column.kind, stored));
  return isList(value) ? `(${value.map(one).join(", ")})` : one(value);
}

function isList(value: CallerValues[number]): value is readonly Stored[] {
  return Array.isArray(value);
}

/** Why an action on a table, or on some of its rows, was refused. */
export function explainAction(
  principal: Principal,
  table: Pick<TableModel, "name">,
  action: TableAction,
): ExplainedRule {
  const { whole, actions } = tableAccess(principal.access, table);
  return explained(principal, actions[action], `${whole.name}.${action}: ${ruleText(whole.rules[action])}`);
}

function explained(principal: Principal, rows: FilterNode, rule: string): ExplainedRule {
  return { rule, filter: outOfScope(principal, rows) ?? filterText(rows, principal.values) };
}

/** Why a row was refused together with its account. */
export function explainSignUp(principal: Principal, table: Pick<AccountsTable, "name" | "accounts">): ExplainedRule {
  const { signUp } = tableAccess(principal.access, table);
  return explained(principal, signUp, `${table.name}.create, by signing up: ${ruleText(table.accounts.signUp)}`);
}

/** Why a row may be there and hidden; undefined where the caller reads every row, so that it is missing. */
export function explainHidden(principal: Principal, sought: SoughtRow): Explanation | undefined {
  const table = { name: sought.table };
  if (certainly(tableAccess(principal.access, table).actions.read) === true) return undefined;
  return { rules: [explainAction(principal, table, "read")], sought };
}

/** Why the write of a column was refused in these rows. */
export function explainColumn(
  principal: Principal,
  table: Pick<TableModel, "name">,
  column: Pick<ColumnModel, "name">,
): ExplainedRule {
  const { whole, writable } = tableAccess(principal.access, table);
  const found = columnOf(whole, column.name);
  const rows = writable.get(found);
  const rule = `${whole.name}.${found.name}.writable: ${ruleText(found.writable)}`;
  return { rule, filter: rows === undefined ? "no row" : filterText(rows, principal.values) };
}

/** Why a route of the application's own was refused. */
export function explainCall(principal: Principal, call: Pick<CallModel, "allow" | "title">): ExplainedRule {
  const scoped = principal.kind === "account" && principal.account.scopes !== undefined;
  return { rule: `${call.title}: ${ruleText(call.allow)}`, filter: scoped ? OUT_OF_SCOPE : "not this caller" };
}

const OUT_OF_SCOPE = "not this caller, or outside the scopes of its credentials";

/** Credentials with scopes may open less than the rule does, and the rule would be blamed. */
function outOfScope(principal: Principal, rows: FilterNode): string | undefined {
  const scoped = principal.kind === "account" && principal.account.scopes !== undefined;
  return scoped && certainly(rows) === false ? `no row: ${OUT_OF_SCOPE}` : undefined;
}

import { certainly, type FilterNode } from "../../schema/filter.ts";
import {
  accountsTables,
  columnOf,
  declaredTables,
  isMadeBySignUp,
  type SchemaModel,
  type TableModel,
} from "../../schema/model.ts";
import type { Rule, TableAction } from "../../schema/rule.ts";
import type { Stored } from "../../schema/stored.ts";
import { ADMINISTRATOR } from "../account.ts";
import type { Principal } from "../principal.ts";
import { tableAccess } from "./access.ts";
import type { Policies, ReportRule } from "./policies.ts";
import { rolesOf } from "./walk-rules.ts";

/** What a rule leaves to callers of one kind. */
export type Verdict = "allowed" | "denied" | "some rows";

/** One table, or one column that has rules of its own, and what who may do. */
export interface MatrixSection {
  /** `posts`, or `users.email`. */
  readonly name: string;
  /** `read`, `create`, `update`, `delete`, and `sign_up` where that is another; of a column `read` and `write`. */
  readonly actions: readonly string[];
  readonly rows: readonly { readonly who: string; readonly verdicts: readonly Verdict[] }[];
}

const ACTIONS: readonly TableAction[] = ["read", "create", "update", "delete"];
/** Keys that stand for some account's, of whichever kind keys are. */
const SAMPLE_KEYS = ["1", "00000000-0000-7000-8000-000000000001", "somebody"];

/** Who may do what, decided by the rules themselves. A function is asked for an account whose key is made up. */
export function policyMatrix(schema: SchemaModel, policies: Policies, report: ReportRule): MatrixSection[] {
  const callers = callersOf(schema, policies, report);
  return declaredTables(schema).flatMap((table) => [
    {
      name: table.name,
      actions: isMadeBySignUp(table) ? [...ACTIONS, "sign_up"] : ACTIONS,
      rows: callers.map(({ who, principal }) => {
        const { actions, signUp } = tableAccess(principal.access, table);
        const rows = [...ACTIONS.map((action) => actions[action]), ...(isMadeBySignUp(table) ? [signUp] : [])];
        return { who, verdicts: rows.map(verdictOf) };
      }),
    },
    ...table.columns
      .filter(({ readable, writable }) => readable.rule !== "everyone" || writable.rule !== "everyone")
      .map(({ name }) => ({
        name: `${table.name}.${name}`,
        actions: ["read", "write"],
        rows: callers.map(({ who, principal }) => ({ who, verdicts: columnVerdicts(principal, table, name) })),
      })),
  ]);
}

function callersOf(
  schema: SchemaModel,
  policies: Policies,
  report: ReportRule,
): { readonly who: string; readonly principal: Principal }[] {
  const source = policies.source(report);
  const tables = accountsTables(schema);
  const roles = [...rolesOf(schema)].filter((role) => role !== ADMINISTRATOR).toSorted();
  const account = (table: TableModel | undefined, held: readonly string[]): Principal =>
    source.account({ table: table?.name ?? "", key: keyOf(table), roles: held, session: undefined });
  const named = (table: TableModel): string => (tables.length > 1 ? ` (${table.name})` : "");
  const [first] = tables;
  return [
    { who: "anonymous", principal: source.anonymous },
    ...tables.map((table) => ({ who: `signed in${named(table)}`, principal: account(table, []) })),
    ...tables.flatMap((table) =>
      roles.map((role) => ({ who: `role ${role}${named(table)}`, principal: account(table, [role]) })),
    ),
    { who: ADMINISTRATOR, principal: account(first, [ADMINISTRATOR]) },
  ];
}

function keyOf(table: TableModel | undefined): Stored {
  const kind = table?.key[0]?.kind;
  for (const text of SAMPLE_KEYS) {
    const key = kind?.parse(text);
    if (key !== undefined) return key;
  }
  return 1;
}

function verdictOf(rows: FilterNode): Verdict {
  const known = certainly(rows);
  return known === undefined ? "some rows" : known ? "allowed" : "denied";
}

/** Of the rows that the caller may read, or write, in which it may read and write the column. */
function columnVerdicts(principal: Principal, table: TableModel, name: string): Verdict[] {
  const { seen, body, writable } = tableAccess(principal.access, table);
  const read = seen.column.get(name);
  const write = body.column.get(name);
  const mayWrite = write !== undefined && (write.role === "plain" || write.role === "key" || write.role === "owner");
  const rows = writable.get(columnOf(table, name)) ?? { is: "constant", value: mayWrite };
  return [
    read === undefined ? "denied" : verdictOf(read.visible ?? { is: "constant", value: true }),
    mayWrite ? verdictOf(rows) : "denied",
  ];
}

/** Rules that let nobody in but administrators, although they are not written so. */
export function deadRules(
  schema: SchemaModel,
  policies: Policies,
): { readonly table: string; readonly rule: Rule; readonly place: string }[] {
  const access = policies.described("signed in");
  const meant: readonly string[] = ["nobody", "administrators"];
  return declaredTables(schema).flatMap((table) => {
    const { actions, seen } = tableAccess(access, table);
    const isDead = (rule: Rule, isClosed: boolean): boolean =>
      isClosed && !meant.includes(rule.rule) && !(rule.rule === "role" && rule.name === ADMINISTRATOR);
    const ofActions = (table.view === undefined ? ACTIONS : (["read"] as const)).flatMap((action) =>
      isDead(table.rules[action], certainly(actions[action]) === false)
        ? [{ table: table.name, rule: table.rules[action], place: `${table.name}.${action}` }]
        : [],
    );
    const ofColumns = table.columns.flatMap(({ name, readable }) =>
      isDead(readable, !seen.column.has(name))
        ? [{ table: table.name, rule: readable, place: `${table.name}.${name}.readable` }]
        : [],
    );
    return [...ofActions, ...ofColumns];
  });
}

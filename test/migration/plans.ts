import {
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  integer,
  json,
  longText,
  real,
  ref,
  table,
  text,
  timestamp,
  uuid,
} from "servery";
import { quoteName } from "#servery/database/sqlite/quote-name.js";
import type { AnyDeclaration } from "#servery/schema/application.js";
import type { AnyColumn } from "#servery/schema/column.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import { type Renames, renamesOf, type StoredSchema, storedSchema } from "#servery/schema/stored-schema.js";
import type { AnyTable } from "#servery/schema/table.js";

/** Every kind of column that a generated declaration has, with a default that it takes. */
export const kinds = {
  text3: { make: () => text(3), fallback: "x" },
  text40: { make: () => text(40), fallback: "12" },
  long: { make: () => longText({ min: 1 }), fallback: "1.5" },
  email: { make: () => email(30), fallback: "a@b.cd" },
  choice: { make: () => enumeration("1", "x", "true"), fallback: "x" },
  integer: { make: () => integer(), fallback: 1 },
  digit: { make: () => integer({ min: 0, max: 9 }), fallback: 0 },
  bigint: { make: () => bigint(), fallback: "12" },
  decimal62: { make: () => decimal(6, 2), fallback: "1.5" },
  decimal41: { make: () => decimal(4, 1, { min: "0" }), fallback: "0.5" },
  decimal18: { make: () => decimal(18, 0), fallback: "7" },
  real: { make: () => real(), fallback: 0.5 },
  boolean: { make: () => boolean(), fallback: true },
  date: { make: () => date(), fallback: "2024-01-01" },
  timestamp: { make: () => timestamp(), fallback: "2024-01-01T00:00:00.000Z" },
  uuid: { make: () => uuid(), fallback: "00000000-0000-4000-8000-000000000000" },
  json: { make: () => json(), fallback: { a: [1] } },
} as const;
export type KindName = keyof typeof kinds;

/** A declaration as plain data, so that another one can be made from it by changing a little. */
export interface Plan {
  readonly tables: readonly TablePlan[];
  /** A view of the first table. */
  readonly view: "none" | "all" | "counted";
}

export interface TablePlan {
  readonly name: string;
  readonly was?: string;
  readonly key: KeyName;
  readonly keyWas?: string;
  readonly times: boolean;
  readonly columns: readonly ColumnPlan[];
  readonly references: readonly ReferencePlan[];
  /** A unique pair of the first two columns that take one. */
  readonly pair: boolean;
  /** A check of the whole numbers. */
  readonly check: "none" | "positive" | "compared";
}

export interface ColumnPlan {
  readonly name: string;
  readonly was?: string;
  readonly kind: KindName;
  readonly presence: "required" | "optional" | "default" | "optional default";
  readonly marked: "no" | "unique" | "index" | "search";
}

export interface ReferencePlan {
  readonly name: string;
  readonly was?: string;
  readonly table: string;
  readonly optional: boolean;
  readonly cascade: boolean;
}

/** Keys by their names: a counted id, a counted number, a text, a drawn UUID, two columns. */
export const keys = ["id", "number", "code", "token", "pair"] as const;
export type KeyName = (typeof keys)[number];

export interface Declared {
  readonly schema: StoredSchema;
  readonly renames: Renames;
}

/** The schema of a plan, made by the way that every declaration goes. */
export function declared(plan: Plan): Declared {
  const tables = Object.fromEntries(plan.tables.map((one) => [one.name, tableOf(one, plan)]));
  const model = resolveSchema({ tables } as unknown as AnyDeclaration);
  const schema = storedSchema(model, "sqlite");
  const [first] = plan.tables;
  const what = plan.view === "all" ? "*" : "count(*) AS rows";
  const views =
    plan.view === "none" || first === undefined
      ? []
      : [{ name: "seen", query: `SELECT ${what} FROM ${quoteName(first.name)} -- all; of it` }];
  return { schema: { ...schema, views }, renames: renamesOf(model) };
}

function tableOf(planned: TablePlan, { tables }: Plan): AnyTable {
  const taken = new Set(planned.references.map(({ name }) => name));
  const plan = { ...planned, columns: planned.columns.filter(({ name }) => !taken.has(name)) };
  const targets = new Map(tables.map(({ name, key }) => [name, key]));
  const columns: Record<string, AnyColumn> = { ...keyColumns(plan) };
  for (const column of plan.columns) columns[column.name] = columnOf(column);
  for (const reference of plan.references) {
    const key = targets.get(reference.table);
    if (key !== undefined && key !== "pair") columns[reference.name] = referenceOf(plan, reference);
  }
  const options = { id: plan.key === "id", created_at: plan.times, updated_at: plan.times };
  let made = table(columns, options) as unknown as Made;
  if (plan.key === "pair") made = made.primaryKey("p", "q");
  else if (plan.key !== "id") made = made.primaryKey(plan.key);
  const ordered = plan.columns.filter(({ kind }) => kind !== "json").map(({ name }) => name);
  if (plan.pair && ordered.length > 1) made = made.unique(...ordered.slice(0, 2));
  const [one, other] = plan.columns.filter(({ kind }) => kind === "integer" || kind === "digit");
  if (plan.check === "positive" && one !== undefined) made = made.check("limits", { [one.name]: { gte: 1 } });
  if (plan.check === "compared" && one !== undefined && other !== undefined)
    made = made.check("limits", { [one.name]: { lte: { column: other.name } }, [other.name]: { ne: 2 } });
  return plan.was === undefined ? made : made.was(plan.was);
}

/** A table whose columns are known at run time alone. */
type Made = AnyTable & {
  primaryKey(...names: string[]): Made;
  unique(...names: string[]): Made;
  check(name: string, condition: object): Made;
  was(name: string): Made;
};

function keyColumns({ key, keyWas }: TablePlan): Record<string, AnyColumn> {
  const renamed = (column: AnyColumn): AnyColumn => (keyWas === undefined ? column : column.was(keyWas));
  switch (key) {
    case "id":
      return {};
    case "number":
      return { number: renamed(integer()) };
    case "code":
      return { code: renamed(text(40)) };
    case "token":
      return { token: renamed(uuid().generated()) };
    case "pair":
      return { p: renamed(integer()), q: text(3) };
  }
}

function columnOf({ kind, presence, marked, was }: ColumnPlan): AnyColumn {
  const { make, fallback } = kinds[kind];
  let column = make() as AnyColumn;
  if (presence.startsWith("optional")) column = column.optional();
  if (presence.endsWith("default")) column = column.default(fallback);
  const textual = ["text3", "text40", "long", "email"].includes(kind);
  if (marked === "search" && textual) column = column.search();
  if (marked === "unique" && kind !== "json") column = column.unique();
  if (marked === "index" && kind !== "json") column = column.index();
  return was === undefined ? column : column.was(was);
}

function referenceOf(plan: TablePlan, { name, table: target, optional, cascade, was }: ReferencePlan): AnyColumn {
  const onDelete = cascade && target === plan.name ? "cascade" : "restrict";
  const made = ref(target, { as: `${name}_one`, reverse: `${plan.name}_${name}_all`, onDelete });
  const column = (optional ? made.optional() : made) as unknown as AnyColumn;
  return was === undefined ? column : column.was(was);
}

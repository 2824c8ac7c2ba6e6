import type { CheckComparison } from "./check.ts";
import type { Storage } from "./kind.ts";
import {
  type CheckModel,
  type ColumnModel,
  columnOf,
  declaredTables,
  type IndexModel,
  type SchemaModel,
  type TableModel,
} from "./model.ts";
import type { Stored } from "./stored.ts";

/**
 * What a database holds of a declaration, and nothing that only the server knows: plain data, so that it can be
 * kept beside the rows and in the user's repository, and compared with what is declared now.
 */
export interface StoredSchema {
  readonly tables: readonly StoredTable[];
  readonly views: readonly StoredView[];
}

export interface StoredTable {
  readonly name: string;
  readonly columns: readonly StoredColumn[];
  readonly key: readonly string[];
  /** The database counts the one column of the key. */
  readonly countsKey: boolean;
  readonly checks: readonly StoredCheck[];
  readonly indexes: readonly IndexModel[];
  /** The columns whose words are indexed for `?q=`; none: there is no such index. */
  readonly search: readonly string[];
}

export interface StoredColumn {
  readonly name: string;
  readonly storage: Storage;
  readonly optional: boolean;
  readonly default?: Stored;
  readonly references?: StoredReference;
  /** What rows that are there already get when the column is new: no column of the database has it. */
  readonly fill?: "now" | "uuid";
}

export interface StoredReference {
  readonly table: string;
  readonly column: string;
  /** The table refers to itself and parents take their children with them, both in one statement. */
  readonly takesOwnRows: boolean;
}

export interface StoredCheck {
  readonly name: string;
  readonly comparisons: readonly StoredComparison[];
}

export interface StoredComparison extends Omit<CheckComparison, "operand"> {
  readonly operand: { readonly column: string } | { readonly value: Stored };
}

export interface StoredView {
  readonly name: string;
  /** The query alone. */
  readonly query: string;
}

/** The names that tables and columns had before, as the declaration says: new name → old name. */
export interface Renames {
  readonly tables: ReadonlyMap<string, string>;
  /** By the table's new name. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** The part of a model that a database holds; `dialect` names the query of a view that has one for each. */
export function storedSchema(schema: SchemaModel, dialect: "sqlite" | "postgres" | "mariadb"): StoredSchema {
  const models = declaredTables(schema);
  return {
    tables: models.filter((table) => table.view === undefined).map(storedTable),
    views: models.flatMap(({ name, view }) => {
      const query = typeof view === "string" ? view : view?.[dialect];
      return query === undefined ? [] : [{ name, query: query.replace(/[;\s]+$/, "") }];
    }),
  };
}

export function storedTable(table: TableModel): StoredTable {
  return {
    name: table.name,
    columns: table.columns.map((column) => storedColumn(table, column)),
    key: table.key.map((column) => column.name),
    countsKey: table.key[0]?.role === "generated_key",
    checks: table.checks.map((check) => storedCheck(table, check)),
    indexes: table.indexes,
    search: table.columns.filter((column) => column.search).map((column) => column.name),
  };
}

export function renamesOf(schema: SchemaModel): Renames {
  const tables = new Map<string, string>();
  const columns = new Map<string, ReadonlyMap<string, string>>();
  for (const table of schema.tables.values()) {
    if (table.was !== undefined) tables.set(table.name, table.was);
    const renamed = table.columns.flatMap(({ name, was }) => (was === undefined ? [] : [[name, was] as const]));
    if (renamed.length > 0) columns.set(table.name, new Map(renamed));
  }
  return { tables, columns };
}

/** Whether two schemas are one for a database: the order in which they name things does not count. */
export function isSameSchema(one: StoredSchema, other: StoredSchema): boolean {
  return canonicalSchema(one) === canonicalSchema(other);
}

/** A text that two schemas have in common when, and only when, they are one for a database. */
export function canonicalSchema(schema: StoredSchema): string {
  return writeStoredSchema(ordered(schema));
}

/** A schema as JSON, which knows no 64-bit integers: those become `{"integer":"…"}`. */
export function writeStoredSchema(schema: StoredSchema, indent = 0): string {
  return JSON.stringify(
    schema,
    (_key, value: unknown) => (typeof value === "bigint" ? { integer: String(value) } : value),
    indent,
  );
}

/** The opposite of `writeStoredSchema`. Throws `SyntaxError` when the text is no JSON. */
export function readStoredSchema(text: string): StoredSchema {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "integer" in value && typeof value.integer === "string"
      ? BigInt(value.integer)
      : value,
  ) as StoredSchema;
}

function storedColumn(table: TableModel, column: ColumnModel): StoredColumn {
  const { references, role, filled } = column;
  const fill = role === "created_at" || role === "updated_at" ? "now" : filled?.by === "uuid" ? "uuid" : undefined;
  return {
    name: column.name,
    storage: column.kind.storage,
    optional: column.optional,
    ...(column.default === undefined ? {} : { default: column.kind.store(column.default) }),
    ...(references === undefined
      ? {}
      : {
          references: {
            table: references.table,
            column: references.column,
            takesOwnRows: references.table === table.name && references.onDelete === "cascade",
          },
        }),
    ...(fill === undefined ? {} : { fill }),
  };
}

function storedCheck(table: TableModel, { name, comparisons }: CheckModel): StoredCheck {
  return {
    name,
    comparisons: comparisons.map(({ column, operator, operand }) => ({
      column,
      operator,
      operand:
        "column" in operand ? operand : { value: columnOf(table, column).kind.parse(String(operand.value)) ?? null },
    })),
  };
}

/** Everything that has a name by its name; members in one order, without what no database holds. */
function ordered({ tables, views }: StoredSchema): StoredSchema {
  return {
    tables: byName(tables).map((table) => ({
      name: table.name,
      columns: byName(table.columns).map(({ name, storage, optional, default: value, references }) => ({
        name,
        storage: sorted(storage),
        optional,
        ...(value === undefined ? {} : { default: value }),
        ...(references === undefined ? {} : { references: sorted(references) }),
      })),
      key: table.key,
      countsKey: table.countsKey,
      checks: byName(table.checks),
      indexes: byName(table.indexes),
      search: table.search.toSorted((one, other) => (one < other ? -1 : 1)),
    })),
    views: byName(views),
  };
}

function byName<Named extends { readonly name: string }>(named: readonly Named[]): readonly Named[] {
  return named.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function sorted<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).toSorted(([one], [other]) => (one < other ? -1 : 1))) as Members;
}

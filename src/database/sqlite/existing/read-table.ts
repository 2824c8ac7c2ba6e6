import type { Stored } from "../../database.ts";
import type { SqliteConnection } from "../driver.ts";
import { ValueFacts } from "../../../schema/value-facts.ts";
import { choicesOf } from "./choices.ts";
import type { ExistingColumn, ExistingForeignKey, ExistingTable } from "./existing-database.ts";
import { distinguishingColumns, readValues } from "./read-values.ts";

/** `hidden` of table_xinfo: generated columns are computed or stored; 1 belongs to virtual tables. */
const GENERATED = [2, 3];
/** Names of the rowid, of which a column may have taken one (https://sqlite.org/lang_createtable.html#rowid). */
export const ROWID_NAMES = ["rowid", "_rowid_", "oid"] as const;

/** One entry of the catalog. */
export interface CatalogEntry {
  readonly name: string;
  readonly is: "table" | "view";
  readonly sql: string;
  readonly withoutRowid: boolean;
}

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: string | undefined;
  readonly keyPlace: number;
  readonly generated: boolean;
}

/** Reads one table or view of the catalog, and looks at its values. Throws the binding's error. */
export function readTable(connection: SqliteConnection, entry: CatalogEntry): ExistingTable {
  const columns = columnRows(connection, entry.name);
  const names = columns.map((column) => column.name);
  const inKey = columns.filter((column) => column.keyPlace > 0).toSorted((a, b) => a.keyPlace - b.keyPlace);
  const indexes = rowsOf(connection, "pragma_index_list", entry.name);
  const hasRowid = entry.is === "table" && !entry.withoutRowid;
  const rowid = ROWID_NAMES.find((name) => !names.some((column) => column.toLowerCase() === name));
  const values = readValues(connection, {
    name: entry.name,
    columns: names,
    rowid: hasRowid ? rowid : undefined,
  });
  const choices = entry.is === "table" ? choicesOf(entry.sql) : new Map<string, readonly string[]>();
  return {
    name: entry.name,
    is: entry.is,
    columns: columns.map((column) => existingColumn(column, { choices, facts: values.facts })),
    key: inKey.map((column) => column.name),
    hasRowid,
    uniques: entry.is === "table" ? uniquesOf(connection, indexes) : [],
    foreignKeys: entry.is === "table" ? foreignKeysOf(connection, entry.name) : [],
    rows: values.rows,
    sampled: values.sampled,
    distinguishing: entry.is === "view" ? distinguishingColumns(connection, entry.name, names) : [],
  };
}

function columnRows(connection: SqliteConnection, table: string): ColumnRow[] {
  return rowsOf(connection, "pragma_table_xinfo", table)
    .filter(([, , , , , , hidden]) => Number(hidden) !== 1)
    .map(([, name, type, required, fallback, keyPlace, hidden]) => ({
      name: String(name),
      type: String(type ?? ""),
      required: Number(required) === 1,
      default: fallback === null || fallback === undefined ? undefined : String(fallback),
      keyPlace: Number(keyPlace),
      generated: GENERATED.includes(Number(hidden)),
    }));
}

function existingColumn(
  column: ColumnRow,
  known: {
    readonly choices: ReadonlyMap<string, readonly string[]>;
    readonly facts: ReadonlyMap<string, ValueFacts>;
  },
): ExistingColumn {
  const choices = known.choices.get(column.name.toLowerCase());
  return {
    name: column.name,
    // SQLite says so of a generated column, and it is no part of its type.
    type: column.type.replace(/\s*GENERATED ALWAYS$/i, ""),
    required: column.required,
    default: column.default,
    generated: column.generated,
    choices: choices === undefined || choices.length === 0 ? undefined : choices,
    values: known.facts.get(column.name) ?? new ValueFacts(),
  };
}

/** Unique indexes over columns alone that bind every row; what the primary key says is not repeated. */
function uniquesOf(connection: SqliteConnection, indexes: readonly (readonly Stored[])[]): string[][] {
  return indexes
    .filter(([, , unique, origin, partial]) => Number(unique) === 1 && origin !== "pk" && Number(partial) === 0)
    .map(([, index]) => rowsOf(connection, "pragma_index_xinfo", String(index)).filter(([, , , , , key]) => key === 1))
    .filter((parts) => parts.every(([, , name]) => name !== null))
    .map((parts) => parts.map(([, , name]) => String(name)))
    .toReversed();
}

function foreignKeysOf(connection: SqliteConnection, table: string): ExistingForeignKey[] {
  const keys = new Map<number, (readonly Stored[])[]>();
  for (const row of rowsOf(connection, "pragma_foreign_key_list", table)) {
    const id = Number(row[0]);
    keys.set(id, [...(keys.get(id) ?? []), row]);
  }
  // SQLite answers the last one first.
  return [...keys.values()].toReversed().map((parts) => ({
    columns: parts.map(([, , , from]) => String(from)),
    table: String(parts[0]?.[2]),
    targets: parts.some(([, , , , to]) => to === null) ? undefined : parts.map(([, , , , to]) => String(to)),
    onDelete: String(parts[0]?.[6]),
  }));
}

function rowsOf(connection: SqliteConnection, pragma: string, name: string): Stored[][] {
  return connection.prepare(`SELECT * FROM ${pragma}(?)`).rows([name]);
}

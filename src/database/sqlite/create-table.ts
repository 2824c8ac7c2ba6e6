import type { IndexPart } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type {
  StoredCheck,
  StoredColumn,
  StoredComparison,
  StoredReference,
  StoredTable,
} from "../../schema/stored-schema.ts";
import { member } from "./document.ts";
import { quoteName as quote } from "./quote-name.ts";
import { literal, sqliteStorage } from "./storage.ts";

const SIGNS = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/** The statements that make a table and its indexes. */
export function createTable(table: StoredTable): string[] {
  return [tableStatement(table, table.name), ...table.indexes.map((index) => indexStatement(table, index))];
}

/**
 * The statement that makes a table under a name, which may be one for a while. STRICT, because SQLite otherwise stores
 * 'abc' in an INTEGER and a 31-letter text in a VARCHAR(30); AUTOINCREMENT, because otherwise the id of a deleted row
 * comes back.
 */
export function tableStatement(table: StoredTable, name: string): string {
  const lines = table.columns.map((column) => columnDefinition(table, column));
  if (!table.countsKey) lines.push(`PRIMARY KEY (${table.key.map(quote).join(", ")})`);
  for (const column of table.columns) {
    if (column.references !== undefined)
      lines.push(`FOREIGN KEY (${quote(column.name)}) ${referencesClause(column.references)}`);
  }
  for (const check of table.checks) {
    lines.push(`CONSTRAINT ${quote(check.name)} CHECK (${checkCondition(check)})`);
  }
  return `CREATE TABLE ${quote(name)} (\n  ${lines.join(",\n  ")}\n) STRICT`;
}

export function indexStatement(table: StoredTable, index: StoredTable["indexes"][number]): string {
  const columns = index.columns.map((part) => `${indexed(table, part, index.unique)}${part.descending ? " DESC" : ""}`);
  return `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quote(index.name)} ON ${quote(table.name)} (${columns.join(", ")})`;
}

function indexed(table: StoredTable, { name, member: of }: IndexPart, unique: boolean): string {
  return of === undefined ? `${quote(name)}${foldsCase(table, name, unique)}` : member(of, quote(name));
}

/** What every row fulfils, as SQL. */
export function checkCondition({ comparisons }: StoredCheck): string {
  return comparisons.map(comparison).join(" AND ");
}

/** Addresses that differ in ASCII case alone are one address. */
export function foldsCase(table: StoredTable, name: string, unique: boolean): string {
  const storage = table.columns.find((column) => column.name === name)?.storage;
  return unique && storage?.as === "text" && storage.foldCase === true ? " COLLATE NOCASE" : "";
}

/** The name, the type and what the database holds a column to, without what it refers to. */
export function columnDefinition(table: StoredTable, column: StoredColumn): string {
  const name = quote(column.name);
  if (table.countsKey && table.key[0] === column.name) return `${name} INTEGER PRIMARY KEY AUTOINCREMENT`;
  const storage = sqliteStorage(column.storage);
  const check = storage.check(name);
  const parts = [name, storage.type];
  if (!column.optional) parts.push("NOT NULL");
  if (column.default !== undefined) parts.push(`DEFAULT ${storedLiteral(column.default)}`);
  if (check !== undefined) parts.push(`CONSTRAINT ${quote(`${table.name}.${column.name}`)} CHECK (${check})`);
  return parts.join(" ");
}

/**
 * Deleting is never left to the database, where nobody sees what a cascade takes. Only a table that
 * cascades into itself is checked at the end of the statement, since parents and children go together.
 */
export function referencesClause(target: StoredReference): string {
  const action = target.takesOwnRows ? "NO ACTION" : "RESTRICT";
  return `REFERENCES ${quote(target.table)} (${quote(target.column)}) ON DELETE ${action} ON UPDATE RESTRICT`;
}

function comparison({ column, operator, operand }: StoredComparison): string {
  const right = "column" in operand ? quote(operand.column) : storedLiteral(operand.value);
  return `${quote(column)} ${SIGNS[operator]} ${right}`;
}

/** A stored value as SQL. */
export function storedLiteral(value: Stored): string {
  return typeof value === "string" ? literal(value) : value === null ? "NULL" : String(value);
}

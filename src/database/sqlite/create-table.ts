import type { CheckComparison } from "../../schema/check.ts";
import type { ColumnModel } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type { TableShape } from "../sql/dialect.ts";
import { literal, sqliteStorage } from "./storage.ts";

const SIGNS = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/**
 * The statements that make a table. STRICT, because SQLite otherwise stores 'abc' in an INTEGER and a
 * 31-letter text in a VARCHAR(30); AUTOINCREMENT, because otherwise the id of a deleted row comes back.
 */
export function createTable(table: TableShape, quote: (name: string) => string): string[] {
  const generated = table.key.length === 1 && table.key[0]?.role === "generated_key";
  const lines = table.columns.map((column) => columnLine(table, column, quote));
  if (!generated) lines.push(`PRIMARY KEY (${table.key.map((column) => quote(column.name)).join(", ")})`);
  for (const column of table.columns) {
    if (column.references !== undefined) lines.push(foreignKey(table.name, column, quote));
  }
  for (const check of table.checks) {
    const condition = check.comparisons.map((part) => comparison(table, part, quote)).join(" AND ");
    lines.push(`CONSTRAINT ${quote(check.name)} CHECK (${condition})`);
  }
  const statements = [`CREATE TABLE ${quote(table.name)} (\n  ${lines.join(",\n  ")}\n) STRICT`];
  for (const index of table.indexes) {
    const columns = index.columns.map(
      (part) => `${quote(part.name)}${foldsCase(table, part.name, index.unique)}${part.descending ? " DESC" : ""}`,
    );
    statements.push(
      `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quote(index.name)} ON ${quote(table.name)} (${columns.join(", ")})`,
    );
  }
  return statements;
}

/** Addresses that differ in ASCII case alone are one address. */
function foldsCase(table: TableShape, name: string, unique: boolean): string {
  const storage = table.column.get(name)?.kind.storage;
  return unique && storage?.as === "text" && storage.foldCase === true ? " COLLATE NOCASE" : "";
}

function columnLine(table: TableShape, column: ColumnModel, quote: (name: string) => string): string {
  const name = quote(column.name);
  if (column.role === "generated_key") return `${name} INTEGER PRIMARY KEY AUTOINCREMENT`;
  const storage = sqliteStorage(column.kind.storage);
  const check = storage.check(name);
  const parts = [name, storage.type];
  if (!column.optional) parts.push("NOT NULL");
  if (column.default !== undefined) parts.push(`DEFAULT ${storedLiteral(column.kind.store(column.default))}`);
  if (check !== undefined) parts.push(`CONSTRAINT ${quote(`${table.name}.${column.name}`)} CHECK (${check})`);
  return parts.join(" ");
}

/**
 * Deleting is never left to the database, where nobody sees what a cascade takes. Only a table that
 * cascades into itself is checked at the end of the statement, since parents and children go together.
 */
function foreignKey(table: string, column: ColumnModel, quote: (name: string) => string): string {
  const target = column.references as NonNullable<ColumnModel["references"]>;
  const action = target.table === table && target.onDelete === "cascade" ? "NO ACTION" : "RESTRICT";
  return `FOREIGN KEY (${quote(column.name)}) REFERENCES ${quote(target.table)} (${quote(target.column)}) ON DELETE ${action} ON UPDATE RESTRICT`;
}

function comparison(table: TableShape, part: CheckComparison, quote: (name: string) => string): string {
  const column = table.column.get(part.column) as ColumnModel;
  const right =
    "column" in part.operand
      ? quote(part.operand.column)
      : storedLiteral(column.kind.parse(String(part.operand.value)) ?? null);
  return `${quote(part.column)} ${SIGNS[part.operator]} ${right}`;
}

function storedLiteral(value: Stored): string {
  return typeof value === "string" ? literal(value) : value === null ? "NULL" : String(value);
}

import type { ColumnSource, SchemaChange } from "../migration/schema-change.ts";
import { convertValue } from "./convert-value.ts";
import { storedLiteral } from "./create-table.ts";
import { quoteName as quote } from "./quote-name.ts";

export type TableChange = Extract<SchemaChange, { is: "change table" }>;

const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
/** A random UUID (RFC 9562 §5.4), drawn anew for each row. */
const RANDOM_UUID = [
  "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)",
  "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
].join(" || '-' || ");

/** What a row that is there already has in a column of the changed table, as SQL on the old one. */
export function carriedValue(change: TableChange, { column, from }: ColumnSource): string {
  if (from !== undefined) {
    const value = convertValue(quote(from.name), from.storage, column.storage);
    // A counted key that is NULL would be counted, where any other column fails.
    return countsItself(change, column.name) && from.optional ? `coalesce(${value}, x'')` : value;
  }
  if (countsItself(change, column.name)) return `row_number() OVER (ORDER BY ${change.from.key.map(quote).join(", ")})`;
  if (column.fill !== undefined) return column.fill === "now" ? NOW : RANDOM_UUID;
  return column.default === undefined ? "NULL" : storedLiteral(column.default);
}

/** Whether every value is the old one, letter for letter. */
export function isCarriedAsIs({ column, from }: ColumnSource): boolean {
  return from !== undefined && convertValue("v", from.storage, column.storage) === "v";
}

/** Whether the database counts the column in the changed table. */
export function countsItself({ to }: TableChange, column: string): boolean {
  return to.countsKey && to.key[0] === column;
}

/** Whether rows that are there have no value for the column, which must have one. */
export function lacksValue(change: TableChange, { column, from }: ColumnSource): boolean {
  return (
    from === undefined &&
    !column.optional &&
    !countsItself(change, column.name) &&
    column.fill === undefined &&
    column.default === undefined
  );
}

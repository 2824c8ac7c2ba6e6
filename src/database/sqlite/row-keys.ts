import type { ColumnModel } from "../../schema/model.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { bound, type Fragment, joined, raw, sql } from "../sql/fragment.ts";
import { quoteName } from "./quote-name.ts";
import { readForm } from "./stored-form.ts";

/** The keys of the rows of a select, as one JSON array that a later statement of the same transaction takes. */
export const selectKeys: SqlDialect["selectKeys"] = ({ key, alias, rows, most }) => {
  const [first, ...more] = key.map((column) => jsonPart(column, alias));
  const element =
    more.length === 0 ? (first ?? raw("NULL")) : sql`json_array(${joined([first ?? raw(""), ...more], ", ")})`;
  // What is JSON itself (an array, a number with all its digits) must not become a text of the array.
  const value = more.length > 0 || key[0]?.kind.storage.as === "real" ? "json(k)" : "k";
  return sql`SELECT json_group_array(${value}), count(*) FROM (${rows(sql`${element} AS k`)} LIMIT ${most + 1}) HAVING count(*) <= ${most}`;
};

export function isSelected(key: readonly ColumnModel[]): string {
  const names = key.map((column) => readForm(column.kind.storage, quoteName(column.name)));
  if (names.length === 1) return `${names[0] ?? ""} IN (SELECT value FROM json_each(?))`;
  return `(${names.join(", ")}) IN (SELECT ${partsOf(names.length).join(", ")} FROM json_each(?))`;
}

/** CROSS JOIN keeps SQLite from walking an index of the table instead, past rows that nobody selected. */
export const fromSelected: SqlDialect["fromSelected"] = ({ name, key }, alias) => {
  const parts = key.length === 1 ? ["chosen.value"] : partsOf(key.length, "chosen.");
  const same = key
    .map((column, at) => `${readForm(column.kind.storage, `${alias}.${quoteName(column.name)}`)} = ${parts[at] ?? ""}`)
    .join(" AND ");
  return sql`FROM json_each(${bound({ from: "keys" })}) AS chosen CROSS JOIN ${quoteName(name)} AS ${alias} WHERE ${same}`;
};

function partsOf(count: number, source = ""): string[] {
  return Array.from({ length: count }, (_, at) => `json_extract(${source}value, '$[${at}]')`);
}

/** json_array writes 15 digits of a number with a point; 17 tell all of them apart. */
function jsonPart(column: ColumnModel, alias: string): Fragment {
  const name = readForm(column.kind.storage, `${alias}.${quoteName(column.name)}`);
  if (column.kind.storage.as === "real") return raw(`json(printf('%!.17g', ${name}))`);
  // A BLOB ends json_array; no row is addressed by one.
  return raw(column.adopted === undefined ? name : `CASE WHEN typeof(${name}) <> 'blob' THEN ${name} END`);
}

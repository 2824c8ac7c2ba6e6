import type { FilterOperator } from "../../schema/filter.ts";
import type { ColumnModel } from "../../schema/model.ts";
import type { BindValue, SqlDialect } from "../sql/dialect.ts";
import { type Fragment, joined, raw, sql } from "../sql/fragment.ts";
import { createTable } from "./create-table.ts";
import { likeToGlob, listJson, prefixEnd } from "./filter-values.ts";
import { literal, sqliteStorage } from "./storage.ts";

/** SQLite takes at most 127 arguments a function; two for each member, with room to spare. */
const MEMBERS_OF_ONE_OBJECT = 50;

/** How SQLite spells what the compilers ask for. */
export const sqliteDialect: SqlDialect = {
  quote,
  jsonObject: (members) => {
    const chunks: Fragment[] = [];
    for (let at = 0; at < members.length || at === 0; at += MEMBERS_OF_ONE_OBJECT) {
      const chunk = members.slice(at, at + MEMBERS_OF_ONE_OBJECT);
      chunks.push(
        sql`json_object(${joined(
          chunk.map((member) => sql`${literal(member.key)}, ${member.value}`),
          ", ",
        )})`,
      );
    }
    if (chunks.length === 1) return chunks[0] as Fragment;
    // Each object's text without its braces, joined by commas within one pair of braces.
    return sql`'{' || ${joined(chunks.map(bare), " || ',' || ")} || '}'`;
  },
  jsonValue: (column, expression) => sqliteStorage(column.kind.storage).json(expression),
  nestedJson: (subquery, absent) =>
    absent === "null" ? sql`json((${subquery}))` : sql`json(coalesce((${subquery}), '[]'))`,
  joinJson: (expression) => `group_concat(${expression}, ',')`,
  keysJson: (keys) =>
    sql`json_array(${joined(
      keys.map(({ column, value }) => (isWide(column.kind.storage.as) ? sql`CAST(${value} AS TEXT)` : value)),
      ", ",
    )})`,
  compare: (test) =>
    isFoldedKey(test.column) ? compareFolded(test) : compare(test.operator, test.expression, test.value),
  isNot: (condition) => sql`(${condition}) IS NOT TRUE`,
  createTable: (table) => createTable(table, quote),
};

/** The text of a JSON object without its outer braces (trim would take those of a last nested object too). */
function bare(object: Fragment): Fragment {
  return sql`(SELECT substr(o, 2, length(o) - 2) FROM (SELECT ${object} AS o))`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function isWide(as: string): boolean {
  return as === "bigint" || as === "decimal";
}

/** A column whose unique index folds ASCII case. */
function isFoldedKey(column: ColumnModel): boolean {
  const { storage } = column.kind;
  return column.unique && storage.as === "text" && storage.foldCase === true;
}

/** Equality that folds case is implied by exact equality; only with it can the folding index find the row. */
function compareFolded(test: Parameters<SqlDialect["compare"]>[0]): Fragment {
  const exact = compare(test.operator, test.expression, test.value);
  if (test.operator !== "eq" && test.operator !== "in") return exact;
  return sql`(${compare(test.operator, `${test.expression} COLLATE NOCASE`, test.value)} AND ${exact})`;
}

const SIGNS: Partial<Record<FilterOperator, string>> = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" };

function compare(operator: FilterOperator, column: string, value: BindValue): Fragment {
  switch (operator) {
    case "ne":
      // IS NOT is the exact opposite of =: a row without a value is not equal.
      return sql`${column} IS NOT ${value()}`;
    case "in":
      return sql`${column} IN (SELECT value FROM json_each(${value(listJson)}))`;
    case "nin":
      return sql`(${column} IN (SELECT value FROM json_each(${value(listJson)}))) IS NOT TRUE`;
    case "like":
      return sql`${column} GLOB ${value(likeToGlob)}`;
    case "ilike":
      return sql`lower(${column}) GLOB lower(${value(likeToGlob)})`;
    case "contains":
      return sql`instr(${column}, ${value()}) > 0`;
    case "icontains":
      return sql`instr(lower(${column}), lower(${value()})) > 0`;
    case "starts":
      // A range, so that an index serves it; every text is smaller than a blob, which stands for "no end".
      return sql`(${column} >= ${value()} AND ${column} < ${value(prefixEnd)})`;
    case "ends":
      return sql`(substr(${column}, -length(${value()})) = ${value()} OR (${column} IS NOT NULL AND ${value()} = ''))`;
    default:
      return sql`${raw(column)} ${SIGNS[operator] ?? "="} ${value()}`;
  }
}

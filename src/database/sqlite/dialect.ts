import type { FilterOperator } from "../../schema/filter.ts";
import { type ColumnModel, wholeTable } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type { StoredTable } from "../../schema/stored-schema.ts";
import type { BindValue, SqlDialect } from "../sql/dialect.ts";
import { type Fragment, joined, raw, sql } from "../sql/fragment.ts";
import { adoptedJson, adoptedKeyJson } from "./adopted-value.ts";
import { createTable } from "./create-table.ts";
import { aggregate, datePart } from "./aggregate.ts";
import { documentObject, member, memberHolds } from "./document.ts";
import { fromSelected, isSelected, selectKeys } from "./row-keys.ts";
import { likeToGlob, listJson, prefixEnd } from "./filter-values.ts";
import { createSearchIndex, matchText, rowNumber, searchIndexName } from "./search-index.ts";
import { formBounds, readForm, writeForm } from "./stored-form.ts";
import { guardedJson, literal, sqliteStorage } from "./storage.ts";
import { quoteName as quote } from "./quote-name.ts";

/** SQLite takes at most 127 arguments a function; two for each member, with room to spare. */
const MEMBERS_OF_ONE_OBJECT = 50;

/** How SQLite spells what the compilers ask for. */
export const sqliteDialect: SqlDialect = {
  engine: "SQLite",
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
  documentObject: (object) => documentObject(object, (members) => sqliteDialect.jsonObject(members)),
  member,
  memberHolds,
  mergedDocument: (document, patch) => `json_patch(${document}, ${patch})`,
  value: ({ kind: { storage }, adopted }, expression) =>
    // Other programs may have given the column another collation: texts are compared by code point everywhere.
    adopted !== undefined && storage.as === "text" ? `${expression} COLLATE BINARY` : readForm(storage, expression),
  given: (_column, placeholder) => placeholder,
  stored: ({ kind: { storage } }, value) => writeForm(storage, value),
  newKey: () => undefined,
  countOn: () => undefined,
  jsonValue: (column, expression) => {
    const { kind, unchecked, adopted } = column;
    if (adopted !== undefined) return adoptedJson(column, expression);
    return unchecked === true ? guardedJson(kind.storage, expression) : sqliteStorage(kind.storage).json(expression);
  },
  keyText: (column, expression) =>
    `CAST(${column.adopted === undefined ? sqliteStorage(column.kind.storage).json(expression) : adoptedJson(column, expression)} AS TEXT)`,
  jsonText: (expression) => expression,
  nestedJson: (subquery, absent) =>
    absent === "null" ? sql`json((${subquery}))` : sql`json(coalesce((${subquery}), '[]'))`,
  joinJson: (expression, as) => `group_concat(${expression}, ${as === "list" ? "','" : "char(10)"})`,
  keysJson: (keys) =>
    sql`json_array(${joined(
      keys.map(({ column, value }) => keyJson(column, value)),
      ", ",
    )})`,
  compare: (test) => {
    if (isFoldedKey(test.column)) return compareFolded(test);
    const bounds = formBounds(test.column.kind.storage, test.held, test);
    const exact = compare(test.operator, test.expression, test.value);
    return bounds === undefined ? exact : sql`(${bounds} AND ${exact})`;
  },
  order: (expression, { descending }) => (descending ? sql`${expression} DESC` : expression),
  isNot: (condition) => sql`(${condition}) IS NOT TRUE`,
  selectKeys,
  fromSelected,
  isSelected,
  isSame: (column, by) => `${held(column)} = ?${by === "index" && foldsCase(column) ? " COLLATE NOCASE" : ""}`,
  conflictTarget: (columns, by) =>
    columns
      .map((column) => `${quote(column.name)}${by === "index" && foldsCase(column) ? " COLLATE NOCASE" : ""}`)
      .join(", "),
  exposedValue: (column) => (isWide(column.kind.storage.as) ? `CAST(${held(column)} AS TEXT)` : held(column)),
  search: ({ table, columns, alias, other, value }) => {
    const index = quote(searchIndexName(table.name));
    // The index has every column, also those that this caller does not see.
    const all = columns.length === wholeTable(table).columns.filter((column) => column.search).length;
    // CROSS JOIN keeps the order: SQLite otherwise may walk the table and ask the index for each row.
    const join = `${index} AS ${other} CROSS JOIN ${quote(table.name)} AS ${alias}`;
    return {
      from: raw(`${join} ON ${alias}.${quote(rowNumber(table))} = ${other}.rowid`),
      where: sql`${other}.${index} MATCH ${value((text) => matchText(text as Stored, all ? undefined : columns))}`,
      rank: raw(`${other}.rank`),
    };
  },
  searchProbe: (table) => {
    const index = quote(searchIndexName(table.name));
    return `SELECT count(*) FROM (SELECT 1 FROM ${index} WHERE ${index} MATCH ? LIMIT ?)`;
  },
  aggregate,
  datePart,
  own: {
    text: "TEXT",
    name: "TEXT",
    integer: "INTEGER",
    time: "TEXT",
    uuid: "TEXT",
    json: "TEXT",
    counted: "INTEGER PRIMARY KEY AUTOINCREMENT",
    generated: "VIRTUAL",
    end: " STRICT",
  },
  json: {
    // What is no list gives no rights, and must not end the statement either.
    holds: (list, text) =>
      `EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(${list}) THEN ${list} ELSE '[]' END) WHERE value = ${text})`,
    elements: (list) => `json_each(${list})`,
    members: (object) => `json_each(${object})`,
    part: (list, at) => `(${list} ->> ${at})`,
    list: (text) => `json_group_array(${text})`,
    rows: (texts) => `json_group_array(json_array(${texts.join(", ")}))`,
  },
  exactText,
};

/** A value that JSON takes whole: no number with 15 of its digits, and no BLOB of an adopted file. */
function exactText(column: ColumnModel): string {
  const value = quote(column.name);
  if (column.adopted === undefined && column.kind.storage.as !== "real") return sqliteDialect.exposedValue(column);
  return `CASE typeof(${value}) WHEN 'blob' THEN hex(${value}) WHEN 'real' THEN printf('%!.17g', ${value}) ELSE ${value} END`;
}

/** The statements that make a table, its indexes included. */
export function tableStatements(table: StoredTable): string[] {
  return [...createTable(table), ...createSearchIndex(table)];
}

/** The same for an adopted file. `uncounted`: tables whose key is a whole number that SQLite does not count by itself. */
export function adoptedDialect(uncounted: ReadonlySet<string>): SqlDialect {
  return {
    ...sqliteDialect,
    newKey: ({ name, key: [key] }) =>
      // Only one connection writes, so nobody takes the number in between.
      key !== undefined && uncounted.has(name)
        ? `(SELECT coalesce(max(${quote(key.name)}), 0) + 1 FROM ${quote(name)})`
        : undefined,
  };
}

function keyJson(column: ColumnModel, value: Fragment): Fragment {
  const wide = isWide(column.kind.storage.as);
  if (column.adopted !== undefined) return sql`(SELECT ${raw(adoptedKeyJson(column))} FROM (SELECT ${value} AS v))`;
  if (column.unchecked !== true) return wide ? sql`CAST(${value} AS TEXT)` : value;
  // A view may answer anything: a BLOB, which ends json_array, or a text where digits are read back.
  const key = wide
    ? "CASE typeof(v) WHEN 'integer' THEN CAST(v AS TEXT) END"
    : "CASE WHEN typeof(v) <> 'blob' THEN v END";
  return sql`(SELECT ${raw(key)} FROM (SELECT ${value} AS v))`;
}

/** A column as it is compared with a bound value. */
function held(column: ColumnModel): string {
  return readForm(column.kind.storage, quote(column.name));
}

/** The text of a JSON object without its outer braces (trim would take those of a last nested object too). */
function bare(object: Fragment): Fragment {
  return sql`(SELECT substr(o, 2, length(o) - 2) FROM (SELECT ${object} AS o))`;
}

function isWide(as: string): boolean {
  return as === "bigint" || as === "decimal";
}

/** A column whose unique index folds ASCII case. */
function isFoldedKey(column: ColumnModel): boolean {
  return column.unique && foldsCase(column);
}

/** Every unique index folds the ASCII case of such a column; a primary key does not. */
function foldsCase({ kind: { storage } }: ColumnModel): boolean {
  return storage.as === "text" && storage.foldCase === true;
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

import type { FilterOperator } from "../../schema/filter.ts";
import type { ColumnModel } from "../../schema/model.ts";
import type { BindValue, SqlDialect } from "../sql/dialect.ts";
import { bound, type Fragment, joined, raw, sql } from "../sql/fragment.ts";
import { aggregate, datePart } from "./aggregate.ts";
import { foldsCase } from "./create-table.ts";
import { documentObject, member, memberHolds, mergedDocument } from "./document.ts";
import { arrayText, likePattern, prefixEnd } from "./filter-values.ts";
import { quoteName as quote } from "./quote-name.ts";
import { literal, postgresStorage, TEXT } from "./storage.ts";
import { searchSource } from "./word-search.ts";

/** PostgreSQL takes at most 100 arguments a function; two for each member, with room to spare. */
const MEMBERS_OF_ONE_CALL = 45;

/** How PostgreSQL spells what the compilers ask for. */
export const postgresDialect: SqlDialect = {
  engine: "PostgreSQL",
  quote,
  // Put together as text: json_build_object writes spaces, and takes twice the time.
  jsonObject: (members) => {
    const pieces = members.map(
      ({ key, value }, at) =>
        sql`${literal(`${at === 0 ? "{" : ","}${JSON.stringify(key)}:`)}, coalesce(CAST(${value} AS text), 'null')`,
    );
    return concatenated([...pieces, raw(pieces.length === 0 ? "'{}'" : "'}'")]);
  },
  documentObject: (object) => documentObject(object, (members) => postgresDialect.jsonObject(members)),
  member,
  memberHolds,
  mergedDocument,
  value: (_column, expression) => expression,
  given: (column, placeholder) => postgresStorage(column.kind.storage).given(placeholder),
  stored: (_column, value) => value,
  newKey: () => undefined,
  countOn: ({ name, key: [key] }) => {
    if (key?.role !== "generated_key") return undefined;
    const sequence = `pg_get_serial_sequence(${literal(quote(name))}, ${literal(key.name)})`;
    return `SELECT setval(${sequence}, greatest(nextval(${sequence}), (SELECT max(${quote(key.name)}) FROM ${quote(name)})))`;
  },
  jsonValue: (column, expression) => postgresStorage(column.kind.storage).json(expression),
  keyText: (column, expression) => {
    const { as } = column.kind.storage;
    // As in an answer, where that is not what is bound.
    return `CAST(${as === "decimal" || as === "boolean" ? expression : keyForm(column, expression)} AS text)`;
  },
  jsonText: (expression) => `CAST(to_json(CAST(${expression} AS text)) AS text)`,
  nestedJson: (subquery, absent) => sql`coalesce((${subquery}), ${literal(absent)})`,
  joinJson: (expression, as) => `string_agg(${expression}, ${as === "list" ? "','" : "chr(10)"})`,
  keysJson: (keys) => {
    const pieces = keys.map(
      ({ column, value }, at) => sql`${at === 0 ? "'['" : "','"}, coalesce(${boundJson(column, value)}, 'null')`,
    );
    return concatenated([...pieces, raw(pieces.length === 0 ? "'[]'" : "']'")]);
  },
  compare: (test) => {
    const exact = compare(test);
    if (!(test.column.unique && foldsCase(test.column.kind.storage))) return exact;
    if (test.operator !== "eq" && test.operator !== "in") return exact;
    // Equality that folds case is implied by exact equality; only with it can the folding index find the row.
    const folded = { ...test, expression: `lower(${test.expression})` };
    const lower =
      test.operator === "eq" ? sql`${folded.expression} = lower(${givenValue(test)} COLLATE "C")` : raw("TRUE");
    return sql`(${lower} AND ${exact})`;
  },
  isNot: (condition) => sql`(${condition}) IS NOT TRUE`,
  order: (expression, { descending, mayBeNull }) =>
    sql`${expression}${descending ? " DESC" : ""}${mayBeNull ? (descending ? " NULLS LAST" : " NULLS FIRST") : ""}`,
  selectKeys: ({ key, alias, rows, most }) => {
    const element = key.map((column) => `CAST(${keyForm(column, `${alias}.${quote(column.name)}`)} AS text)`);
    const keys = raw(`json_build_array(${element.join(", ")}) AS k`);
    return sql`SELECT coalesce(json_agg(k)::text, '[]'), count(*) FROM (${rows(keys)} LIMIT ${most + 1}) AS found HAVING count(*) <= ${most}`;
  },
  fromSelected: ({ name, key }, alias) => {
    const same = key
      .map((column, at) => `${alias}.${quote(column.name)} = ${postgresStorage(column.kind.storage).given(part(at))}`)
      .join(" AND ");
    return sql`FROM json_array_elements(CAST(${bound({ from: "keys" })} AS json)) AS chosen CROSS JOIN ${quote(name)} AS ${alias} WHERE ${same}`;
  },
  isSelected: (key) => {
    const names = key.map((column) => quote(column.name)).join(", ");
    const parts = key.map((column, at) => postgresStorage(column.kind.storage).given(part(at))).join(", ");
    return `(${names}) IN (SELECT ${parts} FROM json_array_elements(CAST(? AS json)) AS chosen)`;
  },
  isSame: (column, by) => {
    const given = postgresStorage(column.kind.storage).given("?");
    const name = quote(column.name);
    return by === "index" && foldsCase(column.kind.storage)
      ? `lower(${name}) = lower(${given} COLLATE "C")`
      : `${name} = ${given}`;
  },
  conflictTarget: (columns, by) =>
    columns
      .map(({ name, kind }) => (by === "index" && foldsCase(kind.storage) ? `lower(${quote(name)})` : quote(name)))
      .join(", "),
  exposedValue: (column) => postgresStorage(column.kind.storage).bound(quote(column.name)),
  search: searchSource,
  searchProbe: () => "SELECT 0 WHERE CAST(? AS text) IS NULL LIMIT ?",
  aggregate,
  datePart,
  own: {
    text: TEXT,
    name: TEXT,
    integer: "bigint",
    time: "timestamp(3) with time zone",
    uuid: "uuid",
    json: "json",
    counted: "bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY",
    generated: "STORED",
    end: "",
  },
  json: {
    // Names of roles hold no quotes, and what is no list must not end the statement.
    holds: (list, text) => `strpos(${list}, CAST(to_json(CAST(${text} AS text)) AS text)) > 0`,
    elements: (list) => `json_array_elements(CAST(${list} AS json))`,
    members: (object) => `json_each_text(CAST(${object} AS json))`,
    part: (list, at) => `(CAST(${list} AS json) ->> ${at})`,
    list: (text) => `'[' || coalesce(string_agg(CAST(to_json(CAST(${text} AS text)) AS text), ','), '') || ']'`,
    rows: (texts) => `coalesce(CAST(json_agg(json_build_array(${texts.join(", ")})) AS text), '[]')`,
  },
  exactText: (column) => `CAST(${postgresStorage(column.kind.storage).bound(quote(column.name))} AS text)`,
};

type Test = Parameters<SqlDialect["compare"]>[0];

const SIGNS: Partial<Record<FilterOperator, string>> = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" };

function givenValue({ column, value }: Pick<Test, "column" | "value">, as?: Parameters<BindValue>[0]): Fragment {
  const placeholder = value(as);
  return { ...placeholder, text: postgresStorage(column.kind.storage).given(placeholder.text) };
}

function textValue({ value }: Pick<Test, "value">, as?: Parameters<BindValue>[0]): Fragment {
  // The server's own collation would fold more than ASCII.
  return sql`CAST(${value(as)} AS text) COLLATE "C"`;
}

function compare(test: Test): Fragment {
  const { operator, expression: column } = test;
  switch (operator) {
    case "ne":
      return sql`${column} IS DISTINCT FROM ${givenValue(test)}`;
    case "in":
      return isOneOf(test);
    case "nin":
      return sql`(${isOneOf(test)}) IS NOT TRUE`;
    case "like":
      return sql`${column} LIKE ${textValue(test, likePattern)}`;
    case "ilike":
      return sql`lower(${column}) LIKE lower(${textValue(test, likePattern)})`;
    case "contains":
      return sql`strpos(${column}, ${textValue(test)}) > 0`;
    case "icontains":
      return sql`strpos(lower(${column}), lower(${textValue(test)})) > 0`;
    case "starts":
      // A range, so that an index serves it.
      return sql`(${column} >= ${textValue(test)} AND ${column} < ${textValue(test, prefixEnd)})`;
    case "ends":
      return sql`right(${column}, char_length(${textValue(test)})) = ${textValue(test)}`;
    default:
      return sql`${column} ${SIGNS[operator] ?? "="} ${givenValue(test)}`;
  }
}

/** The list as one array: one shape of SQL serves lists of every length. */
function isOneOf(test: Test): Fragment {
  const { storage } = test.column.kind;
  const list = test.value((value) => arrayText(value, storage));
  const type = postgresStorage(storage)
    .type.replace(' COLLATE "C"', "")
    .replace(/\(.*?\)/, "");
  return sql`${test.expression} = ANY (CAST(${list} AS ${type}[]))`;
}

/** One text of many pieces, each two arguments. */
function concatenated(pieces: readonly Fragment[]): Fragment {
  const calls: Fragment[] = [];
  for (let at = 0; at < pieces.length; at += MEMBERS_OF_ONE_CALL)
    calls.push(sql`concat(${joined(pieces.slice(at, at + MEMBERS_OF_ONE_CALL), ", ")})`);
  return calls.length === 1 ? (calls[0] as Fragment) : sql`(${joined(calls, " || ")})`;
}

/** A value as it is bound, as the text of a JSON value. */
function boundJson(column: ColumnModel, value: Fragment): Fragment {
  const { as } = column.kind.storage;
  const text = { ...value, text: postgresStorage(column.kind.storage).bound(value.text) };
  // Each is named once in its form, so that the values of an expression are bound once.
  if (as === "integer" || as === "real" || as === "boolean") return sql`CAST(${text} AS text)`;
  return sql`CAST(to_json(CAST(${text} AS text)) AS text)`;
}

/** A key's part in the form in which it is bound. */
function keyForm(column: ColumnModel, expression: string): string {
  return postgresStorage(column.kind.storage).bound(expression);
}

function part(at: number): string {
  return `(chosen.value ->> ${at})`;
}

import type { Storage } from "../../schema/kind.ts";

/** How one kind of storage lies in a SQLite STRICT table. `column` is already quoted. */
export interface SqliteStorage {
  readonly type: "TEXT" | "INTEGER" | "REAL";
  /** What the database itself holds to, beside the type; undefined when the type says it all. */
  check(column: string): string | undefined;
  /** The column as a JSON value; the kinds whose SQLite value is already one answer it unchanged. */
  json(column: string): string;
}

const HEX = "[0-9a-f]";

/** The storage of a column: one entry for each member of the union, so that a new one does not compile without. */
export function sqliteStorage(storage: Storage): SqliteStorage {
  switch (storage.as) {
    case "text":
      return { type: "TEXT", check: (column) => textCheck(column, storage), json: same };
    case "integer":
      return { type: "INTEGER", check: (column) => range(column, storage.min, storage.max), json: same };
    case "bigint":
      return { type: "INTEGER", check: () => undefined, json: (column) => `CAST(${column} AS TEXT)` };
    case "decimal":
      return decimalStorage(storage);
    case "real":
      // 9e999 is infinity, which JSON cannot say; NaN is stored as NULL.
      return { type: "REAL", check: (column) => `abs(${column}) < 9e999`, json: same };
    case "boolean":
      return {
        type: "INTEGER",
        check: (column) => `${column} IN (0, 1)`,
        json: (column) => `json(CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`,
      };
    case "date":
      return { type: "TEXT", check: (column) => `date(${column}) IS ${column} AND ${inYears(column)}`, json: same };
    case "timestamp":
      // strftime spells a day that does not exist as another one, so the comparison refuses it; hour 24 it keeps.
      return {
        type: "TEXT",
        check: (column) =>
          `strftime('%Y-%m-%dT%H:%M:%fZ', ${column}) IS ${column} AND substr(${column}, 12, 2) < '24' AND ${inYears(column)}`,
        json: same,
      };
    case "uuid":
      return {
        type: "TEXT",
        check: (column) => `${column} GLOB '${[8, 4, 4, 4, 12].map((digits) => HEX.repeat(digits)).join("-")}'`,
        json: same,
      };
    case "json":
      // A malformed value would fail the whole list, so it answers null.
      return {
        type: "TEXT",
        check: (column) =>
          storage.object === undefined
            ? jsonCheck(column)
            : `${jsonCheck(column)} AND ${objectCheck(column, storage.object)}`,
        json: (column) => `CASE WHEN json_valid(${column}) THEN json(${column}) END`,
      };
  }
}

const STORED_AS = { TEXT: "'text'", INTEGER: "'integer'", REAL: "'real', 'integer'" } as const;

/**
 * A column that no STRICT table holds to its kind, as a JSON value: null where it is stored as something else, since
 * json_object ends the whole list at a BLOB. The value is named first, so that what a view computes is computed once.
 */
export function guardedJson(storage: Storage, expression: string): string {
  const stored = sqliteStorage(storage);
  switch (storage.as) {
    case "boolean":
      return stored.json(expression);
    case "json":
      // A value from a subquery is text again, and would be quoted.
      return `json((SELECT CASE WHEN typeof(v) = 'text' AND json_valid(v) THEN v END FROM (SELECT ${expression} AS v)))`;
    default: {
      return `(SELECT CASE WHEN typeof(v) IN (${STORED_AS[stored.type]}) AND ${sayable(storage)} THEN ${stored.json("v")} END FROM (SELECT ${expression} AS v))`;
    }
  }
}

/** Infinity is no JSON, and the one integer without a positive twin ends a query that asks for its abs(). */
function sayable({ as }: Storage): string {
  if (as === "real") return `v BETWEEN ${-Number.MAX_VALUE} AND ${Number.MAX_VALUE}`;
  return as === "decimal" ? `v > ${-(2n ** 63n)}` : "v IS NOT NULL";
}

/** Valid, and without escapes of NUL and of surrogates; a pair of backslashes in front makes `\u` plain text. */
function jsonCheck(column: string): string {
  const escapes = `replace(${column}, '\\\\', '')`;
  return `json_valid(${column}) AND ${escapes} NOT GLOB '*\\u0000*' AND ${escapes} NOT GLOB '*\\u[dD][89a-fA-F]*'`;
}

function objectCheck(column: string, { bytes }: { readonly bytes: number }): string {
  return `json_type(${column}) = 'object' AND octet_length(${column}) <= ${bytes}`;
}

/** Years 0001 to 9999: SQLite also knows a year 0 and years before it. */
function inYears(column: string): string {
  return `${column} GLOB '[0-9][0-9][0-9][0-9]-*' AND ${column} >= '0001'`;
}

function same(column: string): string {
  return column;
}

/** length() ends at NUL, so a text with NUL would pass as a short one. */
function textCheck(column: string, storage: Extract<Storage, { as: "text" }>): string {
  if (storage.values !== undefined) return `${column} IN (${storage.values.map(literal).join(", ")})`;
  const least = storage.min > 0 ? `length(${column}) >= ${storage.min} AND ` : "";
  return `${least}length(${column}) <= ${storage.max} AND instr(${column}, char(0)) = 0`;
}

function range(column: string, min: number, max: number): string | undefined {
  return min === Number.MIN_SAFE_INTEGER && max === Number.MAX_SAFE_INTEGER
    ? undefined
    : `${column} BETWEEN ${min} AND ${max}`;
}

/** Scaled integers: as text, '9.99' sorts above '10'. Read back as the text of the exact number. */
function decimalStorage(storage: Extract<Storage, { as: "decimal" }>): SqliteStorage {
  const { precision, scale } = storage;
  const most = 10n ** BigInt(precision) - 1n;
  const unit = 10n ** BigInt(scale);
  return {
    type: "INTEGER",
    check: (column) => `${column} BETWEEN ${storage.min ?? -most} AND ${storage.max ?? most}`,
    json: (column) =>
      scale === 0
        ? `CAST(${column} AS TEXT)`
        : `CASE WHEN ${column} IS NOT NULL THEN printf('%s%d.%0${scale}d', CASE WHEN ${column} < 0 THEN '-' ELSE '' END, abs(${column}) / ${unit}, abs(${column}) % ${unit}) END`,
  };
}

/** A text as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

import type { Storage } from "../../schema/kind.ts";

/** How one kind of storage lies in a PostgreSQL table. `column` is already quoted. */
export interface PostgresStorage {
  /** The type, with its collation. */
  readonly type: string;
  /** What the database itself holds to, beside the type; undefined when the type says it all. */
  check(column: string): string | undefined;
  /** The column as the text of a JSON value, or NULL. */
  json(expression: string): string;
  /** A placeholder, bound to the form that is the same for every engine, as a value of the type. */
  given(placeholder: string): string;
  /** The opposite of `given`: the value in the form in which it is bound. */
  bound(expression: string): string;
}

const REAL: PostgresStorage = {
  type: "double precision",
  // JSON can say neither infinity nor NaN, which is greater than infinity here.
  check: (column) => `abs(${column}) < 'infinity'`,
  json: realJson,
  given: cast("double precision"),
  bound: same,
};

const BOOLEAN: PostgresStorage = {
  type: "boolean",
  check: () => undefined,
  json: plain,
  given: (placeholder) => `(CAST(${placeholder} AS bigint) <> 0)`,
  bound: (expression) => `CAST(${expression} AS int)`,
};

/** Not jsonb: what was sent comes back, with the order of its members and the digits of its numbers. */
const JSON_TEXT: PostgresStorage = {
  type: "json",
  check: jsonCheck,
  json: plain,
  given: cast("json"),
  bound: (expression) => `CAST(${expression} AS text)`,
};

/** The storage of a column: one entry for each member of the union, so that a new one does not compile without. */
export function postgresStorage(storage: Storage): PostgresStorage {
  switch (storage.as) {
    case "text":
      return {
        type: TEXT,
        check: (column) => textCheck(column, storage),
        json: quoted,
        given: cast("text"),
        bound: same,
      };
    case "integer":
      return {
        type: "bigint",
        check: (column) => range(column, storage.min, storage.max),
        json: plain,
        given: cast("bigint"),
        bound: same,
      };
    case "bigint":
      return {
        type: "bigint",
        check: () => undefined,
        json: inQuotes,
        given: cast("bigint"),
        bound: (expression) => `CAST(${expression} AS text)`,
      };
    case "decimal":
      return decimalStorage(storage);
    case "real":
      return REAL;
    case "boolean":
      return BOOLEAN;
    case "date":
      return {
        type: "date",
        check: inYears,
        json: (expression) => inQuotes(dateText(expression)),
        given: cast("date"),
        bound: dateText,
      };
    case "timestamp":
      return {
        type: "timestamp(3) with time zone",
        check: inYears,
        json: (expression) => inQuotes(timeText(expression)),
        given: cast("timestamp with time zone"),
        bound: timeText,
      };
    case "uuid":
      return {
        type: "uuid",
        check: () => undefined,
        json: inQuotes,
        given: cast("uuid"),
        bound: (expression) => `CAST(${expression} AS text)`,
      };
    case "json": {
      const { object } = storage;
      if (object === undefined) return JSON_TEXT;
      const isObject = (column: string): string =>
        `json_typeof(${column}) = 'object' AND octet_length(CAST(${column} AS text)) <= ${object.bytes}`;
      return { ...JSON_TEXT, check: (column) => `${jsonCheck(column)} AND ${isObject(column)}` };
    }
  }
}

/** By code point: the order and the equality of texts are the same on every engine. */
export const TEXT = 'text COLLATE "C"';

/** A text as a SQL literal. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  // With standard_conforming_strings off a backslash would escape.
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

function cast(type: string): (placeholder: string) => string {
  return (placeholder) => `CAST(${placeholder} AS ${type})`;
}

function same(expression: string): string {
  return expression;
}

function plain(expression: string): string {
  return `CAST(${expression} AS text)`;
}

function quoted(expression: string): string {
  return `CAST(to_json(CAST(${expression} AS text)) AS text)`;
}

/** Of what needs no escaping. */
function inQuotes(expression: string): string {
  return `('"' || ${expression} || '"')`;
}

function dateText(expression: string): string {
  return `to_char(${expression}, 'YYYY-MM-DD')`;
}

/** Every connection has UTC as its time zone. */
function timeText(expression: string): string {
  return `to_char(${expression}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A number with a point, as SQLite writes it: 3.0 and 1.0e+21. */
function realJson(expression: string): string {
  return `regexp_replace(CAST(${expression} AS text), '^(-?[0-9]+)(e.*)?$', '\\1.0\\2')`;
}

/** Without escapes of NUL, which no text can hold, and of surrogates; a pair of backslashes in front makes `\u` plain text. */
function jsonCheck(column: string): string {
  const escapes = `replace(CAST(${column} AS text), '\\\\', '')`;
  return `${escapes} !~ '\\\\u(0000|[dD][89a-fA-F])'`;
}

/** Years 0001 to 9999. */
function inYears(column: string): string {
  return `${column} >= '0001-01-01' AND ${column} < '10000-01-01'`;
}

function textCheck(column: string, storage: Extract<Storage, { as: "text" }>): string {
  if (storage.values !== undefined) return `${column} IN (${storage.values.map(literal).join(", ")})`;
  const least = storage.min > 0 ? `char_length(${column}) >= ${storage.min} AND ` : "";
  return `${least}char_length(${column}) <= ${storage.max}`;
}

function range(column: string, min: number, max: number): string {
  return `${column} BETWEEN ${min} AND ${max}`;
}

/** Bound as a scaled integer, held as what it is. */
function decimalStorage(storage: Extract<Storage, { as: "decimal" }>): PostgresStorage {
  const { precision, scale } = storage;
  const unit = 10n ** BigInt(scale);
  const smallest = scale === 0 ? "1" : `0.${"1".padStart(scale, "0")}`;
  const least = storage.min === undefined ? undefined : decimalText(storage.min, scale);
  const most = storage.max === undefined ? undefined : decimalText(storage.max, scale);
  return {
    type: `numeric(${precision}, ${scale})`,
    check: (column) => {
      const bounds = [
        ...(least === undefined ? [] : [`${column} >= ${least}`]),
        ...(most === undefined ? [] : [`${column} <= ${most}`]),
      ];
      // numeric(10, 2) takes NaN.
      return [`${column} <> 'NaN'`, ...bounds].join(" AND ");
    },
    json: inQuotes,
    given: (placeholder) => `(CAST(${placeholder} AS numeric) * ${smallest})`,
    bound: (expression) => `CAST(CAST(${expression} * ${unit} AS bigint) AS text)`,
  };
}

/** A scaled integer as the text of its number. */
export function decimalText(scaled: bigint, scale: number): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(scale + 1, "0");
  const sign = scaled < 0n ? "-" : "";
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

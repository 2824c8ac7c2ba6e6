import type { Stored } from "../../database.ts";
import type { SqliteConnection } from "../driver.ts";
import { ValueFacts } from "../../../schema/value-facts.ts";
import { quoteName } from "../quote-name.ts";
import { COUNTED_ROWS } from "./existing-database.ts";

/** Rows looked at from the beginning of a table, and as many from its end. */
const SAMPLED_ROWS = 20_000;
/** Characters after which no further row is looked at: a table of documents would be read whole. */
const SAMPLED_CHARACTERS = 64_000_000;
/** Of a text only its beginning is looked at; nothing longer is a time, a number or an address. */
const LOOKED_AT_CHARACTERS = 2_048;
/** Cells answered for each column: the value, its length, and what is said of it. */
const CELLS = 3;
/** What is said of a value: a text is a JSON object or array; a number is stored as REAL, also where it is whole. */
const IS_JSON = 1;
const IS_REAL = 2;

/** A table or view whose values are looked at. */
export interface ValueSource {
  readonly name: string;
  readonly columns: readonly string[];
  /** The name under which the rowid can be asked for, to begin at the end too. */
  readonly rowid: string | undefined;
}

export interface ReadValues {
  readonly facts: ReadonlyMap<string, ValueFacts>;
  readonly rows: number;
  readonly sampled: boolean;
}

/** Looks at the values of a table, or of the first and last rows of a large one. Throws the binding's error. */
export function readValues(connection: SqliteConnection, source: ValueSource): ReadValues {
  const table = quoteName(source.name);
  const [[counted] = []] = connection.prepare(countSql(table)).rows([]);
  const rows = Number(counted);
  const facts = new Map(source.columns.map((column) => [column, new ValueFacts()]));
  const whole = lookAt(connection, `${valuesSql(source, table)} LIMIT ${SAMPLED_ROWS}`, [...facts.values()]);
  if (rows > SAMPLED_ROWS && source.rowid !== undefined) {
    const limit = Math.min(SAMPLED_ROWS, rows - SAMPLED_ROWS);
    const fromEnd = `${valuesSql(source, table)} ORDER BY ${source.rowid} DESC LIMIT ${limit}`;
    lookAt(connection, fromEnd, [...facts.values()]);
  }
  return { facts, rows, sampled: !whole || rows > SAMPLED_ROWS };
}

/**
 * One column, else two, whose values are never missing and differ in every row that is looked at: what may serve as
 * the key of a view. Columns whose names say so come first. Throws the binding's error.
 */
export function distinguishingColumns(
  connection: SqliteConnection,
  name: string,
  columns: readonly string[],
): string[] {
  const likely = columns.filter((column) => KEY_NAME.test(column));
  const others = columns.filter((column) => !KEY_NAME.test(column));
  const keys = [...single(likely), ...pairs(likely), ...single(others), ...pairs([...likely, ...others])];
  return keys.find((key) => isDistinct(connection, name, key)) ?? [];
}

/** How columns are called that tell rows apart. */
const KEY_NAME = /(?:id|key|code|number)$/i;
/** Columns of which every two are tried together as a key. */
const PAIRED_COLUMNS = 6;

function single(columns: readonly string[]): string[][] {
  return columns.map((column) => [column]);
}

function pairs(columns: readonly string[]): string[][] {
  const first = columns.slice(0, PAIRED_COLUMNS);
  return first.flatMap((one, at) => first.slice(at + 1).map((other) => [one, other]));
}

function isDistinct(connection: SqliteConnection, name: string, key: readonly string[]): boolean {
  const parts = key.map(quoteName);
  const sample = `(SELECT ${parts.join(", ")} FROM ${quoteName(name)} LIMIT ${SAMPLED_ROWS})`;
  const complete = parts.map((part) => `${part} IS NOT NULL`).join(" AND ");
  const sql = `SELECT (SELECT count(*) FROM ${sample}), (SELECT count(*) FROM (SELECT DISTINCT * FROM ${sample} WHERE ${complete}))`;
  const [[all, different] = []] = connection.prepare(sql).rows([]);
  return Number(all) > 0 && all === different;
}

function countSql(table: string): string {
  return `SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT ${COUNTED_ROWS + 1})`;
}

function valuesSql(source: ValueSource, table: string): string {
  const cells = source.columns.map((column) => {
    const name = quoteName(column);
    const isText = `typeof(${name}) = 'text'`;
    // A blob is not carried here at all: one bit of it would do.
    const value = `CASE typeof(${name}) WHEN 'text' THEN substr(${name}, 1, ${LOOKED_AT_CHARACTERS}) WHEN 'blob' THEN x'00' ELSE ${name} END`;
    const isJson = `${isText} AND substr(ltrim(${name}), 1, 1) IN ('{', '[') AND json_valid(${name})`;
    const said = `CASE WHEN typeof(${name}) = 'real' THEN ${IS_REAL} WHEN ${isJson} THEN ${IS_JSON} END`;
    return `${value}, CASE WHEN ${isText} THEN length(${name}) END, ${said}`;
  });
  return `SELECT ${cells.join(", ")} FROM ${table}`;
}

/** Answers whether every row that the statement has was looked at. */
function lookAt(connection: SqliteConnection, sql: string, facts: readonly ValueFacts[]): boolean {
  let characters = 0;
  for (const row of connection.prepare(sql).iterate([])) {
    facts.forEach((column, at) => {
      const [value = null, length, said] = row.slice(at * CELLS, at * CELLS + CELLS);
      add(column, value, { length: Number(length), said: Number(said) });
      characters += Number(length ?? 0);
    });
    if (characters > SAMPLED_CHARACTERS) return false;
  }
  return true;
}

function add(
  facts: ValueFacts,
  value: Stored,
  { length, said }: { readonly length: number; readonly said: number },
): void {
  if (value === null) facts.addMissing();
  else if (typeof value === "string") facts.addText({ text: value, length, isJson: said === IS_JSON });
  else if (said === IS_REAL) facts.addReal(Number(value));
  else if (typeof value === "number" || typeof value === "bigint") facts.addNumber(value);
  else facts.addBlob();
}

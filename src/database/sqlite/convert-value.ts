import type { Storage } from "../../schema/kind.ts";
import { sqliteStorage } from "./storage.ts";

/** Beyond 15 digits a double is not the only one nearest to a decimal, so a way there and back may end elsewhere. */
const EXACT_DECIMAL = 10n ** 15n;
/** Up to here a double holds every whole number. */
const EXACT_WHOLE = 2n ** 53n;

/**
 * The value of a column as another storage holds it, as SQL. It never loses anything: a value that does not fit becomes
 * a BLOB, which no STRICT column takes. NULL stays NULL. `value` is a quoted column.
 */
export function convertValue(value: string, from: Storage, to: Storage): string {
  switch (to.as) {
    case "text":
      return asText(value, from);
    case "integer":
      return from.as === "integer" || from.as === "boolean" ? value : withinRange(asWhole(value, from), to);
    case "bigint":
      return asWhole(value, from);
    case "decimal":
      return asDecimal(value, from, to.scale);
    case "real":
      return asReal(value, from);
    case "boolean":
      return from.as === "text"
        ? `CASE ${value} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ${refused(value)} END`
        : value;
    case "date":
      return from.as === "timestamp"
        ? only(`substr(${value}, 11) = 'T00:00:00.000Z'`, `substr(${value}, 1, 10)`, value)
        : value;
    case "timestamp":
      return from.as === "date" ? `${value} || 'T00:00:00.000Z'` : value;
    case "uuid":
    case "json":
      return value;
  }
}

function refused(value: string): string {
  return `CAST(${value} AS BLOB)`;
}

function only(condition: string, result: string, value: string): string {
  return `CASE WHEN ${condition} THEN ${result} ELSE ${refused(value)} END`;
}

/** Exact in JSON; a narrower range is held by the column's own CHECK. */
function withinRange(whole: string, { min, max, as }: Extract<Storage, { as: "integer" }>): string {
  if (sqliteStorage({ as, min, max }).check("v") !== undefined) return whole;
  return `(SELECT ${only(`v BETWEEN ${min} AND ${max}`, "v", "v")} FROM (SELECT ${whole} AS v))`;
}

function asText(value: string, from: Storage): string {
  switch (from.as) {
    case "integer":
    case "bigint":
      return `CAST(${value} AS TEXT)`;
    case "decimal":
      return sqliteStorage(from).json(value);
    case "boolean":
      return `CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`;
    case "real":
      // CAST writes 15 digits, which are not always the number.
      return [
        `CASE WHEN ${value} = CAST(${value} AS INTEGER) AND abs(${value}) < ${EXACT_WHOLE} THEN CAST(CAST(${value} AS INTEGER) AS TEXT)`,
        `WHEN CAST(CAST(${value} AS TEXT) AS REAL) = ${value} THEN CAST(${value} AS TEXT)`,
        `WHEN CAST(printf('%!.17g', ${value}) AS REAL) = ${value} THEN printf('%!.17g', ${value})`,
        `ELSE ${refused(value)} END`,
      ].join(" ");
    default:
      return value;
  }
}

function asWhole(value: string, from: Storage): string {
  switch (from.as) {
    case "text":
      return only(`CAST(CAST(${value} AS INTEGER) AS TEXT) = ${value}`, `CAST(${value} AS INTEGER)`, value);
    case "decimal":
      return rescaled(value, from.scale, 0);
    case "real":
      // SQLite compares exactly: the double above the greatest integer is not the one that CAST ends at.
      return only(`${value} = CAST(${value} AS INTEGER)`, `CAST(${value} AS INTEGER)`, value);
    default:
      return value;
  }
}

function asDecimal(value: string, from: Storage, scale: number): string {
  const unit = 10n ** BigInt(scale);
  switch (from.as) {
    case "text":
      return decimalOfText(value, scale);
    case "decimal":
      return rescaled(value, from.scale, scale);
    case "real": {
      const whole = `CAST(round(${value} * ${unit}.0) AS INTEGER)`;
      return only(
        `abs(${value} * ${unit}.0) < ${EXACT_DECIMAL}.0 AND CAST(${whole} AS REAL) / ${unit}.0 = ${value}`,
        whole,
        value,
      );
    }
    default:
      return rescaled(value, 0, scale);
  }
}

/** A product that leaves 64 bits becomes a REAL, which is above what the column's CHECK allows. */
function rescaled(value: string, from: number, to: number): string {
  if (from === to) return value;
  const unit = 10n ** BigInt(Math.abs(to - from));
  return to > from ? `${value} * ${unit}` : only(`${value} % ${unit} = 0`, `${value} / ${unit}`, value);
}

/** One spelling of the digits before the point; behind it zeros alone may be more than the scale. */
function decimalOfText(value: string, scale: number): string {
  const parts = `SELECT v, substr(v, 1, instr(v || '.', '.') - 1) AS whole, substr(v, instr(v || '.', '.') + 1) AS behind FROM (SELECT ${value} AS v)`;
  const digits = `CAST(whole || substr(behind || '${"0".repeat(scale)}', 1, ${scale}) AS INTEGER)`;
  const isDecimal = [
    "(whole = '-0' OR whole = CAST(CAST(whole AS INTEGER) AS TEXT))",
    "behind NOT GLOB '*[^0-9]*'",
    "(behind <> '' OR v = whole)",
    `length(rtrim(behind, '0')) <= ${scale}`,
  ].join(" AND ");
  return `(SELECT ${only(isDecimal, digits, "v")} FROM (${parts}))`;
}

function asReal(value: string, from: Storage): string {
  const real = `CAST(${value} AS REAL)`;
  switch (from.as) {
    case "text":
      return only(
        `CAST(${real} AS TEXT) IN (${value}, ${value} || '.0') OR printf('%!.17g', ${real}) = ${value}`,
        real,
        value,
      );
    case "decimal":
      return only(
        `${value} BETWEEN ${1n - EXACT_DECIMAL} AND ${EXACT_DECIMAL - 1n}`,
        `${real} / ${10n ** BigInt(from.scale)}.0`,
        value,
      );
    case "bigint":
      return only(`${value} BETWEEN ${-EXACT_WHOLE} AND ${EXACT_WHOLE}`, real, value);
    case "integer":
      return real;
    default:
      return value;
  }
}

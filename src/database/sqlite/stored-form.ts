import type { Storage } from "../../schema/kind.ts";
import { formOf } from "../../schema/stored-form.ts";
import { type Fragment, sql } from "../sql/fragment.ts";
import { sqliteStorage } from "./storage.ts";

type Decimal = Extract<Storage, { as: "decimal" }>;

/** Both ways between what a column of an adopted file holds and the form in which values are compared. */
interface Form {
  /** Null for what is not of the form. The expression may be written down several times. */
  read(expression: string): string;
  /** `value` is a placeholder or an expression, written down once. */
  write(value: string): string;
  /** Between these lies all that reads as the value, however it is written: an index finds it there. */
  bounds?(value: string): { readonly least: string; readonly most: string };
}

/** Seconds since 1970 of the years 0001 and 9999. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800, 253_402_300_799];
/** What is left of 64 bits when a decimal is scaled. */
const MOST_SCALED = 9 * 10 ** 18;
const CANONICAL_TIME = "%Y-%m-%dT%H:%M:%fZ";

/** What a column holds, in the form in which values of its kind are bound, compared and sorted. */
export function readForm(storage: Storage, expression: string): string {
  return formIn(storage)?.read(expression) ?? expression;
}

/** A value of that form as the column is to hold it. */
export function writeForm(storage: Storage, value: string): string {
  return formIn(storage)?.write(value) ?? value;
}

/**
 * What bounds a column that is compared with a value, so that an index of the file serves the comparison; undefined
 * where the form bounds nothing. `value` makes a placeholder each time.
 */
export function formBounds(
  storage: Storage,
  held: string,
  { operator, value }: { readonly operator: string; readonly value: () => Fragment },
): Fragment | undefined {
  const bounds = formIn(storage)?.bounds?.("?");
  if (bounds === undefined) return undefined;
  const side = (sign: string, bound: string): Fragment => ({ text: `${held} ${sign} ${bound}`, binds: value().binds });
  const least = side(">=", bounds.least);
  const most = side("<=", bounds.most);
  if (operator === "eq") return sql`${least} AND ${most}`;
  if (operator === "gt" || operator === "gte") return least;
  return operator === "lt" || operator === "lte" ? most : undefined;
}

function formIn(storage: Storage): Form | undefined {
  switch (formOf(storage)) {
    case undefined:
      return undefined;
    case "real":
      return decimalAsReal(storage as Decimal);
    case "unix":
      return unixTime(1);
    case "unix_ms":
      return unixTime(1_000);
    case "timestamp":
      return dateAsTime;
    case "text":
      return storage.as === "decimal" ? decimalAsText(storage) : timeAsText;
  }
}

/** 0.99 is the double nearest to it: rounded to the scale it is exact again. A whole number may lie there as INTEGER. */
function decimalAsReal({ scale }: Decimal): Form {
  const unit = 10 ** scale;
  return {
    read: (held) =>
      `CASE WHEN ${held} BETWEEN ${-MOST_SCALED / unit} AND ${MOST_SCALED / unit} THEN CASE typeof(${held}) WHEN 'integer' THEN ${held} * ${unit} WHEN 'real' THEN CAST(round(${held} * ${unit}) AS INTEGER) END END`,
    write: (value) => `${value} / ${unit}.0`,
    bounds: (value) => ({ least: `(${value} - 1) / ${unit}.0`, most: `(${value} + 1) / ${unit}.0` }),
  };
}

/** Digit by digit: a double would not keep them all. What is behind the scale rounds half away from zero. */
function decimalAsText(storage: Decimal): Form {
  const { scale } = storage;
  const unit = 10 ** scale;
  return {
    read: (held) => {
      const point = `instr(${held} || '.', '.')`;
      const behind = `substr(${held}, ${point} + 1) || '${"0".repeat(scale + 1)}'`;
      const whole = `abs(CAST(substr(${held}, 1, ${point} - 1) AS INTEGER)) * ${unit}`;
      const fraction = `CAST(substr(${behind}, 1, ${scale}) AS INTEGER) + (substr(${behind}, ${scale + 1}, 1) >= '5')`;
      const isNumber = `typeof(${held}) = 'text' AND ${held} GLOB '*[0-9]*' AND ${held} NOT GLOB '*[^-0-9.]*' AND ${held} NOT GLOB '?*-*' AND ${held} NOT GLOB '*.*.*' AND ${point} <= ${19 - scale}`;
      return `CASE WHEN ${isNumber} THEN (${whole} + ${fraction}) * CASE WHEN ${held} GLOB '-*' THEN -1 ELSE 1 END END`;
    },
    write: (value) => named(value, sqliteStorage(storage).json("v")),
  };
}

/** `2009-01-01 00:00:00`, in UTC, with `T`, `Z` or an offset too; written with a space, and with digits behind the second where there are any. */
const timeAsText: Form = {
  read: (held) =>
    `CASE WHEN typeof(${held}) = 'text' AND ${isDay(held)} AND substr(${held}, 12, 2) < '24' THEN strftime('${CANONICAL_TIME}', ${held}) END`,
  write: (value) =>
    named(value, "replace(substr(v, 1, CASE substr(v, 21, 3) WHEN '000' THEN 19 ELSE 23 END), 'T', ' ')"),
  // An offset moves a time by less than a day.
  bounds: (value) => ({ least: `date(${value}, '-1 day')`, most: `date(${value}, '+2 days')` }),
};

/** Seconds since 1970, or parts of them. */
function unixTime(unit: number): Form {
  const seconds = unit === 1 ? "" : ` / ${unit}.0`;
  return {
    read: (held) =>
      `CASE WHEN typeof(${held}) IN ('integer', 'real') AND ${held} BETWEEN ${FIRST_SECOND * unit} AND ${LAST_SECOND * unit + unit - 1} THEN strftime('${CANONICAL_TIME}', ${held}${seconds}, 'unixepoch') END`,
    write: (value) =>
      unit === 1
        ? `CAST(strftime('%s', ${value}) AS INTEGER)`
        : named(value, `CAST(strftime('%s', v) AS INTEGER) * ${unit} + CAST(substr(v, 21, 3) AS INTEGER)`),
    bounds: (value) => ({
      least: `(strftime('%s', ${value}) - 1) * ${unit}`,
      most: `(strftime('%s', ${value}) + 1) * ${unit}`,
    }),
  };
}

/** A day that lies in the file as its midnight. */
const dateAsTime: Form = {
  read: (held) => `CASE WHEN typeof(${held}) = 'text' AND ${isDay(held)} THEN substr(${held}, 1, 10) END`,
  write: (value) => `${value} || ' 00:00:00'`,
  bounds: (value) => ({ least: value, most: `date(${value}, '+1 day')` }),
};

/** SQLite takes the thirtieth of February for the first of March, and 'now' for a time. */
function isDay(held: string): string {
  const day = `substr(${held}, 1, 10)`;
  return `${day} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND ${day} >= '0001' AND date(${day}) IS ${day}`;
}

/** An expression in which a value may stand several times: a placeholder takes one value each time it is written. */
function named(value: string, expression: string): string {
  return `(SELECT ${expression} FROM (SELECT ${value} AS v))`;
}

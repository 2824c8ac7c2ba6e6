import type { ExistingColumn } from "../../database/sqlite/existing/existing-database.ts";
import type { ValueFacts } from "../../schema/value-facts.ts";
import type { DraftKind } from "./draft.ts";
import { chooseText, isTextFamily } from "./choose-text.ts";

/** A kind, with what has to be said about the choice. */
export interface KindChoice {
  readonly kind: DraftKind;
  readonly note?: string;
}

/** The range that an `integer()` has by itself. */
const INT32 = { min: -2_147_483_648, max: 2_147_483_647 };
/** Digits that a double keeps of every decimal. */
const EXACT_DIGITS = 15;
/** More digits behind the point are a measurement, or what a calculation left over. */
const MOST_SCALE = 6;
/** Digits behind the point of a price whose type does not say. */
const USUAL_SCALE = 2;
/** A number of seconds since 1970 has reached this in the year 5138, one of milliseconds in March 1973. */
const LEAST_MILLISECONDS = 100_000_000_000;

type Family = "boolean" | "json" | "uuid" | "timestamp" | "date" | "integer" | "real" | "decimal" | "text" | "unknown";

/** The family that a declared type is meant to be of. SQLite itself reads no more of it than an affinity. */
const families: readonly (readonly [RegExp, Family])[] = [
  [/BOOL|^BIT$|^BIT\(1\)|^TINYINT ?\(1\)/, "boolean"],
  [/JSON/, "json"],
  [/UUID|GUID|UNIQUEIDENTIFIER/, "uuid"],
  [/DATETIME|TIMESTAMP/, "timestamp"],
  [/^DATE\b/, "date"],
  [/INT/, "integer"],
  [/CHAR|CLOB|TEXT|STRING/, "text"],
  [/REAL|FLOA|DOUB/, "real"],
  [/DEC|NUMERIC|MONEY|CURRENCY|^NUMBER/, "decimal"],
];

/** The kind of an existing column: by its declared type where the values agree, else by the values. Binary ones have none. */
export function chooseKind(column: ExistingColumn): KindChoice | { readonly leftOut: string } {
  const { values } = column;
  const type = column.type.trim().toUpperCase();
  if (values.blobs > 0) return { leftOut: `${countOf(values.blobs, values)} bytes` };
  if (/BLOB|BINARY|IMAGE|BYTEA/.test(type) && values.values === 0) return { leftOut: `its type is ${type}: bytes` };
  const family = families.find(([pattern]) => pattern.test(type))?.[1] ?? "unknown";
  if (column.choices !== undefined) {
    const chosen = enumerated(column.choices);
    if (family === "text" || family === "unknown" || values.all(values.texts)) return { kind: chosen };
  }
  const declared = { type, required: column.required };
  return byFamily(family, declared, values) ?? byValues(declared, values);
}

/** What a column is declared to be. */
interface Declared {
  readonly type: string;
  readonly required: boolean;
}

function byFamily(family: Family, declared: Declared, values: ValueFacts): KindChoice | undefined {
  const numbers = values.integers + values.reals;
  // A number in a column of texts is a text by then: where there are only numbers, the type has another affinity.
  if (isTextFamily(family))
    return numbers > 0 && values.all(numbers) ? undefined : chooseText({ family, ...declared }, values);
  // Where no value is a number, the type says nothing about them.
  if (
    values.values > 0 &&
    numbers === 0 &&
    family !== "timestamp" &&
    family !== "date" &&
    !storedAsText(family, values)
  )
    return undefined;
  switch (family) {
    case "boolean":
      return chooseBoolean(declared, values);
    case "timestamp":
    case "date":
      return chooseTime(family, declared, values);
    case "integer":
      return chooseInteger(declared.type, values);
    case "real":
      return { kind: { call: "real()", uses: "real" }, ...oddOnes(values, numbers, "numbers") };
    case "decimal":
      return chooseDecimal(declared.type, values);
    default:
      return undefined;
  }
}

/** No type, or one that the values do not follow. */
function byValues({ type, required }: Declared, values: ValueFacts): KindChoice {
  const told = type === "" ? "its type is not declared" : `declared ${type}`;
  const numbers = values.integers + values.reals;
  if (values.all(values.integers))
    return withNote(chooseInteger(type, values), `${told}, and all values are whole numbers`);
  if (values.all(numbers))
    return withNote({ kind: { call: "real()", uses: "real" } }, `${told}, and all values are numbers`);
  const text = chooseText({ family: "text", type: "", required }, values);
  if (values.values === 0) return withNote(text, `${told}, and there are no values`);
  if (values.all(values.texts)) return withNote(text, `${told}, and all values are texts`);
  const mixed = `${told}, and ${numbers} of ${values.values} values are numbers, the others texts`;
  return withNote(text, `${mixed}: the numbers answer null`);
}

function chooseBoolean(declared: Declared, values: ValueFacts): KindChoice {
  if (values.values === 0 || (values.all(values.integers) && values.smallest >= 0 && values.largest <= 1))
    return { kind: { call: "boolean()", uses: "boolean" } };
  const note = `declared ${declared.type}, but not every value is 0 or 1`;
  const { kind } = byValues(declared, values);
  return { kind, note };
}

function chooseInteger(type: string, values: ValueFacts): KindChoice {
  const numbers = values.integers + values.reals;
  if (values.reals > 0)
    return {
      kind: { call: "real()", uses: "real" },
      note: `declared ${type}, but ${countOf(values.reals, values)} fractions`,
    };
  const odd = oddOnes(values, numbers, "numbers");
  if (/BIG|INT8|UNSIGNED/.test(type)) return { kind: { call: "bigint()", uses: "bigint" }, ...odd };
  const fits = values.integers === 0 || (values.smallest >= INT32.min && values.largest <= INT32.max);
  if (fits) return { kind: { call: "integer()", uses: "integer" }, ...odd };
  const note = odd.note ?? `values reach from ${values.smallest} to ${values.largest}, beyond 32 bits`;
  return { kind: { call: "bigint()", uses: "bigint" }, note };
}

function chooseDecimal(type: string, values: ValueFacts): KindChoice {
  const [, digits, behind] = /\((\d+)(?:\s*,\s*(\d+))?\)/.exec(type) ?? [];
  const numbers = values.integers + values.reals;
  const asText = storedAsText("decimal", values);
  const declaredScale = digits === undefined ? undefined : Number(behind ?? 0);
  const plain = declaredScale === undefined && type.startsWith("NUM") && values.digitsBehind === 0;
  if (plain || values.digitsBehind > MOST_SCALE)
    return {
      kind: { call: "real()", uses: "real" },
      ...(plain ? {} : { note: `declared ${type}, but values have more than ${MOST_SCALE} digits behind the point` }),
    };
  const scale = Math.max(declaredScale ?? USUAL_SCALE, values.digitsBehind);
  const wanted = Math.max(Number(digits ?? EXACT_DIGITS), values.digitsBefore + scale);
  if (values.digitsBefore + scale > EXACT_DIGITS || scale > EXACT_DIGITS)
    return {
      kind: { call: "real()", uses: "real" },
      note: `declared ${type}, but values have more digits than a decimal keeps`,
    };
  const precision = Math.min(EXACT_DIGITS, wanted);
  const kind = { call: `decimal(${precision}, ${scale}).stored("${asText ? "text" : "real"}")`, uses: "decimal" };
  const odd = oddOnes(values, asText ? values.plainNumbers : numbers, "numbers").note;
  const widened =
    declaredScale !== undefined && scale > declaredScale
      ? `declared ${type}, but values have ${scale} digits behind the point`
      : undefined;
  const note = odd ?? widened;
  return note === undefined ? { kind } : { kind, note };
}

function storedAsText(family: Family, values: ValueFacts): boolean {
  return family === "decimal" && values.all(values.plainNumbers);
}

function chooseTime(family: "timestamp" | "date", declared: Declared, values: ValueFacts): KindChoice {
  const { type } = declared;
  const numbers = values.integers + values.reals;
  if (numbers > values.texts) return chooseCountedTime(type, values);
  if (values.values === 0) return { kind: family === "date" ? DATE : storedTime("text") };
  if (values.all(values.dates))
    return {
      kind: DATE,
      ...(family === "date" ? {} : { note: `declared ${type}, and all values are days without a time` }),
    };
  const times = values.dates + values.times;
  if (times === 0) {
    const { kind } = chooseText({ family: "text", type: "", required: declared.required }, values);
    return { kind, note: `declared ${type}, but no value is a time that can be read` };
  }
  const odd = oddOnes(values, times, "times");
  if (family === "date") {
    if (values.midnights + values.dates === times) return { kind: dateAtMidnight, ...odd };
    return { kind: storedTime("text"), note: odd.note ?? `declared ${type}, but values have a time of day` };
  }
  return { kind: values.all(values.canonicalTimes) ? TIMESTAMP : storedTime("text"), ...odd };
}

/** Times as a number of seconds or milliseconds. */
function chooseCountedTime(type: string, values: ValueFacts): KindChoice {
  if (values.reals > 0)
    return { kind: { call: "real()", uses: "real" }, note: `declared ${type}, but values are numbers with a fraction` };
  const furthest = Math.max(Math.abs(Number(values.smallest)), Math.abs(Number(values.largest)));
  const inMilliseconds = furthest >= LEAST_MILLISECONDS;
  const note =
    oddOnes(values, values.integers, "numbers").note ??
    `declared ${type}; read as ${inMilliseconds ? "milliseconds" : "seconds"} since 1970`;
  return { kind: storedTime(inMilliseconds ? "unix_ms" : "unix"), note };
}

const DATE: DraftKind = { call: "date()", uses: "date" };
const TIMESTAMP: DraftKind = { call: "timestamp()", uses: "timestamp" };
const dateAtMidnight: DraftKind = { call: 'date().stored("timestamp")', uses: "date" };

function storedTime(as: "text" | "unix" | "unix_ms"): DraftKind {
  return { call: `timestamp().stored("${as}")`, uses: "timestamp" };
}

function enumerated(choices: readonly string[]): DraftKind {
  const texts = [...new Set(choices)].map((choice) => JSON.stringify(choice));
  return { call: `enumeration(${texts.join(", ")})`, uses: "enumeration" };
}

/** What is said where some values are not of the kind. */
function oddOnes(values: ValueFacts, fitting: number, what: string): { readonly note?: string } {
  const odd = values.values - fitting;
  return odd === 0 ? {} : { note: `${odd} of ${values.values} values are no ${what}: they answer null` };
}

function withNote(choice: KindChoice, note: string): KindChoice {
  return { kind: choice.kind, note: choice.note ?? note };
}

function countOf(count: number, values: ValueFacts): string {
  return count === values.values ? "its values are" : `${count} of ${values.values} values are`;
}

import type { Json } from "../../schema/stored.ts";
import { ValueFacts } from "../../schema/value-facts.ts";
import type { DraftKind } from "../declare/draft.ts";
import type { Collection, JsonRow } from "./read-collections.ts";

/** Lengths that a `text(n)` is given: the first with twice the room that the longest value takes. */
const TEXT_LENGTHS = [50, 100, 200, 500, 1_000, 2_000];
const INT32 = { min: -2_147_483_648, max: 2_147_483_647 };
const LONG_TEXT = 1_000_000;
const LONGEST_EMAIL = 254;
const LONGEST_URL = 2_048;

/** The names that objects of a collection have, in the order in which they first come. */
export function fieldsOf({ rows }: Collection): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

/** What all values of one field have in common. A missing field counts as a missing value. */
export function factsOf(rows: readonly JsonRow[], field: string): ValueFacts {
  const facts = new ValueFacts();
  for (const row of rows) addValue(facts, Object.hasOwn(row, field) ? row[field] : null);
  return facts;
}

function addValue(facts: ValueFacts, value: Json | undefined): void {
  if (value === null || value === undefined) facts.addMissing();
  else if (typeof value === "string") facts.addText({ text: value, length: [...value].length, isJson: false });
  else if (typeof value === "number") facts.addNumber(value);
  else if (typeof value === "boolean") facts.addBoolean();
  else facts.addStructure();
}

/** The kind of a field by all of its values, so that each of them answers as it is in the file. */
export function chooseJsonKind(facts: ValueFacts): { readonly kind: DraftKind; readonly note?: string } {
  const numbers = facts.integers + facts.reals;
  if (facts.values === 0) return { kind: JSON_KIND, note: "no row has a value, so it takes any JSON" };
  if (facts.all(facts.booleans)) return { kind: { call: "boolean()", uses: "boolean" } };
  if (facts.all(facts.integers)) return { kind: integerKind(facts) };
  if (facts.all(numbers)) return { kind: { call: "real()", uses: "real" } };
  if (facts.all(facts.structures)) return { kind: JSON_KIND };
  if (facts.all(facts.texts)) return textOf(facts);
  return { kind: JSON_KIND, note: `values are ${mixture(facts)}, so it takes any JSON` };
}

const JSON_KIND: DraftKind = { call: "json()", uses: "json" };

function integerKind({ smallest, largest }: ValueFacts): DraftKind {
  if (smallest >= INT32.min && largest <= INT32.max) return { call: "integer()", uses: "integer" };
  const { MIN_SAFE_INTEGER: min, MAX_SAFE_INTEGER: max } = Number;
  return { call: `integer({ min: ${smallest < 0 ? min : 0}, max: ${max} })`, uses: "integer" };
}

function textOf(facts: ValueFacts): { readonly kind: DraftKind; readonly note?: string } {
  const looks = looksLike(facts);
  if (looks !== undefined) return { kind: looks, ...(looks.uses === "timestamp" ? { note: TIMES } : {}) };
  // A required text takes at least one character by itself.
  const empty = facts.emptyTexts > 0 && facts.missing === 0 ? "min: 0" : "";
  const length = TEXT_LENGTHS.find((candidate) => facts.longest * 2 <= candidate);
  if (length !== undefined)
    return { kind: { call: `text(${length}${empty === "" ? "" : `, { ${empty} }`})`, uses: "text" } };
  const options = [empty, facts.longest > LONG_TEXT ? `max: ${facts.longest}` : ""].filter((option) => option !== "");
  return { kind: { call: `longText(${options.length === 0 ? "" : `{ ${options.join(", ")} }`})`, uses: "longText" } };
}

const TIMES = "all values are times; they answer in UTC, to the millisecond";

function looksLike(facts: ValueFacts): DraftKind | undefined {
  if (facts.all(facts.uuids)) return { call: "uuid()", uses: "uuid" };
  if (facts.all(facts.dates)) return { call: "date()", uses: "date" };
  if (facts.all(facts.times)) return { call: "timestamp()", uses: "timestamp" };
  if (facts.all(facts.emails) && facts.longest <= LONGEST_EMAIL) return { call: "email()", uses: "email" };
  if (facts.all(facts.urls) && facts.longest <= LONGEST_URL) return { call: "url()", uses: "url" };
  return undefined;
}

function mixture(facts: ValueFacts): string {
  const found = [
    [facts.texts, "texts"],
    [facts.integers + facts.reals, "numbers"],
    [facts.booleans, "booleans"],
    [facts.structures, "objects or lists"],
  ] as const;
  return found.flatMap(([count, name]) => (count > 0 ? [name] : [])).join(" and ");
}

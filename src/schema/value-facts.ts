import { isDate } from "./column/date.ts";
import { canonicalTimestamp } from "./column/timestamp.ts";
import { formats } from "./formats.ts";

const LOWER_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?$/;
const MIDNIGHT = /[T ]00:00(?::00(?:\.0+)?)?Z?$/;

/** A text as it was found; a long one may come as its beginning, with its length and whether the whole is JSON. */
export interface FoundText {
  readonly text: string;
  /** Code points of the whole. */
  readonly length: number;
  /** Whether the whole is a JSON object or array. */
  readonly isJson: boolean;
}

/** What the values of one column have in common: enough to choose a kind for them. Missing values are counted apart. */
export class ValueFacts {
  values = 0;
  missing = 0;
  /** Whole numbers, and the range that they span. */
  integers = 0;
  smallest: number | bigint = 0;
  largest: number | bigint = 0;
  /** Numbers with a fraction, and how a decimal would have to be to hold every number. */
  reals = 0;
  digitsBefore = 0;
  digitsBehind = 0;
  texts = 0;
  /** Code points of the longest text. */
  longest = 0;
  emptyTexts = 0;
  plainNumbers = 0;
  dates = 0;
  midnights = 0;
  times = 0;
  /** Times in the one spelling that Servery itself writes. */
  canonicalTimes = 0;
  uuids = 0;
  emails = 0;
  urls = 0;
  jsonTexts = 0;
  blobs = 0;
  booleans = 0;
  /** Objects and arrays, as a JSON file has them. */
  structures = 0;

  addMissing(): void {
    this.missing += 1;
  }

  addBlob(): void {
    this.values += 1;
    this.blobs += 1;
  }

  /** A number, which is a whole one when it has no fraction. */
  addNumber(value: number | bigint): void {
    if (typeof value === "number" && !Number.isSafeInteger(value)) return this.addReal(value);
    this.values += 1;
    this.#addInteger(value);
    this.#addDigits(value);
  }

  /** A number that is kept as a floating-point one, also where it is whole. */
  addReal(value: number): void {
    this.values += 1;
    this.reals += 1;
    this.#addDigits(value);
  }

  addText({ text, length, isJson }: FoundText): void {
    this.values += 1;
    this.texts += 1;
    this.longest = Math.max(this.longest, length);
    if (length === 0) this.emptyTexts += 1;
    if (isJson) this.jsonTexts += 1;
    const number = PLAIN_NUMBER.exec(text);
    if (number !== null) {
      this.plainNumbers += 1;
      const behind = number[1]?.length ?? 0;
      this.digitsBehind = Math.max(this.digitsBehind, behind);
      this.digitsBefore = Math.max(this.digitsBefore, text.replace(/^-|\..*$/g, "").length);
    }
    if (isDate(text)) this.dates += 1;
    else this.#addTime(text);
    if (LOWER_UUID.test(text)) this.uuids += 1;
    if (formats["email"]?.(text) === true) this.emails += 1;
    if (formats["uri"]?.(text) === true) this.urls += 1;
  }

  addBoolean(): void {
    this.values += 1;
    this.booleans += 1;
  }

  addStructure(): void {
    this.values += 1;
    this.structures += 1;
  }

  /** Whether every value is one of those that were counted. */
  all(counted: number): boolean {
    return this.values > 0 && counted === this.values;
  }

  #addInteger(value: number | bigint): void {
    if (this.integers === 0 || value < this.smallest) this.smallest = value;
    if (this.integers === 0 || value > this.largest) this.largest = value;
    this.integers += 1;
  }

  #addDigits(value: number | bigint): void {
    const [before, behind] = digitsOf(value);
    this.digitsBefore = Math.max(this.digitsBefore, before);
    this.digitsBehind = Math.max(this.digitsBehind, behind);
  }

  #addTime(text: string): void {
    const canonical = canonicalTimestamp(text);
    if (canonical === undefined) return;
    this.times += 1;
    if (canonical === text) this.canonicalTimes += 1;
    if (MIDNIGHT.test(text)) this.midnights += 1;
  }
}

/** Digits before and behind the point of a number in plain notation; a number that has none counts as too long for any. */
function digitsOf(value: number | bigint): [number, number] {
  const match = /^-?(\d+)(?:\.(\d+))?$/.exec(String(value));
  if (match === null) return [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return [match[1] === "0" ? 0 : (match[1]?.length ?? 0), match[2]?.length ?? 0];
}

import { entityTag } from "../schema/entity-tag.ts";
import { withoutMarks } from "./broken-values.ts";
import {
  DatabaseError,
  type Expectation,
  isStepResult,
  type Rows,
  type Stored,
  type Write,
  type WriteStep,
} from "./database.ts";

/**
 * How the steps of a write are carried out, the same on every engine: what they are bound to, what is expected of them,
 * and how much they may keep.
 */

/** Bytes of the rows that one write may keep for its answer, roughly. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The values of a step, with what earlier steps answered put where it is named. */
export function bindResults(
  params: WriteStep["params"],
  { results, kept }: { readonly results: readonly Rows[]; readonly kept: readonly Rows[] },
): Stored[] {
  return params.map((value) => {
    if (!isStepResult(value)) return value;
    return value.step === "kept" ? JSON.stringify(kept, asKept) : (results[value.step]?.[0]?.[value.column] ?? null);
  });
}

/** A whole number that JSON's numbers would cut digits from is a text there, as in answers. */
function asKept(_key: string, value: unknown): unknown {
  if (typeof value === "string") return withoutMarks(value);
  return typeof value === "bigint" ? String(value) : value;
}

/** What later steps may still keep: many small steps must not fill the memory either. */
export function roomLeft(room: number, rows: Rows): number {
  const left = rows.reduce((sum, row) => sum - bytesOf(row), room);
  if (left < 0)
    throw new DatabaseError({ kind: "too_big", message: `The rows are larger than ${MAX_ANSWER_BYTES} bytes.` });
  return left;
}

/** What a row takes of memory, roughly. */
export function bytesOf(row: readonly Stored[]): number {
  let bytes = 32;
  for (const value of row) {
    if (typeof value === "string") bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
    bytes += 8;
  }
  return bytes;
}

/** The rows and their number that a step answered or changed, and how many the write has changed with it. */
export interface StepOutcome {
  readonly rows: Rows;
  readonly count: number;
  readonly changed: number;
}

/** The place of the first expectation that does not hold, or -1. */
export function brokenExpectation(expectations: readonly Expectation[], outcome: StepOutcome): number {
  return expectations.findIndex((expectation) => !holds(expectation, outcome));
}

function holds(expectation: Expectation, { rows, count, changed }: StepOutcome): boolean {
  switch (expectation.is) {
    case "some":
      return count > 0;
    case "none":
      return count === 0;
    case "tag":
      return tagIsOneOf(rows, expectation.tags);
    case "otherTag":
      return !tagIsOneOf(rows, expectation.tags);
    case "atMost":
      return changed <= expectation.limit;
  }
}

/** Decided inside the transaction: between a look before it and the write, another could change the row. */
function tagIsOneOf(rows: Rows, tags: readonly string[]): boolean {
  const representation = rows[0]?.[0];
  return typeof representation === "string" && tags.includes(entityTag(withoutMarks(representation)));
}

/**
 * Whether the write leaves nothing to undo when it fails, so that it needs no savepoint: only its last step changes
 * rows, and of that one nothing is expected but that it did. A savepoint made a patch by key a tenth slower.
 */
export function isAtomicByItself({ steps }: Write): boolean {
  const firstChange = steps.findIndex(({ changes }) => changes);
  if (firstChange === -1) return true;
  const { expect = [] } = steps[firstChange] as WriteStep;
  return firstChange === steps.length - 1 && expect.every(({ is }) => is === "some");
}

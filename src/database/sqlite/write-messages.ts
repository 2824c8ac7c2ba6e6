import type {
  DatabaseFailure,
  Expectation,
  Refusal,
  Rows,
  Stored,
  Write,
  WriteOutcome,
  WriteStep,
} from "../database.ts";
import type { WriteAnswer } from "./execute-group.ts";

/**
 * What travels between the main thread and the writer thread. Writes are flattened into one array a message and SQL
 * texts travel once, afterwards by number: copying many small objects between threads would cost more than the writes.
 */
export type ToWriter =
  | WritesMessage
  | { readonly is: "define"; readonly statements: readonly string[] }
  | { readonly is: "held"; readonly number: number; readonly call: HeldCall }
  | { readonly is: "close" };

/** What the transaction that is held open is to do. */
export type HeldCall =
  | { readonly is: "begin" }
  | { readonly is: "commit" }
  | { readonly is: "rollback" }
  | { readonly is: "read"; readonly sql: string; readonly params: readonly Stored[] }
  | { readonly is: "write"; readonly message: WritesMessage };

/** At most `MAX_MESSAGE_WRITES` writes. `reset`: the numbering of SQL texts starts over. `bytes`: the size of the values, roughly. */
export interface WritesMessage {
  readonly is: "writes";
  readonly reset: boolean;
  readonly texts: readonly string[];
  readonly writes: readonly unknown[];
  readonly bytes: number;
}

/** `answers` are in the order in which the writes were sent. `fatal` is the last message of a thread that cannot work. */
export type FromWriter =
  | { readonly is: "answers"; readonly answers: readonly unknown[] }
  | { readonly is: "defined"; readonly failure: DatabaseFailure | undefined }
  | HeldMessage
  | { readonly is: "fatal"; readonly failure: DatabaseFailure };

/** The answer to a call of a transaction: each gets one, in order. `lost`: SQLite has ended the transaction by itself. */
export interface HeldMessage {
  readonly is: "held";
  readonly answer: HeldAnswer;
  readonly lost: DatabaseFailure | undefined;
}

/** `written` holds one answer, flattened like those of a group. */
export type HeldAnswer =
  | { readonly is: "done" }
  | { readonly is: "rows"; readonly rows: Rows }
  | { readonly is: "written"; readonly answers: readonly unknown[] }
  | { readonly is: "failed"; readonly failure: DatabaseFailure };

/** A message is taken whole into a group, so it must be smaller than one. */
export const MAX_MESSAGE_WRITES = 128;
/** Bytes of values from which on a message is full. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** SQL texts known to both sides; beyond it the numbering starts over, so that neither side grows for ever. */
const MAX_TEXTS = 2_000;

const RETURNS = 1;
const KEEP = 2;
const CHANGES = 4;
const EXPECTS = 8;
const REFERS = 16;
const UNCOUNTED = 32;

const expectationCode = { some: 0, none: 1, tag: 2, otherTag: 3, atMost: 4 } as const;

/** The main thread's side of one writer thread's numbering. */
export class WriteEncoder {
  readonly #numbers = new Map<string, number>();
  #newTexts: string[] = [];
  #flat: unknown[] = [];
  #bytes = 0;

  /** A message with the writes from `start` on, as many as fit into one: `count` tells how many. */
  encode(writes: readonly Write[], start: number): { readonly message: WritesMessage; readonly count: number } {
    this.#flat = [];
    this.#newTexts = [];
    this.#bytes = 0;
    // Only here the numbering may start over: a message never mixes two numberings.
    const reset = this.#numbers.size === 0 || this.#numbers.size >= MAX_TEXTS;
    if (reset) this.#numbers.clear();
    const end = Math.min(writes.length, start + MAX_MESSAGE_WRITES);
    let at = start;
    while (at < end && this.#bytes < MAX_MESSAGE_BYTES) this.#add(writes[at++] as Write);
    const message = { is: "writes", reset, texts: this.#newTexts, writes: this.#flat, bytes: this.#bytes } as const;
    return { message, count: at - start };
  }

  #add(write: Write): void {
    const flat = this.#flat;
    flat.push(write.steps.length);
    const refers = write.refers === true ? REFERS : 0;
    for (const step of write.steps) {
      const expects = step.expect !== undefined && step.expect.length > 0;
      const flags =
        refers |
        (step.returns ? RETURNS : 0) |
        (step.keep === true ? KEEP : 0) |
        (step.changes ? CHANGES : 0) |
        (step.counts === false ? UNCOUNTED : 0) |
        (expects ? EXPECTS : 0);
      flat.push(this.#numberOf(step.sql), flags, step.params);
      this.#bytes += bytesOf(step.params);
      if (expects) pushExpectations(flat, step.expect);
    }
  }

  #numberOf(sql: string): number {
    const known = this.#numbers.get(sql);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(sql, number);
    this.#newTexts.push(sql);
    return number;
  }
}

function bytesOf(params: WriteStep["params"]): number {
  let bytes = 0;
  for (const value of params) {
    if (typeof value === "string") bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
  }
  return bytes;
}

function pushExpectations(flat: unknown[], expectations: readonly Expectation[]): void {
  flat.push(expectations.length);
  for (const expectation of expectations) {
    flat.push(expectationCode[expectation.is]);
    if (expectation.is === "tag" || expectation.is === "otherTag") flat.push(expectation.tags);
    else if (expectation.is === "atMost") flat.push(expectation.limit);
  }
}

/** The writer thread's side: turns a message back into writes. Their refusals stay on the main thread. */
export class WriteDecoder {
  #texts: string[] = [];

  decode({ reset, texts, writes }: WritesMessage): Write[] {
    if (reset) this.#texts = [];
    this.#texts.push(...texts);
    const decoded: Write[] = [];
    const reader = new FlatReader(writes);
    while (!reader.atEnd) {
      const steps: WriteStep[] = [];
      let flags = 0;
      for (let left = reader.number(); left > 0; left--) {
        const number = reader.number();
        flags = reader.number();
        steps.push(readStep(reader, this.#texts[number] ?? "", flags));
      }
      decoded.push({ steps, refers: (flags & REFERS) !== 0 });
    }
    return decoded;
  }
}

function readStep(reader: FlatReader, sql: string, flags: number): WriteStep {
  const params = reader.next() as WriteStep["params"];
  const returns = (flags & RETURNS) !== 0;
  const keep = (flags & KEEP) !== 0;
  const changes = (flags & CHANGES) !== 0;
  const step = {
    sql,
    params,
    returns,
    keep,
    changes,
    ...((flags & UNCOUNTED) === 0 ? {} : { counts: false as const }),
  };
  if ((flags & EXPECTS) === 0) return step;
  const expect: Expectation[] = [];
  for (let left = reader.number(); left > 0; left--) expect.push(readExpectation(reader));
  return { ...step, expect };
}

/** Stands for the refusal, which the main thread keeps: the thread answers its place. */
const elsewhere: Refusal = { code: "" };

function readExpectation(reader: FlatReader): Expectation {
  switch (reader.number()) {
    case expectationCode.some:
      return { is: "some", otherwise: elsewhere };
    case expectationCode.none:
      return { is: "none", otherwise: elsewhere };
    case expectationCode.tag:
      return { is: "tag", tags: reader.next() as readonly string[], otherwise: elsewhere };
    case expectationCode.otherTag:
      return { is: "otherTag", tags: reader.next() as readonly string[], otherwise: elsewhere };
    default:
      return { is: "atMost", limit: reader.number(), otherwise: elsewhere };
  }
}

class FlatReader {
  readonly #flat: readonly unknown[];
  #at = 0;

  constructor(flat: readonly unknown[]) {
    this.#flat = flat;
  }

  get atEnd(): boolean {
    return this.#at >= this.#flat.length;
  }

  next(): unknown {
    return this.#flat[this.#at++];
  }

  number(): number {
    return this.next() as number;
  }
}

const APPLIED = 0;
const APPLIED_WITH_ROWS = 1;
const REFUSED = 2;
const FAILED = 3;

/** Adds an answer to those of its group, flattened. */
export function pushAnswer(flat: unknown[], answer: WriteAnswer): void {
  if (answer.is === "refused") flat.push(REFUSED, answer.step, answer.expectation);
  else if (answer.is === "failed") flat.push(FAILED, answer.step, answer.failure);
  else if (answer.kept.length === 0) flat.push(APPLIED, answer.changed);
  else flat.push(APPLIED_WITH_ROWS, answer.changed, answer.kept);
}

/** Reads the answers of a message, in order; each needs the write that it answers, which holds the refusals. */
export class AnswerReader {
  readonly #reader: FlatReader;

  constructor(flat: readonly unknown[]) {
    this.#reader = new FlatReader(flat);
  }

  get atEnd(): boolean {
    return this.#reader.atEnd;
  }

  next(write: Write): WriteOutcome {
    const reader = this.#reader;
    switch (reader.number()) {
      case APPLIED:
        return { ok: true, kept: [], changed: reader.number() };
      case APPLIED_WITH_ROWS: {
        const changed = reader.number();
        return { ok: true, kept: reader.next() as readonly Rows[], changed };
      }
      case REFUSED:
        return refused(write, reader.number(), reader.number());
      default: {
        const step = reader.next() as number | undefined;
        return { ok: false, step, failure: reader.next() as DatabaseFailure };
      }
    }
  }
}

/** The answer of a group as the outcome of its write. */
export function outcomeOf(write: Write, answer: WriteAnswer): WriteOutcome {
  if (answer.is === "applied") return { ok: true, kept: answer.kept, changed: answer.changed };
  if (answer.is === "failed") return { ok: false, step: answer.step, failure: answer.failure };
  return refused(write, answer.step, answer.expectation);
}

function refused(write: Write, step: number, expectation: number): WriteOutcome {
  const found = write.steps[step]?.expect?.[expectation];
  if (found === undefined) throw new Error(`No expectation stands at step ${step}, place ${expectation}.`);
  return { ok: false, step, refusal: found.otherwise };
}

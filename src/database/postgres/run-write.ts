import type { Refusal, Rows, Stored, Write, WriteOutcome, WriteStep } from "../database.ts";
import { bindResults, brokenExpectation, isAtomicByItself, MAX_ANSWER_BYTES, roomLeft } from "../write-rules.ts";
import type { Connection, Ran } from "./connection.ts";
import { mapError } from "./map-error.ts";

/**
 * Each transaction sees one state of the rows, and fails where another has changed what it changes: so what was looked
 * at in a step still holds in the next, as it does where only one writes at a time.
 */
export const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ";
export const COMMIT = "COMMIT";
export const ROLLBACK = "ROLLBACK";

/** Applies a write in a transaction of its own. Rejected where the connection is lost on the way, with the client's error. */
export async function runWrite(connection: Connection, write: Write): Promise<WriteOutcome> {
  if (write.steps.length === 1 && isAtomicByItself(write)) return runSteps(connection, write);
  // The first steps are on their way behind BEGIN before it is answered.
  const [begun, applied] = await Promise.allSettled([connection.run(BEGIN), runSteps(connection, write)]);
  if (begun.status === "rejected") throw begun.reason;
  if (applied.status === "fulfilled" && applied.value.ok) await connection.run(COMMIT);
  else if (!connection.isBroken) await connection.run(ROLLBACK);
  if (applied.status === "rejected") throw applied.reason;
  return applied.value;
}

/** The steps of a write in whatever transaction is open. Rejected with the client's error where a statement fails. */
export async function runSteps(connection: Connection, write: Write): Promise<WriteOutcome> {
  const progress = new WriteProgress(write);
  const { steps } = write;
  for (let at = 0; at < steps.length; ) {
    const end = write.refers === true ? at + 1 : endOfRun(steps, at);
    const sent = steps.slice(at, end).map((step) => connection.run(step.sql, progress.params(step)));
    // All are awaited, also behind one that failed: the connection must have nothing on its way.
    const ran = await Promise.allSettled(sent);
    for (const [offset, one] of ran.entries()) {
      if (one.status === "rejected") throw new FailedStep(at + offset, one.reason);
      const refusal = taken(progress, at + offset, one.value);
      if (refusal !== undefined) return { ok: false, step: at + offset, refusal };
    }
    at = end;
  }
  return { ok: true, kept: progress.kept, changed: progress.changed };
}

function taken(progress: WriteProgress, at: number, ran: Ran): Refusal | undefined {
  try {
    return progress.take(at, ran);
  } catch (error) {
    throw new FailedStep(at, error);
  }
}

/** A statement failed: which step it was, beside the client's own error. */
export class FailedStep extends Error {
  readonly step: number;
  constructor(step: number, cause: unknown) {
    super("A step of a write failed.", { cause });
    this.step = step;
  }
}

/** What a failed step means to whoever asked for the write. */
export function failedOutcome(error: unknown): WriteOutcome {
  return error instanceof FailedStep
    ? { ok: false, step: error.step, failure: mapError(error.cause) }
    : { ok: false, failure: mapError(error) };
}

/**
 * Steps are sent together up to one that guards what follows: a delete of too many rows must not have happened before
 * somebody looks how many there are.
 */
function endOfRun(steps: readonly WriteStep[], from: number): number {
  for (let at = from; at < steps.length - 1; at++) {
    const { changes, expect = [] } = steps[at] as WriteStep;
    if (!changes && expect.some(({ is }) => is === "none")) return at + 1;
  }
  return steps.length;
}

/** What the steps of a write have answered so far. */
class WriteProgress {
  readonly kept: Rows[] = [];
  changed = 0;
  readonly #steps: Write["steps"];
  readonly #results: Rows[] | undefined;
  #room = MAX_ANSWER_BYTES;

  constructor({ steps, refers }: Write) {
    this.#steps = steps;
    this.#results = refers === true ? [] : undefined;
  }

  params(step: WriteStep): readonly Stored[] {
    if (this.#results === undefined) return step.params as readonly Stored[];
    return bindResults(step.params, { results: this.#results, kept: this.kept });
  }

  /** Takes what a step answered; answers the refusal of an expectation that does not hold. */
  take(at: number, { rows, count }: Ran): Refusal | undefined {
    const step = this.#steps[at] as WriteStep;
    const answered = step.returns ? rows : [];
    this.#results?.push(answered);
    if (step.changes && step.counts !== false) this.changed += count;
    const { expect = [] } = step;
    const broken = brokenExpectation(expect, { rows: answered, count, changed: this.changed });
    if (broken !== -1) return expect[broken]?.otherwise;
    if (step.keep === true) {
      this.#room = roomLeft(this.#room, answered);
      this.kept.push(answered);
    }
    return undefined;
  }
}

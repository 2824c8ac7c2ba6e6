import type { DatabaseFailure, Rows, Stored, Write, WriteStep } from "../database.ts";
import { bindResults, brokenExpectation, isAtomicByItself, MAX_ANSWER_BYTES, roomLeft } from "../write-rules.ts";
import { boundedRows } from "./bounded-rows.ts";
import type { Connection } from "./connection.ts";
import type { SqliteStatement } from "./driver.ts";
import { mapError } from "./map-error.ts";

/**
 * What became of one write. A refusal is told by the place of the expectation that did not hold, so that it need not
 * travel between threads.
 */
export type WriteAnswer =
  | { readonly is: "applied"; readonly kept: readonly Rows[]; readonly changed: number }
  | { readonly is: "refused"; readonly step: number; readonly expectation: number }
  | { readonly is: "failed"; readonly step?: number; readonly failure: DatabaseFailure };

/** The answers of a group, in the order of its writes. */
export interface GroupResult {
  readonly answers: readonly WriteAnswer[];
  /** The connection met an error of the disk or of the file: close it and open another. */
  readonly suspect: boolean;
}

/**
 * Applies writes in one transaction, so that one sync of the disk serves them all, yet each happens or fails alone.
 * Nothing is `applied` in the result before its COMMIT has returned. Where the transaction does not survive one of its
 * members, all are repeated one by one, and only that counts.
 */
export function executeGroup(connection: Connection, writes: readonly Write[]): GroupResult {
  const together = writes.length === 1 ? "repeat" : applyTogether(connection, writes);
  if (together !== "repeat") return together;
  const answers: WriteAnswer[] = [];
  for (const write of writes) {
    const { answer, broken } = applyAlone(connection, write);
    answers.push(answer);
    // Whether the disk kept anything is unknown: the rest is not tried on this connection.
    if (broken) while (answers.length < writes.length) answers.push(answer);
    if (broken) break;
  }
  return { answers, suspect: answers.some(isSuspect) };
}

function applyTogether(connection: Connection, writes: readonly Write[]): GroupResult | "repeat" {
  const begun = attempt(connection, BEGIN);
  if (begun !== undefined) return allFailed(writes, begun);
  const answers: WriteAnswer[] = [];
  for (const write of writes) {
    const answer = applyMember(connection, write);
    // SQLite may have ended the transaction by itself (RAISE(ROLLBACK), a full disk), and with it what others did.
    if (answer.is !== "applied" && !connection.inTransaction) return "repeat";
    answers.push(answer);
  }
  const failure = attempt(connection, COMMIT);
  if (failure === undefined) return { answers, suspect: answers.some(isSuspect) };
  rollBack(connection);
  return breaksConnection(failure) ? allFailed(writes, failure) : "repeat";
}

/** One write inside the transaction of its group: undone to its savepoint unless it is applied whole. */
export function applyMember(connection: Connection, write: Write): WriteAnswer {
  if (isAtomicByItself(write) && !connection.mayFailHalfway) return runSteps(connection, write);
  const opened = attempt(connection, SAVEPOINT);
  if (opened !== undefined) return failed(opened);
  const answer = runSteps(connection, write);
  if (answer.is !== "applied" && !connection.inTransaction) return answer;
  const undone = answer.is === "applied" ? undefined : attempt(connection, ROLLBACK_TO);
  const closed = undone ?? attempt(connection, RELEASE);
  if (closed === undefined) return answer;
  // A member that cannot be undone must not be committed with the others.
  rollBack(connection);
  return failed(closed);
}

/** One write in a transaction of its own. `broken`: its COMMIT met an error of the disk. */
function applyAlone(connection: Connection, write: Write): { readonly answer: WriteAnswer; readonly broken: boolean } {
  const begun = attempt(connection, BEGIN);
  if (begun !== undefined) return { answer: failed(begun), broken: false };
  const answer = runSteps(connection, write);
  const failure = answer.is === "applied" ? attempt(connection, COMMIT) : undefined;
  if (answer.is === "applied" && failure === undefined) return { answer, broken: false };
  rollBack(connection);
  return failure === undefined
    ? { answer, broken: false }
    : { answer: failed(failure), broken: breaksConnection(failure) };
}

function runSteps(connection: Connection, write: Write): WriteAnswer {
  const kept: Rows[] = [];
  const results: Rows[] | undefined = write.refers === true ? [] : undefined;
  let changed = 0;
  let room = MAX_ANSWER_BYTES;
  let at = 0;
  try {
    for (; at < write.steps.length; at++) {
      const step = write.steps[at] as WriteStep;
      const params =
        results === undefined ? (step.params as readonly Stored[]) : bindResults(step.params, { results, kept });
      const statement = connection.statement(step.sql);
      const rows = step.returns ? rowsOf(step, statement, { params, maxBytes: room }) : nothing;
      const count = step.returns ? rows.length : statement.run(params);
      results?.push(rows);
      if (step.changes && step.counts !== false) changed += count;
      if (step.expect !== undefined) {
        const expectation = brokenExpectation(step.expect, { rows, count, changed });
        if (expectation !== -1) return { is: "refused", step: at, expectation };
      }
      if (step.keep === true) room = roomLeft(room, rows);
      if (step.keep === true) kept.push(rows);
    }
  } catch (error) {
    return { is: "failed", step: at, failure: mapError(error) };
  }
  return { is: "applied", kept, changed };
}

function rowsOf(
  step: WriteStep,
  statement: SqliteStatement,
  { params, maxBytes }: { readonly params: readonly Stored[]; readonly maxBytes: number },
): Stored[][] {
  // Row by row costs more: only where a step may answer a list, and the memory of the thread must be kept.
  const mayBeMany = step.keep === true && (!step.changes || step.expect?.some(({ is }) => is === "atMost") === true);
  return mayBeMany ? boundedRows(statement, params, { maxBytes }) : statement.rows(params);
}

export const BEGIN = "BEGIN IMMEDIATE";
export const COMMIT = "COMMIT";
const SAVEPOINT = "SAVEPOINT member";
const ROLLBACK_TO = "ROLLBACK TO member";
const RELEASE = "RELEASE member";
const ROLLBACK = "ROLLBACK";

const nothing: Stored[][] = [];

/** Runs a statement without parameters and answers its failure, if any. */
export function attempt(connection: Connection, sql: string): DatabaseFailure | undefined {
  try {
    connection.statement(sql).run([]);
    return undefined;
  } catch (error) {
    return mapError(error);
  }
}

/** Ends the transaction that is open, if SQLite has not done so itself. */
export function rollBack(connection: Connection): void {
  if (connection.inTransaction) attempt(connection, ROLLBACK);
}

function failed(failure: DatabaseFailure): WriteAnswer {
  return { is: "failed", failure };
}

function allFailed(writes: readonly Write[], failure: DatabaseFailure): GroupResult {
  return { answers: writes.map(() => failed(failure)), suspect: breaksConnection(failure) };
}

function isSuspect(answer: WriteAnswer): boolean {
  return answer.is === "failed" && breaksConnection(answer.failure);
}

/** After an error of the disk or of the file, a new connection has to look at what the file holds. */
export function breaksConnection(failure: DatabaseFailure): boolean {
  return failure.kind === "unavailable" || failure.kind === "read_only";
}

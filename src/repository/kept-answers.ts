import type { Database, Rows, Transaction, Write, WriteOutcome, WriteStep } from "../database/database.ts";
import { dropExpiredAnswers, findKeptAnswer, keepAnswer } from "../database/sql/kept-answers.ts";
import { Problem } from "../errors/problem.ts";
import type { TimedAnswer } from "../service/kept-answer.ts";
import type { OperationAnswer, WriteAnswer } from "../service/record-answer.ts";
import type { StepList, StepOrigin } from "./step-list.ts";

/** Refused when an answer is kept under the key already: nothing is written, the answer is read instead. */
export const KEPT_ALREADY = "kept_already";

type MadeAnswer = Pick<WriteAnswer, "operations">;

/** Ends the write when an answer is kept already. */
export function lookForAnswer(keep: TimedAnswer): WriteStep {
  const expect = [{ is: "none", otherwise: { code: KEPT_ALREADY } }] as const;
  return { sql: findKeptAnswer, params: [keep.id, keep.since], returns: true, changes: false, expect };
}

/** Keeps what the write answers, and drops a few that have expired. */
export function keepAnswerSteps(list: StepList, keep: TimedAnswer, origin: StepOrigin): void {
  const params = [keep.id, keep.request, list.allKept(), keep.now];
  list.add({ sql: keepAnswer, params, returns: false, changes: true }, origin);
  list.add({ sql: dropExpiredAnswers, params: [keep.forgotten], returns: false, changes: true }, origin);
}

/** Keeps an answer that was made piece by piece, by several writes of one transaction. */
export function keepMade(operations: readonly OperationAnswer[], keep: TimedAnswer): Write {
  const text = JSON.stringify({ operations: operations.map((operation) => ({ ...operation, written: [] })) });
  const params = [keep.id, keep.request, text, keep.now];
  return {
    steps: [
      { sql: keepAnswer, params, returns: false, changes: true },
      { sql: dropExpiredAnswers, params: [keep.forgotten], returns: false, changes: true },
    ],
  };
}

/** The outcome or the made answer that is kept, if one is. With another body or query the key is not the same request. */
export async function findAnswer(
  database: Pick<Database | Transaction, "read">,
  keep: TimedAnswer,
): Promise<Extract<WriteOutcome, { ok: true }> | MadeAnswer | undefined> {
  const rows = await database.read({ sql: findKeptAnswer, scans: false }, [keep.id, keep.since]);
  const [request, kept] = rows[0] ?? [];
  if (typeof kept !== "string") return undefined;
  if (request !== keep.request) {
    throw new Problem("idempotency_mismatch", "This Idempotency-Key was used for another request. Make a new one.");
  }
  const parsed = JSON.parse(kept) as readonly Rows[] | MadeAnswer;
  return "operations" in parsed ? parsed : { ok: true, kept: parsed, changed: 0 };
}

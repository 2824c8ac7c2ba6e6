import { type Database, DatabaseError, type Stored, type Transaction, type WriteStep } from "../database/database.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { Problem } from "../errors/problem.ts";
import type { SchemaModel } from "../schema/model.ts";
import type { TimedAnswer } from "../service/kept-answer.ts";
import type { OperationAnswer, WriteAnswer } from "../service/record-answer.ts";
import type { DeletePlan, UpdatePlan, WritePlan } from "../service/write-plan.ts";
import { findAnswer, KEPT_ALREADY, keepMade } from "./kept-answers.ts";
import { RowSelections, type SelectedKeys } from "./row-selections.ts";
import { answersOf } from "./write-answer.ts";
import { failureProblem, writeProblem } from "./write-problem.ts";
import { type CompiledWrite, type CompileOptions, WriteSteps } from "./write-steps.ts";

export type { Transaction };

function transactionProblem(error: unknown, deadlineMs: number): unknown {
  if (!(error instanceof DatabaseError) || error.failure.kind !== "timeout") return failureProblem(undefined, error);
  return new Problem("transaction_timeout", `A transaction did not end within ${deadlineMs} ms; it was undone.`, {
    headers: { "retry-after": "1" },
    cause: error,
  });
}

/** A statement that goes along with a write, made by whoever keeps books about the database. */
export type FinalStep = WriteStep;

type Writable = Pick<Database, "read" | "write" | "fill" | "transaction" | "scansInWrites"> | Transaction;

/** Plan → statements → the rows that were written. */
export class WriteRepository {
  readonly #database: Writable;
  readonly #steps: WriteSteps;

  constructor(database: Writable, steps: WriteSteps) {
    this.#database = database;
    this.#steps = steps;
  }

  static on(database: Database, dialect: SqlDialect, schema: SchemaModel): WriteRepository {
    return new WriteRepository(database, new WriteSteps(dialect, schema));
  }

  /** The same, writing as a part of a transaction. */
  over(open: Transaction): WriteRepository {
    return new WriteRepository(open, this.#steps);
  }

  /**
   * Selects rows beforehand where that visits many and would hold up other writes. Inside an open transaction everything is selected there: it sees its
   * own changes alone.
   */
  async select(plans: readonly WritePlan[]): Promise<SelectedKeys> {
    if (!("fill" in this.#database) || this.#database.scansInWrites) return new Map();
    return new RowSelections(this.#database, this.#steps.selections).find(plans);
  }

  /**
   * Applies plans, all of them or none. Throws the problem of the first that is refused. Where an answer is kept under
   * the name already, that one is answered and nothing is written.
   */
  async write(plans: readonly WritePlan[], options: CompileOptions = {}): Promise<WriteAnswer> {
    const compiled = this.#steps.compile(plans, options);
    const outcome = await this.#database.write(compiled.write);
    const { keep } = options;
    if (keep === undefined || outcome.ok || !("refusal" in outcome) || outcome.refusal.code !== KEPT_ALREADY)
      return { operations: answersOf(compiled, outcome), replayed: false };
    const kept = await this.kept(plans, keep);
    if (kept === undefined) throw new Error("the kept answer is gone");
    return kept;
  }

  /** The answer that is kept under a name, if there is one. The plans say how it is to be read. */
  async kept(plans: readonly WritePlan[], keep: TimedAnswer): Promise<WriteAnswer | undefined> {
    const found = await findAnswer(this.#database, keep);
    if (found === undefined) return undefined;
    if ("operations" in found) return { operations: found.operations, replayed: true };
    return { operations: answersOf(this.#steps.compile(plans, { keep }), found), replayed: true };
  }

  /** Keeps what was answered piece by piece, in the transaction of the pieces. */
  async keep(operations: readonly OperationAnswer[], keep: TimedAnswer): Promise<void> {
    const outcome = await this.#database.write(keepMade(operations, keep));
    if (!outcome.ok)
      throw failureProblem(undefined, "failure" in outcome ? new DatabaseError(outcome.failure) : outcome);
  }

  /** The rows that a change or delete is about, as JSON texts. */
  async rowsOf(plan: UpdatePlan | DeletePlan, keys: Stored | undefined): Promise<string[]> {
    const { write, origins } = this.#steps.look(plan, keys);
    const outcome = await this.#database.write(write);
    // No rows would mean that no hook is asked.
    if (!outcome.ok) throw writeProblem({ origins, batch: false, write }, outcome);
    return (outcome.kept.at(-1) ?? []).map(([json]) => String(json));
  }

  /** Runs work in a transaction of its own; where this is one already, as a part of it. */
  transaction<Result>(work: (open: Transaction | undefined) => Promise<Result>, deadlineMs: number): Promise<Result> {
    if (!("transaction" in this.#database)) return work(undefined);
    return this.#database
      .transaction(work, deadlineMs)
      .catch((error: unknown) => Promise.reject(transactionProblem(error, deadlineMs)));
  }

  /** Many rows and a last step before the first request, all or nothing. */
  async fill(plans: readonly WritePlan[], last: FinalStep): Promise<void> {
    if (!("fill" in this.#database)) throw new Error("a transaction fills nothing");
    const compiled: CompiledWrite = this.#steps.compile(plans);
    const steps = [...compiled.write.steps.map((step) => ({ ...step, keep: false })), last];
    const outcome = await this.#database.fill({ ...compiled.write, steps });
    if (!outcome.ok) throw writeProblem(compiled, outcome);
  }
}

import { type Database, DatabaseError, type Transaction } from "../database/database.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { Problem } from "../errors/problem.ts";
import type { SchemaModel } from "../schema/model.ts";
import type { InsertPlan } from "../service/write-plan.ts";
import { failureProblem, writeProblem } from "./write-problem.ts";
import { WriteSteps } from "./write-steps.ts";

/** Milliseconds that the rows of one import may take to be written; other writes wait for so long. */
const IMPORT_DEADLINE_MS = 60_000;

/** Many plans → one transaction. */
export class ImportRepository {
  readonly #database: Database;
  readonly #steps: WriteSteps;

  constructor(database: Database, dialect: SqlDialect, schema: SchemaModel) {
    this.#database = database;
    this.#steps = new WriteSteps(dialect, schema);
  }

  /** Applies plans one after the other, all of them or none, and keeps nothing of what they answer. */
  async insert(plans: AsyncIterable<InsertPlan>): Promise<void> {
    try {
      await this.#database.transaction(async (open) => {
        let before = Promise.resolve();
        for await (const plan of plans) {
          const writing = this.#write(plan, open);
          // Where an earlier part is refused, nobody asks for this one any more.
          writing.catch(() => undefined);
          // The database is at one part while the next is made ready: a transaction keeps the order of its calls.
          await before;
          before = writing;
        }
        await before;
      }, IMPORT_DEADLINE_MS);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.failure.kind !== "timeout") throw failureProblem(undefined, error);
      const detail = `The rows were not written within ${IMPORT_DEADLINE_MS / 1_000} s, so none is there. Send fewer at once.`;
      throw new Problem("query_timeout", detail, { headers: { "retry-after": "10" }, cause: error });
    }
  }

  async #write(plan: InsertPlan, open: Transaction): Promise<void> {
    const compiled = this.#steps.compile([plan]);
    const { write } = compiled;
    const steps = write.steps.map((step) => ({ ...step, keep: false }));
    const outcome = await open.write({ ...write, steps });
    if (!outcome.ok) throw writeProblem(compiled, outcome);
  }
}

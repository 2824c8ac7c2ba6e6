import { DatabaseError, type DatabaseFailure, type Rows, type Transaction, type WriteOutcome } from "../database.ts";
import type { Connection } from "./connection.ts";
import { mapError } from "./map-error.ts";
import { failedOutcome, ROLLBACK, runSteps } from "./run-write.ts";

const SAVEPOINT = "SAVEPOINT member";
const ROLLBACK_TO = "ROLLBACK TO SAVEPOINT member";
const RELEASE = "RELEASE SAVEPOINT member";

const ENDED: DatabaseFailure = { kind: "other", message: "The transaction has ended." };

/** A transaction that code holds open: its calls are carried out one after the other. */
export class OpenTransaction {
  readonly #connection: Connection;
  #last: Promise<unknown> = Promise.resolve();
  #over: DatabaseFailure | undefined;
  /** What ended the transaction for good: nothing of it may be committed. */
  #lost: DatabaseFailure | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What the code is given. */
  readonly calls: Transaction = {
    read: ({ sql }, params) =>
      this.#inTurn(async (): Promise<Rows> => {
        try {
          return (await this.#connection.run(sql, params)).rows;
        } catch (error) {
          // A failed statement ends every transaction of PostgreSQL, also one that only read.
          this.#lost = mapError(error);
          throw new DatabaseError(this.#lost, { cause: error });
        }
      }),
    write: (write) =>
      this.#inTurn(async (): Promise<WriteOutcome> => {
        try {
          await this.#connection.run(SAVEPOINT);
          const outcome = await this.#apply(write);
          await this.#connection.run(outcome.ok ? RELEASE : ROLLBACK_TO);
          return outcome;
        } catch (error) {
          this.#lost = mapError(error);
          return { ok: false, failure: this.#lost };
        }
      }),
  };

  get lost(): DatabaseFailure | undefined {
    return this.#lost;
  }

  /** Takes no further calls; fulfilled when those that were made are through. */
  async end(over: DatabaseFailure = ENDED): Promise<void> {
    this.#over ??= over;
    await this.#last;
  }

  async #apply(write: Parameters<Transaction["write"]>[0]): Promise<WriteOutcome> {
    try {
      return await runSteps(this.#connection, write);
    } catch (error) {
      const outcome = failedOutcome(error);
      // Another transaction changed these rows: this one sees a state that is gone.
      if (!outcome.ok && "failure" in outcome && outcome.failure.kind === "busy") this.#lost = outcome.failure;
      return outcome;
    }
  }

  #inTurn<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#last.then(() => {
      const over = this.#over ?? this.#lost;
      if (over !== undefined) throw new DatabaseError(over);
      return call();
    });
    // A late call that nobody awaits must not end the process as an unhandled rejection.
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

/** Ends a transaction of which nothing may stay. Whether the connection can be used again. */
export async function undo(connection: Connection): Promise<boolean> {
  if (connection.isBroken) return false;
  return connection.run(ROLLBACK).then(
    () => true,
    () => false,
  );
}

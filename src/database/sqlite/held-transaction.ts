import type { DatabaseFailure, Stored, Write } from "../database.ts";
import { MAX_ANSWER_BYTES } from "../write-rules.ts";
import { boundedRows } from "./bounded-rows.ts";
import type { Connection } from "./connection.ts";
import { applyMember, attempt, BEGIN, breaksConnection, COMMIT, rollBack, type WriteAnswer } from "./execute-group.ts";
import { mapError } from "./map-error.ts";
import { type HeldAnswer, type HeldMessage, pushAnswer } from "./write-messages.ts";

/** A call of a transaction as the thread takes it: a write is decoded before. */
export type ThreadCall =
  | { readonly is: "begin" }
  | { readonly is: "commit" }
  | { readonly is: "rollback" }
  | { readonly is: "read"; readonly sql: string; readonly params: readonly Stored[] }
  | { readonly is: "write"; readonly write: Write };

const done: HeldAnswer = { is: "done" };

/**
 * The writer thread's side of transactions that stay open between messages: one at a time. Calls carry the number of
 * theirs, so that a late one cannot write into another's.
 */
export class HeldTransaction {
  #number: number | undefined;
  /** How SQLite ended the transaction by itself: from then on each statement would be committed alone. */
  #lost: DatabaseFailure | undefined;
  #isSuspect = false;

  /** Answers a call. Throws nothing. */
  answer(connection: Connection, number: number, call: ThreadCall): HeldMessage {
    const answer = this.#answer(connection, number, call);
    return { is: "held", answer, lost: number === this.#number ? this.#lost : undefined };
  }

  /** Whether the connection met an error of the disk and nothing is open on it: close it and open another. */
  get isSuspect(): boolean {
    return this.#isSuspect && this.#number === undefined;
  }

  /** The connection is another one. */
  trust(): void {
    this.#isSuspect = false;
  }

  #answer(connection: Connection, number: number, call: ThreadCall): HeldAnswer {
    if (call.is === "begin") return this.#begin(connection, number);
    if (number !== this.#number) return failed({ kind: "other", message: "This transaction is not open." });
    if (call.is === "rollback") return this.#end(connection);
    if (this.#lost !== undefined) {
      const failure = this.#lost;
      if (call.is === "commit") this.#end(connection);
      return failed(failure);
    }
    if (call.is === "commit") return this.#commit(connection);
    return call.is === "read" ? this.#read(connection, call) : this.#write(connection, call.write);
  }

  #begin(connection: Connection, number: number): HeldAnswer {
    if (this.#number !== undefined) return failed({ kind: "other", message: "Another transaction is open." });
    const failure = attempt(connection, BEGIN);
    if (failure !== undefined) return this.#failed(failure);
    this.#number = number;
    return done;
  }

  #write(connection: Connection, write: Write): HeldAnswer {
    const answer: WriteAnswer = applyMember(connection, write);
    if (answer.is === "failed") this.#failed(answer.failure);
    if (!connection.inTransaction) {
      this.#lost =
        answer.is === "failed" ? answer.failure : { kind: "aborted", message: "SQLite ended the transaction." };
    }
    const answers: unknown[] = [];
    pushAnswer(answers, answer);
    return { is: "written", answers };
  }

  #read(
    connection: Connection,
    { sql, params }: { readonly sql: string; readonly params: readonly Stored[] },
  ): HeldAnswer {
    try {
      return { is: "rows", rows: boundedRows(connection.statement(sql), params, { maxBytes: MAX_ANSWER_BYTES }) };
    } catch (error) {
      const failure = mapError(error);
      if (!connection.inTransaction) this.#lost = failure;
      return this.#failed(failure);
    }
  }

  #commit(connection: Connection): HeldAnswer {
    const failure = attempt(connection, COMMIT);
    this.#end(connection);
    return failure === undefined ? done : this.#failed(failure);
  }

  #end(connection: Connection): HeldAnswer {
    rollBack(connection);
    // A transaction that cannot be undone is with a connection that is closed.
    if (connection.inTransaction) this.#isSuspect = true;
    this.#number = undefined;
    this.#lost = undefined;
    return done;
  }

  #failed(failure: DatabaseFailure): HeldAnswer {
    if (breaksConnection(failure)) this.#isSuspect = true;
    return failed(failure);
  }
}

function failed(failure: DatabaseFailure): HeldAnswer {
  return { is: "failed", failure };
}

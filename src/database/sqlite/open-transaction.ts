import {
  DatabaseError,
  type DatabaseFailure,
  type Rows,
  type SqlRead,
  type Stored,
  type Transaction,
  type Write,
  type WriteOutcome,
} from "../database.ts";
import { AnswerReader, type HeldAnswer, type HeldCall, type HeldMessage } from "./write-messages.ts";

/** What is to run in a transaction. */
export interface TransactionTask {
  /** Answers what to do once its changes are durable. */
  readonly work: (open: Transaction) => Promise<() => void>;
  readonly deadlineMs: number;
  readonly reject: (error: unknown) => void;
}

/** The way to the thread, which answers each call once and in order. Both throw where a value cannot be copied. */
export interface ThreadLine {
  readonly call: (call: Exclude<HeldCall, { readonly is: "write" }>) => void;
  readonly write: (write: Write) => void;
}

/** A call that the thread has not answered. `refuse`: it never will, or nobody is to wait for it. */
interface Call {
  readonly settle: (answer: HeldAnswer) => void;
  readonly refuse: (failure: DatabaseFailure) => void;
}

/** How a call is sent, how its answer is read, and what it answers when it holds a value that cannot be sent. */
interface Question<Answer> {
  readonly send: () => void;
  readonly read: (answer: HeldAnswer) => Answer;
  readonly unsent: (failure: DatabaseFailure) => Answer;
}

const endedFailure: DatabaseFailure = { kind: "other", message: "The transaction has ended." };

/** The main thread's side of one transaction, from its BEGIN to its end. */
export class OpenTransaction {
  readonly #task: TransactionTask;
  readonly #line: ThreadLine;
  readonly #calls: Call[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Why the work's calls are no longer taken. */
  #over: DatabaseFailure | undefined;
  /** Its COMMIT or ROLLBACK is on the way: the first to ask for one decides. */
  #isEnding = false;
  #hasEnded = false;

  constructor(task: TransactionTask, line: ThreadLine) {
    this.#task = task;
    this.#line = line;
  }

  /** Whether the thread has nothing more to answer, so that it is free for others. */
  get isOver(): boolean {
    return this.#hasEnded && this.#calls.length === 0;
  }

  begin(): void {
    const refuse = (failure: DatabaseFailure) => this.#task.reject(new DatabaseError(failure));
    const settle = (answer: HeldAnswer) => {
      if (answer.is === "failed") {
        this.#hasEnded = true;
        refuse(answer.failure);
      } else if (!this.#isEnding) this.#run();
    };
    this.#line.call({ is: "begin" });
    this.#calls.push({ settle, refuse });
  }

  receive({ answer, lost }: HeldMessage): void {
    this.#over ??= lost;
    this.#calls.shift()?.settle(answer);
  }

  /** Undoes everything, and rejects at once what waits. Does nothing where the work has ended before. */
  abort(failure: DatabaseFailure): void {
    if (this.#isEnding) return;
    this.#over = failure;
    for (const { refuse } of this.#calls) refuse(failure);
    this.#task.reject(new DatabaseError(failure));
    this.#end("rollback", { settle: () => undefined, refuse: () => undefined });
  }

  /** The thread is gone, and with it whatever was not committed. */
  fail(failure: DatabaseFailure): void {
    this.#isEnding = true;
    this.#hasEnded = true;
    this.#over ??= failure;
    clearTimeout(this.#timer);
    for (const { refuse } of this.#calls.splice(0)) refuse(failure);
    this.#task.reject(new DatabaseError(failure));
  }

  #run(): void {
    const { work, deadlineMs } = this.#task;
    const failure = { kind: "timeout", message: `The transaction took longer than ${deadlineMs} ms.` } as const;
    this.#timer = setTimeout(() => this.abort(failure), deadlineMs);
    const started = (async () =>
      work({ read: (read, params) => this.#read(read, params), write: (write) => this.#write(write) }))();
    started.then(
      (fulfil) => this.#finish(fulfil),
      (error: unknown) => this.#undo(error),
    );
  }

  #finish(fulfil: () => void): void {
    if (this.#over !== undefined) {
      this.#undo(new DatabaseError(this.#over));
      return;
    }
    if (this.#isEnding) return;
    const refuse = (failure: DatabaseFailure) => this.#task.reject(new DatabaseError(failure));
    this.#end("commit", { settle: (answer) => (answer.is === "failed" ? refuse(answer.failure) : fulfil()), refuse });
  }

  #undo(error: unknown): void {
    if (this.#isEnding) return;
    // Whether or not the ROLLBACK is answered: nothing is committed, and the caller's own error says more.
    const pass = () => this.#task.reject(error);
    this.#end("rollback", { settle: pass, refuse: pass });
  }

  #end(is: "commit" | "rollback", { settle, refuse }: Call): void {
    this.#isEnding = true;
    this.#over ??= endedFailure;
    clearTimeout(this.#timer);
    this.#line.call({ is });
    this.#calls.push({
      settle: (answer) => {
        this.#hasEnded = true;
        settle(answer);
      },
      refuse,
    });
  }

  #read({ sql }: SqlRead, params: readonly Stored[]): Promise<Rows> {
    return this.#ask<Rows>({
      send: () => this.#line.call({ is: "read", sql, params }),
      read: (answer) => (answer.is === "rows" ? answer.rows : []),
      unsent(failure) {
        throw new DatabaseError(failure);
      },
    });
  }

  #write(write: Write): Promise<WriteOutcome> {
    return this.#ask<WriteOutcome>({
      send: () => this.#line.write(write),
      read: (answer) => new AnswerReader(answer.is === "written" ? answer.answers : []).next(write),
      unsent: (failure) => ({ ok: false, failure }),
    });
  }

  #ask<Answer>({ send, read, unsent }: Question<Answer>): Promise<Answer> {
    const answered = new Promise<Answer>((resolve, reject) => {
      const refuse = (failure: DatabaseFailure) => reject(new DatabaseError(failure));
      if (this.#over !== undefined) {
        refuse(this.#over);
        return;
      }
      try {
        send();
      } catch (error) {
        resolve(unsent({ kind: "other", message: `The call cannot be sent: ${String(error)}` }));
        return;
      }
      const settle = (answer: HeldAnswer) => (answer.is === "failed" ? refuse(answer.failure) : resolve(read(answer)));
      this.#calls.push({ settle, refuse });
    });
    // A late call that nobody awaits must not end the process as an unhandled rejection. Who awaits it still learns it.
    answered.catch(() => undefined);
    return answered;
  }
}

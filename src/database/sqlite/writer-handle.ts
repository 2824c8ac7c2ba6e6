import { Worker } from "node:worker_threads";
import type { DatabaseFailure, Write, WriteOutcome } from "../database.ts";
import { entryUrl } from "./entry-url.ts";
import { OpenTransaction, type TransactionTask } from "./open-transaction.ts";
import { AnswerReader, type FromWriter, type ToWriter, WriteEncoder } from "./write-messages.ts";
import type { WriterData } from "./writer-thread.ts";

/** Bounds for the heap of the thread, in MiB: nothing is taken before it is needed. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 2 } as const;
/** Answered writes that stay in the list of what was sent before it is cut. */
const KEPT_ANSWERED = 4_096;

/** A write that was submitted, and whom to answer. */
export interface PendingWrite {
  readonly write: Write;
  readonly settle: (outcome: WriteOutcome) => void;
}

/** One thread, from its start to its end, and what it has not yet answered. */
export class WriterHandle {
  /** Fulfilled once the thread is gone and everything it was asked is answered. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #onIdle: () => void;
  #encoder = new WriteEncoder();
  /** What was sent, in order: the thread answers in the same order. */
  readonly #sent: PendingWrite[] = [];
  #answered = 0;
  #transaction: OpenTransaction | undefined;
  #transactions = 0;
  readonly #defining: ((failure: DatabaseFailure | undefined) => void)[] = [];
  #fatal: DatabaseFailure | undefined;
  #usedAt = Date.now();
  #isEnding = false;

  constructor({ path, driver, identity, lockWaitMs, ownPath }: WriterData, onIdle: () => void) {
    this.#onIdle = onIdle;
    const workerData: WriterData = { path, driver, identity, lockWaitMs, ownPath };
    // Without its own execArgv a thread would load what the process was started with (loaders, inspectors).
    this.#worker = new Worker(entryUrl("writer-thread"), { workerData, execArgv: [], resourceLimits: RESOURCE_LIMITS });
    this.#worker.on("message", (message: FromWriter) => this.#receive(message));
    this.#worker.on("error", (error) => {
      this.#fatal ??= { kind: "unavailable", message: `The writer thread failed: ${String(error)}` };
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        // First, so that who is answered by the second asks a new thread.
        resolve();
        this.#failPending(
          this.#fatal ?? { kind: "unavailable", message: `The writer thread ended with code ${code}.` },
        );
      });
    });
    this.#worker.unref();
  }

  isIdleFor(milliseconds: number): boolean {
    return this.isIdle && Date.now() - this.#usedAt >= milliseconds;
  }

  send(pending: readonly PendingWrite[]): void {
    this.#worker.ref();
    const writes = pending.map(({ write }) => write);
    for (let start = 0; start < writes.length; ) {
      const { message, count } = this.#encoder.encode(writes, start);
      const batch = pending.slice(start, start + count);
      start += count;
      try {
        this.#post(message);
        this.#sent.push(...batch);
      } catch (error) {
        // A value that cannot be copied. The thread did not learn this message's SQL texts: number them anew.
        this.#encoder = new WriteEncoder();
        const failure: DatabaseFailure = { kind: "other", message: `The write cannot be sent: ${String(error)}` };
        for (const { settle } of batch) settle({ ok: false, failure });
      }
    }
    this.#settled();
  }

  get hasTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  /** Opens a transaction, which has the thread to itself until it ends. */
  open(task: TransactionTask): void {
    this.#worker.ref();
    this.#transactions += 1;
    const number = this.#transactions;
    this.#transaction = new OpenTransaction(task, {
      call: (call) => this.#post({ is: "held", number, call }),
      write: (write) => this.#postWrite(number, write),
    });
    this.#transaction.begin();
  }

  /** Undoes the transaction that is open, unless its work has ended. */
  abortTransaction(failure: DatabaseFailure): void {
    this.#transaction?.abort(failure);
  }

  #postWrite(number: number, write: Write): void {
    try {
      this.#post({ is: "held", number, call: { is: "write", message: this.#encoder.encode([write], 0).message } });
    } catch (error) {
      // As in `send`.
      this.#encoder = new WriteEncoder();
      throw error;
    }
  }

  async define(statements: readonly string[]): Promise<DatabaseFailure | undefined> {
    this.#worker.ref();
    this.#post({ is: "define", statements });
    return new Promise((resolve) => {
      this.#defining.push(resolve);
    });
  }

  /** Lets the thread finish what it was sent, then close its connection and end. */
  end(): void {
    this.#isEnding = true;
    this.#worker.ref();
    this.#post({ is: "close" });
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWriter): void {
    switch (message.is) {
      case "answers":
        this.#answer(new AnswerReader(message.answers));
        break;
      case "defined":
        this.#defining.shift()?.(message.failure);
        break;
      case "held":
        this.#transaction?.receive(message);
        if (this.#transaction?.isOver === true) this.#transaction = undefined;
        break;
      case "fatal":
        this.#fatal = message.failure;
        break;
    }
    this.#settled();
    if (this.isIdle && !this.#isEnding) this.#onIdle();
  }

  #answer(answers: AnswerReader): void {
    while (!answers.atEnd) {
      const pending = this.#sent[this.#answered] as PendingWrite;
      this.#answered += 1;
      pending.settle(answers.next(pending.write));
    }
    // Under load it may never be empty: cut off what is answered from time to time.
    if (this.#answered < this.#sent.length && this.#answered < KEPT_ANSWERED) return;
    this.#sent.splice(0, this.#answered);
    this.#answered = 0;
  }

  /** Whether everything it was sent is answered. */
  get isIdle(): boolean {
    return this.#answered === this.#sent.length && this.#defining.length === 0 && this.#transaction === undefined;
  }

  /** A thread that has nothing to do must not keep the process from ending. */
  #settled(): void {
    this.#usedAt = Date.now();
    if (this.isIdle && !this.#isEnding) this.#worker.unref();
  }

  #failPending(failure: DatabaseFailure): void {
    for (const { settle } of this.#sent.splice(0).slice(this.#answered)) settle({ ok: false, failure });
    for (const resolve of this.#defining.splice(0)) resolve(failure);
    this.#transaction?.fail(failure);
    this.#transaction = undefined;
  }
}

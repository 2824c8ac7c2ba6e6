import { Worker } from "node:worker_threads";
import { DatabaseError, type DatabaseFailure, type Write, type WriteOutcome } from "../database.ts";
import { entryUrl } from "./entry-url.ts";
import { AnswerReader, type FromWriter, type ToWriter, WriteEncoder } from "./write-messages.ts";
import type { WriterData } from "./writer-thread.ts";

/** Writes of one turn of the event loop that are sent on before the turn ends. */
const EARLY_WRITES = 8;
/** A thread without work ends after this time, so that many idle engines stay small. */
const IDLE_MS = 30_000;
/** Bounds for the heap of the thread, in MiB: nothing is taken before it is needed. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 2 } as const;

/** Answered writes that stay in the list of what was sent before it is cut. */
const KEPT_ANSWERED = 4_096;

export interface WriterOptions extends WriterData {
  /** Milliseconds without a write after which the thread ends. */
  readonly idleMs?: number | undefined;
}

interface PendingWrite {
  readonly write: Write;
  readonly settle: (outcome: WriteOutcome) => void;
}

/**
 * The main thread's side of the writer thread: writes go out in one message a tick, and come back answered once they
 * are on the disk. The thread starts with the first write.
 */
export class Writer {
  readonly #options: WriterOptions;
  #unsent: PendingWrite[] = [];
  #flushing = false;
  #thread: WriterHandle | undefined;
  /** Threads that were told to end, and have not yet. */
  readonly #ending = new Set<WriterHandle>();
  readonly #idleTimer: NodeJS.Timeout;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    const idleMs = options.idleMs ?? IDLE_MS;
    this.#idleTimer = setInterval(() => this.#endIdleThread(idleMs), idleMs).unref();
  }

  /** Whether a thread runs, so that the schema is to be changed through it. */
  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  /** Applies a write. Always fulfilled, and not before the write is on the disk or refused. */
  submit(write: Write): Promise<WriteOutcome> {
    return new Promise((settle) => {
      if (this.#closed) {
        settle({ ok: false, failure: closedFailure });
        return;
      }
      this.#unsent.push({ write, settle });
      // While the thread works, what arrives is gathered: it goes out as one message when the thread is free again.
      if (this.#thread?.isIdle === false) return;
      // A free thread begins while this one still reads the requests behind: else the two would take turns.
      if (this.#unsent.length === EARLY_WRITES) this.#flush();
      if (this.#flushing) return;
      this.#flushing = true;
      // After the sockets of this turn were read: what they all asked for goes out as one message.
      setImmediate(() => {
        this.#flushing = false;
        if (this.#thread?.isIdle !== false) this.#flush();
      });
    });
  }

  /** Changes the schema in the thread. Throws a `DatabaseError` when nothing was changed. */
  async define(statements: readonly string[]): Promise<void> {
    this.#flush();
    const failure = await this.#startedThread().define(statements);
    if (failure !== undefined) throw new DatabaseError(failure);
  }

  /** Refuses new writes, waits for the others, and ends the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#idleTimer);
    this.#flush();
    this.#endThread();
    await Promise.all(Array.from(this.#ending, async (thread) => thread.ended));
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    const pending = this.#unsent;
    this.#unsent = [];
    this.#startedThread().send(pending);
  }

  #startedThread(): WriterHandle {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new WriterHandle(this.#options, () => this.#flush());
    this.#thread = thread;
    void thread.ended.then(() => {
      this.#ending.delete(thread);
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#flush();
    });
    return thread;
  }

  #endThread(): void {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    this.#ending.add(thread);
    thread.end();
  }

  #endIdleThread(idleMs: number): void {
    if (this.#thread?.isIdleFor(idleMs) === true && this.#unsent.length === 0) this.#endThread();
  }
}

const closedFailure: DatabaseFailure = { kind: "unavailable", message: "The database is closed." };

/** One thread, from its start to its end, and what it has not yet answered. */
class WriterHandle {
  /** Fulfilled once the thread is gone and everything it was asked is answered. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #onIdle: () => void;
  #encoder = new WriteEncoder();
  /** What was sent, in order: the thread answers in the same order. */
  readonly #sent: PendingWrite[] = [];
  #answered = 0;
  readonly #defining: ((failure: DatabaseFailure | undefined) => void)[] = [];
  #fatal: DatabaseFailure | undefined;
  #usedAt = Date.now();
  #isEnding = false;

  constructor({ path, driver, identity, lockWaitMs }: WriterOptions, onIdle: () => void) {
    this.#onIdle = onIdle;
    const workerData: WriterData = { path, driver, identity, lockWaitMs };
    // Without its own execArgv a thread would load what the process was started with (loaders, inspectors).
    this.#worker = new Worker(entryUrl("writer-thread"), { workerData, execArgv: [], resourceLimits: RESOURCE_LIMITS });
    this.#worker.on("message", (message: FromWriter) => this.#receive(message));
    this.#worker.on("error", (error) => {
      this.#fatal ??= { kind: "unavailable", message: `The writer thread failed: ${String(error)}` };
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        this.#failPending(
          this.#fatal ?? { kind: "unavailable", message: `The writer thread ended with code ${code}.` },
        );
        resolve();
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
    return this.#answered === this.#sent.length && this.#defining.length === 0;
  }

  /** A thread that has nothing to do must not keep the process from ending. */
  #settled(): void {
    this.#usedAt = Date.now();
    if (this.isIdle && !this.#isEnding) this.#worker.unref();
  }

  #failPending(failure: DatabaseFailure): void {
    for (const { settle } of this.#sent.splice(0).slice(this.#answered)) settle({ ok: false, failure });
    for (const resolve of this.#defining.splice(0)) resolve(failure);
  }
}

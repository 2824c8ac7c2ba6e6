import { DatabaseError, type DatabaseFailure, type Transaction, type Write, type WriteOutcome } from "../database.ts";
import type { TransactionTask } from "./open-transaction.ts";
import { type PendingWrite, WriterHandle } from "./writer-handle.ts";
import type { WriterData } from "./writer-thread.ts";

/** Writes of one turn of the event loop that are sent on before the turn ends. */
const EARLY_WRITES = 8;
/** A thread without work ends after this time, so that many idle engines stay small. */
const IDLE_MS = 30_000;

/** Transactions that wait for their turn at most; more are refused. */
const WAITING_TRANSACTIONS = 1_000;

export interface WriterOptions extends WriterData {
  /** Milliseconds without a write after which the thread ends. */
  readonly idleMs?: number | undefined;
}

/**
 * The main thread's side of the writer thread: writes go out in one message a tick, and come back answered once they
 * are on the disk. The thread starts with the first write.
 */
export class Writer {
  readonly #options: WriterOptions;
  #unsent: PendingWrite[] = [];
  readonly #waiting: TransactionTask[] = [];
  /** Whether gathered writes went out since the last transaction, so that the next one is not held up for ever. */
  #isTransactionsTurn = false;
  /** Changes of the schema that wait for an open transaction to end. */
  readonly #schemas: (() => void)[] = [];
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

  /** Writes and transactions that wait for the thread. */
  get waiting(): number {
    return this.#unsent.length + this.#waiting.length;
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

  /**
   * Runs work in a transaction that has the thread to itself. They take turns with the writes that are gathered
   * meanwhile: all of those go out after each transaction, and then it is the next one's turn.
   */
  transaction<Result>(work: (open: Transaction) => Promise<Result>, deadlineMs: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new DatabaseError(closedFailure);
      if (this.#waiting.length >= WAITING_TRANSACTIONS) {
        throw new DatabaseError({ kind: "busy", message: `${WAITING_TRANSACTIONS} transactions are waiting already.` });
      }
      const fulfilling = async (open: Transaction) => {
        const result = await work(open);
        return () => resolve(result);
      };
      this.#waiting.push({ work: fulfilling, deadlineMs, reject });
      this.#proceed();
    });
  }

  /** Changes the schema in the thread. Throws a `DatabaseError` when nothing was changed. */
  async define(statements: readonly string[]): Promise<void> {
    const failure = await new Promise<DatabaseFailure | undefined>((resolve) => {
      const send = () => {
        this.#flush();
        void this.#startedThread().define(statements).then(resolve);
      };
      if (this.#thread?.hasTransaction === true) this.#schemas.push(send);
      else send();
    });
    if (failure !== undefined) throw new DatabaseError(failure);
  }

  /** Refuses new writes, waits for the others, and ends the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#idleTimer);
    for (const { reject } of this.#waiting.splice(0)) reject(new DatabaseError(closedFailure));
    // Its ROLLBACK goes ahead of what else is sent.
    this.#thread?.abortTransaction(closedFailure);
    this.#sendSchemas();
    this.#flush();
    this.#endThread();
    await Promise.all(Array.from(this.#ending, async (thread) => thread.ended));
  }

  /** Gives a thread that is free its next work. */
  #proceed(): void {
    while (this.#thread?.isIdle !== false) {
      if (this.#schemas.length > 0) {
        this.#sendSchemas();
        continue;
      }
      const next = this.#unsent.length === 0 || this.#isTransactionsTurn ? this.#waiting.shift() : undefined;
      this.#isTransactionsTurn = next === undefined && this.#waiting.length > 0;
      if (next !== undefined) this.#startedThread().open(next);
      else if (this.#unsent.length > 0) this.#flush();
      else return;
    }
  }

  #sendSchemas(): void {
    for (const send of this.#schemas.splice(0)) send();
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    const pending = this.#unsent;
    this.#unsent = [];
    this.#startedThread().send(pending);
  }

  #startedThread(): WriterHandle {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new WriterHandle(this.#options, () => this.#proceed());
    this.#thread = thread;
    void thread.ended.then(() => {
      this.#ending.delete(thread);
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#proceed();
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

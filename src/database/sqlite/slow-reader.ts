import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import { DatabaseError, type DatabaseFailure, type Stored } from "../database.ts";
import { entryUrl } from "./entry-url.ts";
import type { TimedRows } from "./read-lane.ts";
import type { FromReader, ReaderData, ToReader } from "./read-messages.ts";

/** A read that has no answer after this time, waiting included, is ended. */
const SLOW_READ_DEADLINE_MS = 10_000;
/** Reads that wait for a child at most; more are refused. */
export const SLOW_READ_QUEUE = 64;
/** Children at most: the cores are for the fast reads. */
const MAX_CHILDREN = 2;
/** A child without work ends after this time. */
const IDLE_MS = 30_000;
/** Bytes of values in one answer: taking in more would hold up the main thread. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Bound for the JavaScript heap of a child, in MiB: rows and their copy for the parent. */
const HEAP_MB = 128;

export interface SlowReaderOptions extends Pick<ReaderData, "path" | "driver"> {
  readonly deadlineMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly idleMs?: number | undefined;
}

interface Job {
  readonly read: ToReader;
  readonly resolve: (answer: TimedRows) => void;
  readonly reject: (error: DatabaseError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Runs reads that may be slow in child processes, which can be ended at any moment: a thread inside SQLite cannot. */
export class SlowReader {
  readonly #options: SlowReaderOptions;
  readonly #children = new Set<ReaderChild>();
  #queue: Job[] = [];
  #closed = false;

  constructor(options: SlowReaderOptions) {
    this.#options = options;
  }

  /** Reads that wait for a child process. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Runs a read. Rejected with a `DatabaseError`: `timeout` at the deadline, `busy` when too many wait already. */
  read(sql: string, params: readonly Stored[], foreign?: Pick<ToReader, "maxRows" | "cuts">): Promise<TimedRows> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new DatabaseError({ kind: "unavailable", message: "The database is closed." }));
        return;
      }
      if (this.#queue.length >= SLOW_READ_QUEUE) {
        reject(new DatabaseError({ kind: "busy", message: `${SLOW_READ_QUEUE} slow reads are waiting already.` }));
        return;
      }
      const deadlineMs = this.#options.deadlineMs ?? SLOW_READ_DEADLINE_MS;
      const timer = setTimeout(() => this.#end(job, deadlineMs), deadlineMs);
      const job: Job = { read: { sql, params, ...foreign }, resolve, reject, timer };
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  /** Ends every read and every child. Fulfilled when the children are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const failure: DatabaseFailure = { kind: "unavailable", message: "The database was closed." };
    for (const job of this.#queue.splice(0)) refuse(job, failure);
    await Promise.all(Array.from(this.#children, async (child) => child.kill(failure)));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const child = this.#freeChild();
      if (child === undefined) return;
      const job = this.#queue.shift();
      if (job !== undefined) child.run(job);
    }
  }

  #freeChild(): ReaderChild | undefined {
    for (const child of this.#children) if (child.isFree) return child;
    if (this.#children.size >= MAX_CHILDREN) return undefined;
    const child = new ReaderChild(this.#options, () => this.#dispatch());
    this.#children.add(child);
    void child.gone.then(() => {
      this.#children.delete(child);
      this.#dispatch();
    });
    return child;
  }

  #end(job: Job, deadlineMs: number): void {
    const failure: DatabaseFailure = { kind: "timeout", message: `The read took longer than ${deadlineMs} ms.` };
    const waiting = this.#queue.indexOf(job);
    if (waiting !== -1) this.#queue.splice(waiting, 1);
    for (const child of this.#children) if (child.job === job) void child.kill(failure);
    refuse(job, failure);
  }
}

function refuse(job: Job, failure: DatabaseFailure): void {
  clearTimeout(job.timer);
  job.reject(new DatabaseError(failure));
}

/** One child process: it runs one read at a time. */
class ReaderChild {
  /** Fulfilled once the process has ended. */
  readonly gone: Promise<void>;
  job: Job | undefined;
  readonly #process: ChildProcess;
  readonly #onFree: () => void;
  readonly #idleTimer: NodeJS.Timeout;
  #dying = false;

  constructor({ path, driver, maxBytes, idleMs }: SlowReaderOptions, onFree: () => void) {
    this.#onFree = onFree;
    const data: ReaderData = { path, driver, maxBytes: maxBytes ?? MAX_BYTES };
    this.#process = fork(entryUrl("reader-process"), [JSON.stringify(data)], {
      // Advanced: rows hold bigints and bytes, which JSON cannot.
      serialization: "advanced",
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      // The last is the lifeline (LIFELINE_FD): it closes with this process, however it ends.
      stdio: ["ignore", "ignore", "inherit", "ipc", "pipe"],
    });
    this.#idleTimer = setTimeout(() => this.#endIfIdle(), idleMs ?? IDLE_MS).unref();
    this.#process.on("message", (message: FromReader) => this.#receive(message));
    this.gone = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#dying = true;
        clearTimeout(this.#idleTimer);
        this.#take()?.reject(new DatabaseError({ kind: "unavailable", message: `The reader process ${reason}.` }));
        resolve();
      };
      this.#process.once("exit", (code, signal) => end(`ended (${signal ?? code})`));
      this.#process.once("error", (error) => end(`failed: ${error.message}`));
    });
    this.#holdProcess(false);
  }

  get isFree(): boolean {
    return this.job === undefined && !this.#dying;
  }

  run(job: Job): void {
    this.job = job;
    this.#holdProcess(true);
    // A failure to send shows as the end of the process.
    this.#process.send(job.read, () => undefined);
  }

  /** Ends the process at once; the read that it runs is refused. */
  async kill(
    failure: DatabaseFailure = { kind: "unavailable", message: "The reader process was ended." },
  ): Promise<void> {
    this.#dying = true;
    const job = this.#take();
    if (job !== undefined) refuse(job, failure);
    // Who awaits the end must not be left waiting by an empty event loop.
    this.#holdProcess(true);
    this.#process.kill("SIGKILL");
    await this.gone;
  }

  #receive(message: FromReader): void {
    const job = this.#take();
    if (message.is === "rows") job?.resolve(message);
    else job?.reject(new DatabaseError(message.failure));
    this.#idleTimer.refresh();
    this.#onFree();
  }

  #endIfIdle(): void {
    if (this.job === undefined) void this.kill();
    else this.#idleTimer.refresh();
  }

  #take(): Job | undefined {
    const job = this.job;
    this.job = undefined;
    if (job !== undefined) clearTimeout(job.timer);
    if (!this.#dying) this.#holdProcess(false);
    return job;
  }

  /** A child without work must not keep this process from ending. */
  #holdProcess(hold: boolean): void {
    const lifeline = this.#process.stdio[4];
    if (lifeline instanceof Socket) lifeline.unref();
    if (hold) {
      this.#process.ref();
      this.#process.channel?.ref();
    } else {
      this.#process.unref();
      this.#process.channel?.unref();
    }
  }
}

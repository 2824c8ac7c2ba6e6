// The entry of the writer thread: it alone writes to the file. It runs only as a worker, see `writer.ts`.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { DatabaseError, type Write } from "../database.ts";
import { loadDriver } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { fileIdentity, logBytes } from "./database-file.ts";
import { defineSchema } from "./define-schema.ts";
import type { DriverName, SqliteDriver } from "./driver.ts";
import { executeGroup } from "./execute-group.ts";
import { HeldTransaction } from "./held-transaction.ts";
import { mapError } from "./map-error.ts";
import {
  type FromWriter,
  type HeldCall,
  MAX_MESSAGE_WRITES,
  pushAnswer,
  type ToWriter,
  WriteDecoder,
  type WritesMessage,
} from "./write-messages.ts";

/** What a writer thread is started with. */
export interface WriterData {
  readonly path: string;
  readonly driver: DriverName;
  /** The file that the engine opened: a thread must never write into another that took its path. */
  readonly identity: string | null;
  /** The file beside an adopted one that holds what Servery keeps for itself. */
  readonly ownPath?: string | undefined;
  /** How long a group waits for another process that holds the lock, in milliseconds. */
  readonly lockWaitMs?: number | undefined;
}

/** Writes that share one transaction at most: the first of them waits for the last. */
const GROUP_WRITES = 512;
/** Bytes of values in a group at most, roughly: what the thread holds in memory. */
const GROUP_BYTES = 8 * 1024 * 1024;
/** How often the file and its log are looked at while writes come in. */
const CHECK_EVERY_MS = 200;
/** From this size on the log is started over by force: a reader at the wrong moment may have kept it growing. */
const LOG_RESTART_BYTES = 32 * 1024 * 1024;
/** How long such a restart may wait for readers, during which writes wait too. */
const LOG_RESTART_WAIT_MS = 100;
/** How long to leave the log alone after readers did not let it start over. */
const LOG_RESTART_PAUSE_MS = 2_000;

class WriterThread {
  readonly #port: MessagePort;
  readonly #driver: SqliteDriver;
  readonly #data: WriterData;
  readonly #decoder = new WriteDecoder();
  readonly #held = new HeldTransaction();
  #connection: Connection;
  #checkedAt = 0;
  #hasFailed = false;

  constructor(port: MessagePort, driver: SqliteDriver, data: WriterData) {
    this.#port = port;
    this.#driver = driver;
    this.#data = data;
    this.#connection = this.#open();
  }

  /** Handles a message and all that came in meanwhile: what arrived during one sync is the next group. */
  receive(first: ToWriter): void {
    // What was sent before the main thread learnt of the failure: an answer to it would be taken for another's.
    if (this.#hasFailed) return;
    try {
      for (let message: ToWriter | undefined = first; message !== undefined; ) message = this.#handle(message);
    } catch (error) {
      this.#hasFailed = true;
      endWith(this.#port, error);
    }
  }

  #handle(message: ToWriter): ToWriter | undefined {
    switch (message.is) {
      case "writes":
        return this.#write(message);
      case "define":
        this.#post({ is: "defined", failure: defineSchema(this.#connection, message.statements) });
        return this.#next();
      case "held":
        this.#hold(message.number, message.call);
        return this.#next();
      case "close":
        this.#shrinkLog();
        this.#connection.close();
        this.#port.unref();
        return undefined;
    }
  }

  #write(first: WritesMessage): ToWriter | undefined {
    const group: Write[] = this.#decoder.decode(first);
    let bytes = first.bytes;
    let next = this.#next();
    while (next?.is === "writes" && group.length + MAX_MESSAGE_WRITES <= GROUP_WRITES && bytes < GROUP_BYTES) {
      group.push(...this.#decoder.decode(next));
      bytes += next.bytes;
      next = this.#next();
    }
    this.#check();
    const { answers, suspect } = executeGroup(this.#connection, group);
    const flat: unknown[] = [];
    for (const answer of answers) pushAnswer(flat, answer);
    this.#post({ is: "answers", answers: flat });
    if (suspect) this.#reopen();
    return next;
  }

  #hold(number: number, call: HeldCall): void {
    if (call.is === "begin") this.#check();
    // It may have been open for long: what goes into a file that was replaced meanwhile would be answered and lost.
    if (call.is === "commit") this.#refuseOtherFile();
    // Decoded in any case: a message of writes may bring SQL texts, which later ones name by number.
    const writes = call.is === "write" ? this.#decoder.decode(call.message) : [];
    for (const write of writes) this.#post(this.#held.answer(this.#connection, number, { is: "write", write }));
    if (call.is !== "write") this.#post(this.#held.answer(this.#connection, number, call));
    if (!this.#held.isSuspect) return;
    this.#reopen();
    this.#held.trust();
  }

  #next(): ToWriter | undefined {
    const received = receiveMessageOnPort(this.#port) as { readonly message: ToWriter } | undefined;
    return received?.message;
  }

  #post(message: FromWriter): void {
    this.#port.postMessage(message);
  }

  #open(): Connection {
    this.#refuseOtherFile();
    const { path, lockWaitMs, ownPath } = this.#data;
    return new Connection({ driver: this.#driver, path, role: "writer", lockWaitMs, ownPath });
  }

  #reopen(): void {
    this.#connection.close();
    this.#connection = this.#open();
  }

  #check(): void {
    const now = Date.now();
    if (now - this.#checkedAt < CHECK_EVERY_MS) return;
    this.#checkedAt = now;
    this.#refuseOtherFile();
    const tooLong = (logBytes(this.#data.path) ?? 0) > LOG_RESTART_BYTES;
    if (tooLong && !this.#shrinkLog()) this.#checkedAt += LOG_RESTART_PAUSE_MS;
  }

  /** Rows written into a file that was deleted or replaced would be answered and lost. */
  #refuseOtherFile(): void {
    if (fileIdentity(this.#data.path) === this.#data.identity) return;
    const message = `The database ${this.#data.path} was deleted or replaced while it was open.`;
    throw new DatabaseError({ kind: "unavailable", message });
  }

  /** Moves the whole log into the file and cuts it to nothing, unless readers hold on to it. */
  #shrinkLog(): boolean {
    try {
      const checkpoint = () => this.#connection.query("PRAGMA wal_checkpoint(TRUNCATE)");
      const [row] = this.#connection.waitingOnly(LOG_RESTART_WAIT_MS, checkpoint);
      return row?.[0] === 0;
    } catch {
      // A full disk or a lock: the next group meets it and answers it.
      return false;
    }
  }
}

/** Tells the main thread why no more work is done here, and lets the thread end. */
function endWith(port: MessagePort, error: unknown): void {
  port.postMessage({ is: "fatal", failure: mapError(error) } satisfies FromWriter);
  port.unref();
}

async function start(port: MessagePort): Promise<void> {
  try {
    const data = workerData as WriterData;
    const thread = new WriterThread(port, await loadDriver(data.driver), data);
    port.on("message", (message: ToWriter) => thread.receive(message));
  } catch (error) {
    endWith(port, error);
  }
}

if (parentPort !== null) await start(parentPort);

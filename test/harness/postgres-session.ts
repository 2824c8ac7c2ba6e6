import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { numbered } from "#servery/database/postgres/numbered-statement.js";

/** What a statement answered. */
interface Ran {
  readonly rows: (string | number | bigint | Uint8Array | null)[][];
  readonly count: number;
}

/** Milliseconds after which a server that does not answer fails the test. */
const PATIENCE_MS = 20_000;

/** A connection past the engine, whose answers are waited for: as a driver of a file answers. */
export class PostgresSession {
  readonly #worker: Worker;
  readonly #signal = new SharedArrayBuffer(4);

  constructor(url: string) {
    this.#worker = new Worker(new URL("postgres-session.mjs", import.meta.url), {
      workerData: { url, signal: this.#signal },
    });
    this.#worker.unref();
  }

  /** Throws what the server says. */
  ask(sql: string, values: readonly unknown[]): Ran {
    return this.#ask({ text: numbered(sql), values });
  }

  close(): void {
    this.#ask({ text: undefined, values: [] });
  }

  #ask(question: { readonly text: string | undefined; readonly values: readonly unknown[] }): Ran {
    const flag = new Int32Array(this.#signal);
    Atomics.store(flag, 0, 0);
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ ...question, port: port2 }, [port2]);
    if (Atomics.wait(flag, 0, 0, PATIENCE_MS) === "timed-out") throw new Error("The server does not answer.");
    const message = receiveMessageOnPort(port1)?.message as Ran | { readonly refusal: string };
    port1.close();
    if ("refusal" in message) throw new Error(message.refusal);
    return message;
  }
}

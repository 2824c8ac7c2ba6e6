// The entry of a reader process: it runs reads that may be slow, one at a time. See `slow-reader.ts`.
import { constants, setPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { DatabaseError, type DatabaseFailure, type Stored } from "../database.ts";
import { loadDriver } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { entryUrl } from "./entry-url.ts";
import { mapError } from "./map-error.ts";
import type { FromReader, ReaderData, ToReader } from "./read-messages.ts";

/** Runs a read and stops as soon as its rows are more than an answer may hold. */
function readBounded(connection: Connection, { sql, params }: ToReader, maxBytes: number): FromReader {
  try {
    const rows: Stored[][] = [];
    let bytes = 0;
    for (const row of connection.statement(sql).iterate(params)) {
      bytes += bytesOf(row);
      if (bytes > maxBytes) {
        const message = `The rows are larger than ${maxBytes} bytes.`;
        return { is: "failed", failure: { kind: "too_big", message } };
      }
      rows.push(row);
    }
    return { is: "rows", rows };
  } catch (error) {
    return { is: "failed", failure: failureOf(error) };
  }
}

function bytesOf(row: readonly Stored[]): number {
  let bytes = 0;
  for (const value of row) {
    if (typeof value === "string") bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
    bytes += 8;
  }
  return bytes;
}

function failureOf(error: unknown): DatabaseFailure {
  return error instanceof DatabaseError ? error.failure : mapError(error);
}

function send(message: FromReader): void {
  process.send?.(message);
}

/** Reads hold no lock that outlives the process and nothing is to be written: it can end at any moment. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}

async function start(data: ReaderData): Promise<void> {
  // While SQLite works, this thread hears nothing: another one watches whether the parent still lives.
  new Worker(entryUrl("parent-watch"), { execArgv: [], stdin: false });
  process.on("disconnect", end);
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const opened = loadDriver(data.driver).then((driver) => new Connection(driver, data.path, "child"));
  // Its failure is the answer to each read, below.
  opened.catch(() => undefined);
  process.on("message", (read: ToReader) => {
    void opened.then(
      (connection) => send(readBounded(connection, read, data.maxBytes)),
      (error: unknown) => send({ is: "failed", failure: failureOf(error) }),
    );
  });
  await opened;
}

await start(JSON.parse(process.argv[2] ?? "{}") as ReaderData);

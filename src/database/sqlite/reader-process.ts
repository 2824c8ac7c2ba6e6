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

/** The memory of a row, roughly. */
function bytesOf(row: readonly Stored[]): number {
  let bytes = 32;
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

/** Reads hold no lock that outlives the process and nothing is to be written: it can end at any moment. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}

function send(message: FromReader, sent?: () => void): void {
  process.send?.(message, undefined, undefined, sent);
}

function start(data: ReaderData): void {
  // While SQLite works, this thread hears nothing: another one watches whether the parent still lives.
  new Worker(entryUrl("parent-watch-thread"), { execArgv: [] });
  process.on("disconnect", end);
  // A terminal or a service manager signals the whole group; the parent still wants its answers for a graceful stop.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const opened = loadDriver(data.driver).then((driver) => new Connection(driver, data.path, "child"));
  process.on("message", (read: ToReader) => {
    void opened.then(
      (connection) => send(readBounded(connection, read, data.maxBytes)),
      // What hindered the open may be over for the next process.
      (error: unknown) => send({ is: "failed", failure: failureOf(error) }, end),
    );
  });
}

start(JSON.parse(process.argv[2] ?? "{}") as ReaderData);

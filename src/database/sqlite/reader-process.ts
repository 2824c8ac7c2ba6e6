// The entry of a reader process: it runs reads that may be slow, one at a time. See `slow-reader.ts`.
import { constants, setPriority } from "node:os";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { boundedRows, firstRows } from "./bounded-rows.ts";
import { loadDriver } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { entryUrl } from "./entry-url.ts";
import { mapError } from "./map-error.ts";
import type { FromReader, ReaderData, ToReader } from "./read-messages.ts";

function answerTo({ sql, params, maxRows, cuts }: ToReader, connection: Connection, maxBytes: number): FromReader {
  try {
    const started = performance.now();
    // What is not ours is not kept: its texts may be as many as its calls.
    const statement = maxRows === undefined ? connection.statement(sql) : connection.prepare(sql);
    if (cuts === true && maxRows !== undefined) {
      const first = firstRows(statement, params, { maxBytes, maxRows });
      return { is: "rows", ...first, columns: statement.columns(), milliseconds: performance.now() - started };
    }
    const rows = boundedRows(statement, params, { maxBytes, maxRows });
    const milliseconds = performance.now() - started;
    return maxRows === undefined
      ? { is: "rows", rows, milliseconds }
      : { is: "rows", rows, milliseconds, columns: statement.columns() };
  } catch (error) {
    return { is: "failed", failure: mapError(error) };
  }
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
  const opened = loadDriver(data.driver).then((driver) => new Connection({ driver, path: data.path, role: "child" }));
  process.on("message", (read: ToReader) => {
    void opened.then(
      (connection) => send(answerTo(read, connection, data.maxBytes)),
      // What hindered the open may be over for the next process.
      (error: unknown) => send({ is: "failed", failure: mapError(error) }, end),
    );
  });
}

start(JSON.parse(process.argv[2] ?? "{}") as ReaderData);

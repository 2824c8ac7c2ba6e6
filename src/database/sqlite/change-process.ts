// The entry of a process that makes one change for whoever runs the application. See `change-runner.ts`.
import { Worker } from "node:worker_threads";
import type { ChangeOutcome } from "../asked-statement.ts";
import type { ToChanger } from "./change-messages.ts";
import { loadDriver } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { entryUrl } from "./entry-url.ts";
import { mapError } from "./map-error.ts";

function change(connection: Connection, { statement, consent }: ToChanger): ChangeOutcome {
  const { sql, params } = statement;
  connection.exec("BEGIN IMMEDIATE");
  const prepared = connection.prepare(sql);
  const columns = prepared.columns();
  // To its end: a RETURNING that is left half way has not changed all.
  const rows = columns.length > 0 ? prepared.rows(params) : [];
  if (columns.length === 0) prepared.run(params);
  const changed = Number(connection.query("SELECT changes()")[0]?.[0]);
  if (changed !== consent.rows) {
    connection.exec("ROLLBACK");
    return { is: "differs", changed };
  }
  for (const { sql: beside, params: values } of consent.beside) connection.prepare(beside).run(values);
  connection.exec("COMMIT");
  return { is: "changed", columns, rows: rows.slice(0, consent.maxRows), isCut: rows.length > consent.maxRows };
}

async function answer(asked: ToChanger): Promise<void> {
  const { path, ownPath, driver } = asked.file;
  let connection: Connection | undefined;
  try {
    const { lockWaitMs } = asked;
    connection = new Connection({ driver: await loadDriver(driver), path, role: "writer", ownPath, lockWaitMs });
    process.send?.(change(connection, asked));
  } catch (error) {
    process.send?.({ is: "failed", failure: mapError(error) });
  } finally {
    // What was not committed goes with the connection.
    connection?.close();
    process.disconnect();
  }
}

// While SQLite works, this thread hears nothing: another one watches whether the parent still lives.
new Worker(entryUrl("parent-watch-thread"), { execArgv: [] }).unref();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.once("message", (asked: ToChanger) => void answer(asked));

import { PostgresSession } from "../harness/postgres-session.ts";
import { databaseEngine, serverUrl } from "../harness/test-database.ts";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";

type Stored = string | number | bigint | Uint8Array | null;

/** A connection of one's own to a database file, past the engine. */
export interface RawFile {
  rows(sql: string, params?: readonly Stored[]): Stored[][];
  /** Runs a statement; answers how many rows it changed. */
  run(sql: string, params?: readonly Stored[]): number;
  /** The words with which the database refuses a statement; undefined when it takes it. */
  refusal(sql: string, params?: readonly Stored[]): string | undefined;
  close(): void;
}

/** Opens a database as any other program would that keeps foreign keys on. */
export async function openRaw(path: string): Promise<RawFile> {
  return databaseEngine === "postgres" ? onServer(serverUrl(path)) : onFile(path);
}

function onServer(url: string): RawFile {
  const session = new PostgresSession(url);
  return {
    rows: (sql, params = []) => session.ask(sql, params).rows,
    run: (sql, params = []) => session.ask(sql, params).count,
    refusal: (sql, params = []) => refusalOf(() => session.ask(sql, params)),
    close: () => session.close(),
  };
}

function refusalOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function onFile(path: string): Promise<RawFile> {
  const { driver } = await chooseDriver("auto");
  const connection = driver.open(path, { readOnly: false });
  connection.exec("PRAGMA foreign_keys = ON");
  connection.exec("PRAGMA busy_timeout = 5000");
  const run = (sql: string, params: readonly Stored[] = []): number => connection.prepare(sql).run(params);
  return {
    rows: (sql, params = []) => connection.prepare(sql).rows(params),
    run,
    refusal: (sql, params = []) => refusalOf(() => run(sql, params)),
    close: () => connection.close(),
  };
}

import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseError, type Stored } from "../database.ts";
import type { SqliteConnection, SqliteDriver, SqliteStatement } from "./driver.ts";
import { GenerationCache } from "./generation-cache.ts";
import { mapError } from "./map-error.ts";

/** What a connection is for. `main` reads between other work of the process, `child` in a process of its own. */
export type ConnectionRole = "writer" | "main" | "child";

/** How long a statement waits for another process that holds the lock, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** On the main thread waiting stops every request. A reader meets a lock only in the moments of a recovery. */
const MAIN_BUSY_TIMEOUT_MS = 200;
/** Prepared statements kept by a connection. */
const STATEMENT_CACHE_SIZE = 512;
/** Pages in the log from which a commit tries to move them into the file: about 8 MB. */
const AUTOCHECKPOINT_PAGES = 2_000;
/** What the log's file is cut back to once it is started over, in bytes. */
const JOURNAL_SIZE_LIMIT = 16 * 1024 * 1024;
/** Page caches, in KiB (negative is how SQLite tells them from pages). */
const WRITER_CACHE = -16_384;
const READER_CACHE = -16_384;

const commonPragmas = [
  "PRAGMA trusted_schema = OFF",
  "PRAGMA cell_size_check = ON",
  "PRAGMA foreign_keys = ON",
] as const;

const pragmas: Record<ConnectionRole, readonly string[]> = {
  writer: [
    `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`,
    ...commonPragmas,
    "PRAGMA synchronous = FULL",
    `PRAGMA wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`,
    `PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT}`,
    `PRAGMA cache_size = ${WRITER_CACHE}`,
    // The journals of savepoints: without it they go to a file in the temporary folder.
    "PRAGMA temp_store = MEMORY",
  ],
  main: [`PRAGMA busy_timeout = ${MAIN_BUSY_TIMEOUT_MS}`, ...readerPragmas()],
  child: [`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`, ...readerPragmas()],
};

function readerPragmas(): readonly string[] {
  return [
    ...commonPragmas,
    "PRAGMA query_only = ON",
    // A mapped file is unmapped and mapped again with each commit of the writer: a third of the reads beside writes.
    "PRAGMA mmap_size = 0",
    `PRAGMA cache_size = ${READER_CACHE}`,
  ];
}

/** A connection with its pragmas set and its statements cached by their text. */
export class Connection {
  readonly #connection: SqliteConnection;
  readonly #statements = new GenerationCache<SqliteStatement>(STATEMENT_CACHE_SIZE);
  #mayFailHalfway: boolean | undefined;

  /** Opens a file that exists. Throws a `DatabaseError`. */
  constructor(driver: SqliteDriver, path: string, role: ConnectionRole) {
    this.#connection = openOrExplain(driver, path, role);
  }

  /** The prepared statement of a text. Throws the binding's error. */
  statement(sql: string): SqliteStatement {
    const cached = this.#statements.get(sql);
    if (cached !== undefined) return cached;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Compiles a statement that the caller keeps. Throws the binding's error. */
  prepare(sql: string): SqliteStatement {
    return this.#connection.prepare(sql);
  }

  /** The rows of a statement that is used once. Throws the binding's error. */
  query(sql: string, params: readonly Stored[] = []): Stored[][] {
    return this.#connection.prepare(sql).rows(params);
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  /** How long a statement waits for a lock, in milliseconds: by default as long as a writer should. */
  setBusyTimeout(milliseconds: number = BUSY_TIMEOUT_MS): void {
    this.#connection.exec(`PRAGMA busy_timeout = ${milliseconds}`);
  }

  /**
   * Whether a statement that fails may leave a part of its changes: only where a table or trigger of the schema says
   * FAIL, as adopted ones can (https://sqlite.org/lang_conflict.html).
   */
  get mayFailHalfway(): boolean {
    const sql = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%FAIL%'";
    this.#mayFailHalfway ??= this.query(sql)[0]?.[0] !== 0;
    return this.#mayFailHalfway;
  }

  /** Drops what was learnt of the schema and the prepared statements: it has changed. */
  forgetSchema(): void {
    this.#mayFailHalfway = undefined;
    this.#statements.clear();
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }
}

/**
 * Makes the file and its folder where they are missing, and sees that it is a database whose log is a WAL.
 * Throws a `DatabaseError` with a reason in one sentence.
 */
export function prepareFile(driver: SqliteDriver, path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    const message = `The folder of the database ${path} cannot be made: ${textOf(error)}`;
    throw new DatabaseError({ kind: "unavailable", message }, { cause: error });
  }
  const connection = new Connection(driver, path, "writer");
  try {
    // Reading the schema finds a file that is no database, which opening alone does not.
    connection.query("SELECT count(*) FROM sqlite_schema");
    const [row] = connection.query("PRAGMA journal_mode = WAL");
    if (row?.[0] !== "wal") {
      const message = `The database ${path} cannot use a write-ahead log: SQLite answered "${String(row?.[0])}".`;
      throw new DatabaseError({ kind: "unavailable", message });
    }
  } catch (error) {
    throw explained(error, path);
  } finally {
    connection.close();
  }
}

function openOrExplain(driver: SqliteDriver, path: string, role: ConnectionRole): SqliteConnection {
  let connection: SqliteConnection | undefined;
  try {
    connection = driver.open(path, { readOnly: role !== "writer" });
    for (const pragma of pragmas[role]) connection.exec(pragma);
    return connection;
  } catch (error) {
    connection?.close();
    throw explained(error, path);
  }
}

/** The failure of an open as a `DatabaseError` whose message names the file and what is wrong with it. */
function explained(error: unknown, path: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const failure = mapError(error);
  const message = `The database ${path} cannot be opened: ${openReason(path, failure.kind, failure.message)}`;
  return new DatabaseError({ kind: failure.kind === "other" ? "unavailable" : failure.kind, message }, { cause: error });
}

function openReason(path: string, kind: string, message: string): string {
  if (kind === "busy") return "another process holds its lock.";
  if (kind === "full") return "the disk is full.";
  if (kind === "read_only") return "this user may not write to the file or its folder.";
  if (message.includes("file is not a database")) return "the file is not a SQLite database.";
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return "the path is a folder.";
  if (stat === undefined && !message.includes("unable to open")) return `${message}.`;
  return message.includes("unable to open") ? "this user may not open the file or its folder." : `${message}.`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

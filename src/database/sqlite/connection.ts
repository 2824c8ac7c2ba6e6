import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { DatabaseError, type Stored } from "../database.ts";
import { fileIdentity } from "./database-file.ts";
import type { SqliteConnection, SqliteDriver, SqliteStatement } from "./driver.ts";
import { GenerationCache } from "./generation-cache.ts";
import { mapError } from "./map-error.ts";
import { literal } from "./storage.ts";

/** What a connection is for. `main` reads between other work of the process, `child` in a process of its own. */
export type ConnectionRole = "writer" | "main" | "child";

/** How long a writer or child waits for another process that holds the lock, in milliseconds. */
const LOCK_WAIT_MS = 5_000;
/** On the main thread waiting stops every request. A reader meets a lock only in the moments of a recovery. */
const MAIN_LOCK_WAIT_MS = 200;
/** Prepared statements kept by a connection. */
const STATEMENT_CACHE_SIZE = 512;
/**
 * Pages in the log from which a commit tries to move them into the file: about 33 MB. Random inserts change the same
 * index pages again and again; with a log of 8 MB each was moved so often that durable inserts were a fifth slower.
 */
const AUTOCHECKPOINT_PAGES = 8_000;
/** What the log's file is cut back to once it is started over, in bytes: a file that grows again syncs slower. */
const JOURNAL_SIZE_LIMIT = 48 * 1024 * 1024;
/** What the file of Servery's own is called inside a connection. */
const OWN_SCHEMA = "servery";
/** Page caches, in KiB (negative is how SQLite tells them from pages). */
const WRITER_CACHE = -16_384;
const READER_CACHE = -16_384;

const commonPragmas = ["PRAGMA trusted_schema = OFF", "PRAGMA foreign_keys = ON"] as const;

const readerPragmas = [
  ...commonPragmas,
  "PRAGMA query_only = ON",
  // A mapped file is unmapped and mapped again with each commit of the writer: a third of the reads beside writes.
  "PRAGMA mmap_size = 0",
  `PRAGMA cache_size = ${READER_CACHE}`,
] as const;

const pragmas: Record<ConnectionRole, readonly string[]> = {
  writer: [
    ...commonPragmas,
    "PRAGMA synchronous = FULL",
    // Looks at every cell of a page that is loaded: on readers it made one row by key a fifth slower.
    "PRAGMA cell_size_check = ON",
    `PRAGMA wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`,
    `PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT}`,
    `PRAGMA cache_size = ${WRITER_CACHE}`,
    // The journals of savepoints: without it they go to a file in the temporary folder.
    "PRAGMA temp_store = MEMORY",
  ],
  main: readerPragmas,
  child: readerPragmas,
};

/** Which file to open, with what, and for what. */
export interface ConnectionOptions {
  readonly driver: SqliteDriver;
  readonly path: string;
  readonly role: ConnectionRole;
  /** How long to wait for another process that holds the lock, in milliseconds; by default what suits the role. */
  readonly lockWaitMs?: number | undefined;
  /** The file beside an adopted one that holds what Servery keeps for itself. */
  readonly ownPath?: string | undefined;
}

/** A connection with its pragmas set and its statements cached by their text. */
export class Connection {
  readonly #connection: SqliteConnection;
  readonly #statements = new GenerationCache<SqliteStatement>(STATEMENT_CACHE_SIZE);
  readonly #lockWaitMs: number;
  #mayFailHalfway: boolean | undefined;

  /** Opens a file; a writer makes it where it is missing. Throws a `DatabaseError` with a reason in one sentence. */
  constructor(options: ConnectionOptions) {
    this.#lockWaitMs = options.lockWaitMs ?? (options.role === "main" ? MAIN_LOCK_WAIT_MS : LOCK_WAIT_MS);
    this.#connection = openOrExplain(options, [`PRAGMA busy_timeout = ${this.#lockWaitMs}`, ...pragmas[options.role]]);
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

  /** Runs something that is to wait for locks only this long, in milliseconds. */
  waitingOnly<Result>(milliseconds: number, run: () => Result): Result {
    this.#connection.exec(`PRAGMA busy_timeout = ${milliseconds}`);
    try {
      return run();
    } finally {
      this.#connection.exec(`PRAGMA busy_timeout = ${this.#lockWaitMs}`);
    }
  }

  /**
   * Whether a statement that fails, or changes no row, may leave changes behind: only where a table or trigger of the
   * schema says FAIL, or a trigger comes before or instead of the change, as in adopted schemas they can
   * (https://sqlite.org/lang_conflict.html, https://sqlite.org/lang_createtrigger.html).
   */
  get mayFailHalfway(): boolean {
    if (this.#mayFailHalfway === undefined) {
      const found = this.query("SELECT type, sql FROM sqlite_schema WHERE sql LIKE '%FAIL%' OR type = 'trigger'");
      this.#mayFailHalfway = found.some(([type, sql]) => type !== "trigger" || !comesAfter(String(sql)));
    }
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

/** Whether a trigger acts only on rows that have changed: it says AFTER behind its name, and takes nothing back. */
function comesAfter(sql: string): boolean {
  const name = /(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\[[^\]]*\]|[^\s"`'[]+)/.source;
  return new RegExp(`^CREATE TRIGGER ${name}\\s+AFTER\\b`, "i").test(sql) && !/\b(?:FAIL|IGNORE)\b/i.test(sql);
}

/**
 * Makes the file and its folder where they are missing, and sees that it is a database whose log is a WAL.
 * Throws a `DatabaseError` with a reason in one sentence.
 */
export function prepareFile(options: Omit<ConnectionOptions, "role">): void {
  const { path } = options;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    const message = `The folder of the database ${path} cannot be made: ${textOf(error)}`;
    throw new DatabaseError({ kind: "unavailable", message }, { cause: error });
  }
  const connection = new Connection({ ...options, role: "writer" });
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

/**
 * Hands out a connection to a file that is there, to look at it. As a writer, since what another program left behind when
 * it was killed can be recovered by nobody else. Throws a `DatabaseError` with a reason in one sentence.
 */
export function examineFile(options: Omit<ConnectionOptions, "role">, look: (file: Connection) => void): void {
  const { path } = options;
  if (fileIdentity(path) === null)
    throw new DatabaseError({ kind: "unavailable", message: `There is no database at ${path}.` });
  const connection = new Connection({ ...options, role: "writer" });
  try {
    look(connection);
  } catch (error) {
    throw error instanceof DeclarationError ? error : explained(error, path);
  } finally {
    connection.close();
  }
}

function openOrExplain(
  { driver, path, role, ownPath }: ConnectionOptions,
  settings: readonly string[],
): SqliteConnection {
  let connection: SqliteConnection | undefined;
  try {
    connection = driver.open(path, { readOnly: role !== "writer" });
    for (const pragma of settings) connection.exec(pragma);
    // A name without a schema is looked for in the first file, then here: the same statements serve both layouts.
    if (ownPath !== undefined) connection.exec(`ATTACH ${literal(ownPath)} AS ${OWN_SCHEMA}`);
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
  return new DatabaseError(
    { kind: failure.kind === "other" ? "unavailable" : failure.kind, message },
    { cause: error },
  );
}

function openReason(path: string, kind: string, message: string): string {
  if (kind === "busy") return "another process holds its lock.";
  if (kind === "full") return "the disk is full.";
  if (kind === "read_only") return "this user may not write to the file or its folder.";
  if (message.includes("file is not a database")) return "the file is not a SQLite database.";
  if (isFolder(path)) return "the path is a folder.";
  return message.includes("unable to open") ? "this user may not open the file or its folder." : `${message}.`;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Missing, or hidden from this user: no folder that could be named as the reason.
    return false;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

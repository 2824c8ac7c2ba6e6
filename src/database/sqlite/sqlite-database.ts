import { resolve } from "node:path";
import {
  DatabaseError,
  type NamedRows,
  type PlanStep,
  type Rows,
  type SqlRead,
  type Stored,
  type Transaction,
  type Write,
  type WaitingStatements,
  type WriteOutcome,
} from "../database.ts";
import { demandQuery } from "../foreign-query.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { DatabaseState } from "../migration/next-steps.ts";
import type { ServingDatabase } from "../serving-database.ts";
import { type ChosenDriver, chooseDriver, type DriverPreference } from "./choose-driver.ts";
import {
  type AskedRows,
  type AskedStatement,
  type ChangeOutcome,
  type Consent,
  type StatementFacts,
  UnaskableStatement,
} from "../asked-statement.ts";
import { ChangeRunner } from "./change-runner.ts";
import { examineStatement } from "./examine-statement.ts";
import { Connection, type ConnectionOptions, examineFile, prepareFile } from "./connection.ts";
import { fileIdentity, logBytes, ownPathOf } from "./database-file.ts";
import { defineSchema } from "./define-schema.ts";
import { executeGroup } from "./execute-group.ts";
import { prepareOwnFile } from "./own-file.ts";
import { mapError } from "./map-error.ts";
import { databaseState } from "./own-rows.ts";
import { planSteps } from "./read-plan.ts";
import { ReadLane } from "./read-lane.ts";
import { SlowReader } from "./slow-reader.ts";
import { outcomeOf } from "./write-messages.ts";
import { Writer } from "./writer.ts";

export interface SqliteOptions {
  /** The file; its folder is made where it is missing. */
  readonly path: string;
  readonly driver: DriverPreference;
  /**
   * The file is not Servery's: it must be there, and what Servery keeps for itself goes into a file beside it. This looks
   * at it before anything is made or switched, and throws what ends the open.
   */
  readonly adopt?: (file: Pick<Connection, "query">) => void;
  /** What tables of such a file were called before: new name → old name. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** Milliseconds that a read may take on the main thread; `MAIN_THREAD_MS` where it is not given. */
  readonly mainThreadMs?: number;
  /** Milliseconds after which a slow read is ended; `SLOW_READ_DEADLINE_MS` where it is not given. */
  readonly slowReadDeadlineMs?: number;
  /** Bytes of values that the answer of a slow read may hold. */
  readonly slowReadMaxBytes?: number;
  /** How long a write waits for another process that holds the lock, in milliseconds; else it fails as `busy`. */
  readonly lockWaitMs?: number;
  /** Milliseconds without work after which the writer thread ends. */
  readonly writerIdleMs?: number;
  /** Milliseconds without work after which a reader process ends. */
  readonly readerIdleMs?: number;
}

/** An open SQLite file, and what it is opened with. */
export interface SqliteDatabase extends ServingDatabase {
  readonly driver: { readonly name: string; readonly sqliteVersion: string; readonly why: string };
  /** Hands out an empty database in memory, to try statements before the file has them, and drops it. */
  rehearse<Result>(work: (scratch: Pick<Connection, "exec" | "query">) => Result): Result;
  state(): DatabaseState;
}

/**
 * Opens a SQLite file. No thread and no process is started before it is needed.
 * Throws a `DatabaseError` with a reason in one sentence.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  if (options.path === "" || options.path === ":memory:" || options.path.startsWith("file:")) {
    const message =
      options.path === ":memory:"
        ? "A database in memory cannot be shared with the writer thread: give the path of a temporary file."
        : `"${options.path}" is not the path of a file.`;
    throw new DatabaseError({ kind: "unavailable", message });
  }
  const path = resolve(options.path);
  const chosen = await choose(options.driver);
  const { driver } = chosen;
  const { lockWaitMs } = options;
  if (options.adopt !== undefined) examineFile({ driver, path, lockWaitMs }, options.adopt);
  if (options.adopt !== undefined) prepareOwnFile({ driver, path: ownPathOf(path), lockWaitMs }, options.renamed);
  prepareFile({ driver, path, lockWaitMs });
  return new OpenSqlite(chosen, { ...options, path });
}

async function choose(preference: DriverPreference): Promise<ChosenDriver> {
  try {
    return await chooseDriver(preference);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DatabaseError({ kind: "unavailable", message }, { cause: error });
  }
}

class OpenSqlite implements SqliteDatabase {
  readonly driver: SqliteDatabase["driver"];
  readonly label: string;
  readonly scansInWrites = false;
  readonly #writing: ConnectionOptions;
  readonly #reading: Connection;
  readonly #lane: ReadLane;
  readonly #slowReader: SlowReader;
  readonly #writer: Writer;
  readonly #changes: ChangeRunner;
  #closing: Promise<void> | undefined;

  constructor({ driver, why }: ChosenDriver, options: SqliteOptions) {
    const { path, lockWaitMs } = options;
    const ownPath = options.adopt !== undefined ? ownPathOf(path) : undefined;
    this.driver = { name: driver.name, sqliteVersion: driver.sqliteVersion, why };
    this.label = `${driver.name} (SQLite ${driver.sqliteVersion})`;
    this.#writing = { driver, path, role: "writer", lockWaitMs, ownPath };
    this.#reading = new Connection({ driver, path, role: "main", ownPath });
    this.#slowReader = new SlowReader({
      path,
      driver: driver.name,
      deadlineMs: options.slowReadDeadlineMs,
      maxBytes: options.slowReadMaxBytes,
      idleMs: options.readerIdleMs,
    });
    this.#changes = new ChangeRunner({ path, driver: driver.name, ownPath });
    this.#lane = new ReadLane({
      connection: this.#reading,
      readElsewhere: async (sql, params) => this.#slowReader.read(sql, params),
      mainThreadMs: options.mainThreadMs,
    });
    const identity = fileIdentity(path);
    const idleMs = options.writerIdleMs;
    this.#writer = new Writer({ path, driver: driver.name, identity, lockWaitMs, idleMs, ownPath });
  }

  read(read: SqlRead, params: readonly Stored[]): Rows | Promise<Rows> {
    if (this.#closing !== undefined)
      throw new DatabaseError({ kind: "unavailable", message: "The database is closed." });
    return this.#lane.read(read, params);
  }

  explain(sql: string, bound: number): readonly PlanStep[] {
    try {
      // What was bound hardly changes what is done.
      const values = Array.from({ length: bound }, () => null);
      return planSteps(this.#reading, sql, values);
    } catch (error) {
      throw new DatabaseError(mapError(error), { cause: error });
    }
  }

  async query(sql: string, params: readonly Stored[], maxRows: number): Promise<NamedRows> {
    demandQuery(sql);
    const { columns = [], rows } = await this.#slowReader.read(sql, params, { maxRows });
    return { columns, rows };
  }

  examine(sql: string): StatementFacts {
    try {
      return examineStatement(this.#reading, sql);
    } catch (error) {
      if (error instanceof UnaskableStatement) throw error;
      throw new DatabaseError(mapError(error), { cause: error });
    }
  }

  async look({ sql, params }: AskedStatement, maxRows: number): Promise<AskedRows> {
    const { columns = [], rows, isCut = false } = await this.#slowReader.read(sql, params, { maxRows, cuts: true });
    return { columns, rows, isCut };
  }

  change(statement: AskedStatement, consent: Consent): Promise<ChangeOutcome> {
    if (this.#closing !== undefined)
      throw new DatabaseError({ kind: "unavailable", message: "The database is closed." });
    return this.#changes.run(statement, consent);
  }

  waiting(): WaitingStatements {
    return { read: this.#slowReader.waiting, write: this.#writer.waiting };
  }

  write(write: Write): Promise<WriteOutcome> {
    return this.#writer.submit(write);
  }

  transaction<Result>(work: (open: Transaction) => Promise<Result>, deadlineMs: number): Promise<Result> {
    return this.#writer.transaction(work, deadlineMs);
  }

  async fill(write: Write): Promise<WriteOutcome> {
    if (this.#writer.isRunning) return this.#writer.submit(write);
    // Like a schema: a thread for the first rows alone would stay behind in every engine that is only read.
    const connection = new Connection(this.#writing);
    try {
      const [answer] = executeGroup(connection, [write]).answers;
      if (answer === undefined) throw new Error("The write has no answer.");
      return outcomeOf(write, answer);
    } finally {
      connection.close();
    }
  }

  async define(statements: readonly string[]): Promise<void> {
    if (this.#closing !== undefined)
      throw new DatabaseError({ kind: "unavailable", message: "The database is closed." });
    if (this.#writer.isRunning) await this.#writer.define(statements);
    else this.#defineHere(statements);
    this.#lane.forget();
    this.#reading.forgetSchema();
  }

  rehearse<Result>(work: (scratch: Pick<Connection, "exec" | "query">) => Result): Result {
    const { driver } = this.#writing;
    const scratch = new Connection({ driver, path: ":memory:", role: "writer" });
    try {
      return work(scratch);
    } finally {
      scratch.close();
    }
  }

  state(): DatabaseState {
    try {
      return databaseState(this.#reading);
    } catch (error) {
      throw error instanceof DeclarationError ? error : new DatabaseError(mapError(error), { cause: error });
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Before the first write there is no thread, and starting one for a schema that is there already would cost more. */
  #defineHere(statements: readonly string[]): void {
    const connection = new Connection(this.#writing);
    try {
      const failure = defineSchema(connection, statements);
      if (failure !== undefined) throw new DatabaseError(failure);
    } finally {
      connection.close();
    }
  }

  /** The connection that closes last moves the log into the file, so the writer's is the last. */
  async #close(): Promise<void> {
    await this.#changes.close();
    await this.#slowReader.close();
    this.#lane.forget();
    this.#reading.close();
    await this.#writer.close();
    // Without a writer the log would stay behind, and a copy of the file alone would lack what stands in it.
    const { path } = this.#writing;
    if (logBytes(path) !== undefined && fileIdentity(path) !== null) this.#tidyUp();
  }

  #tidyUp(): void {
    try {
      const connection = new Connection(this.#writing);
      connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      connection.close();
    } catch {
      // Another process holds the file: then the log is its business.
    }
  }
}

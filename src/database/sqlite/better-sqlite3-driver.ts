import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import type { Stored } from "../database.ts";
import { boundValues, mayHaveLostDigits, narrowIntegers, narrowRow } from "./bound-values.ts";
import type { SqliteConnection, SqliteDriver, SqliteStatement } from "./driver.ts";

/** better-sqlite3 13 is built for this version of Node-API and crashes the process on an older one. */
const NODE_API_OF_VERSION_13 = 10;

type Database = BetterSqlite3.Database;
type Statement = BetterSqlite3.Statement<unknown[], Stored[]>;

/** Loads better-sqlite3. Throws when it is not installed, or built for another version of Node. */
export async function loadBetterSqlite3(): Promise<SqliteDriver> {
  refuseCrashingVersion();
  const { default: Database } = await import("better-sqlite3");
  // The binary is loaded by the first connection: a build for another Node shows only here.
  const probe = new Database(":memory:");
  const sqliteVersion = String(probe.prepare("SELECT sqlite_version()").pluck().get());
  probe.close();
  return {
    name: "better-sqlite3",
    sqliteVersion,
    open: (path, { readOnly }) => new Connection(new Database(path, { readonly: readOnly, timeout: 0 })),
  };
}

function refuseCrashingVersion(): void {
  const manifest: unknown = createRequire(import.meta.url)("better-sqlite3/package.json");
  const version = String((manifest as { version?: unknown }).version);
  if (Number.parseInt(version, 10) >= 13 && Number(process.versions["napi"]) < NODE_API_OF_VERSION_13) {
    throw new Error(`better-sqlite3 ${version} needs Node 22.14 or newer.`);
  }
}

class Connection implements SqliteConnection {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  prepare(sql: string): SqliteStatement {
    return new PreparedStatement(this.#database.prepare<unknown[], Stored[]>(sql));
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  close(): void {
    this.#database.close();
  }
}

class PreparedStatement implements SqliteStatement {
  readonly #statement: Statement;
  /** Integers are read as bigint and narrowed, which costs a little for each. */
  #exact: boolean;

  constructor(statement: Statement) {
    this.#statement = statement;
    if (statement.reader) statement.raw(true);
    // A write cannot be run again to read its integers exactly, so it does from the start.
    this.#exact = !statement.readonly;
    if (this.#exact) statement.safeIntegers(true);
  }

  columns(): string[] {
    // It throws for a statement that answers no rows.
    return this.#statement.reader ? this.#statement.columns().map(({ name }) => name) : [];
  }

  rows(params: readonly Stored[]): Stored[][] {
    // Always all(): get() on INSERT … RETURNING never steps to its end, so that no checkpoint can run.
    const rows = this.#statement.all(boundValues(params));
    if (this.#exact) return narrowIntegers(rows);
    if (!mayHaveLostDigits(rows)) return rows;
    this.#readExactly();
    return narrowIntegers(this.#statement.all(boundValues(params)));
  }

  *iterate(params: readonly Stored[]): Iterable<Stored[]> {
    this.#readExactly();
    for (const row of this.#statement.iterate(boundValues(params))) yield narrowRow(row);
  }

  run(params: readonly Stored[]): number {
    return this.#statement.run(boundValues(params)).changes;
  }

  #readExactly(): void {
    this.#exact = true;
    this.#statement.safeIntegers(true);
  }
}

import type { Stored } from "../database.ts";
import { boundValues, narrowIntegers, narrowRow } from "./bound-values.ts";
import type { DriverName, SqliteConnection, SqliteDriver, SqliteStatement } from "./driver.ts";

/** What is used of the `node:sqlite` interface, which `@photostructure/sqlite` offers too. */
interface SqliteModule {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => DatabaseSync;
}

interface DatabaseSync {
  readonly isTransaction: boolean;
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  close(): void;
}

interface StatementSync {
  all(...params: readonly Stored[]): Stored[][];
  iterate(...params: readonly Stored[]): Iterable<Stored[]>;
  run(...params: readonly Stored[]): { readonly changes: number | bigint };
  columns(): readonly { readonly name: string }[];
  setReturnArrays(enabled: boolean): void;
  setReadBigInts(enabled: boolean): void;
}

/** What a version of the binding does to values that are bound. */
interface BindingFlaws {
  readonly cutsAtNul: boolean;
  /** Numbers nearer to 0 than this are bound as the integer 0. */
  readonly dropsTiny: boolean;
}

/** Below the distance from 1 to the next double, which a binding may take for rounding. */
const TINY = 1e-17;

function isTiny(value: Stored): boolean {
  return typeof value === "number" && value !== 0 && Math.abs(value) < Number.EPSILON;
}

/** A REAL column makes the same number of its text, in what it stores and in what it is compared with. */
function spelled(value: Stored): Stored {
  return isTiny(value) ? String(value) : value;
}

/** Loads a module with the interface of `node:sqlite`. Throws when it is not there, or lacks what is needed. */
export async function loadNodeSqlite(name: Exclude<DriverName, "better-sqlite3">): Promise<SqliteDriver> {
  const loaded: unknown = name === "node:sqlite" ? builtInSqlite() : await import(name);
  const { DatabaseSync } = loaded as SqliteModule;
  const probe = new DatabaseSync(":memory:", { readOnly: false });
  const statement = probe.prepare("SELECT sqlite_version(), length(CAST(? AS BLOB)), typeof(?)");
  // Objects would lose columns of the same name.
  if (typeof statement.setReturnArrays !== "function" || typeof probe.isTransaction !== "boolean") {
    throw new Error(`${name} of this version lacks setReturnArrays() or isTransaction.`);
  }
  statement.setReturnArrays(true);
  const [row = []] = statement.all("a\0b", TINY);
  probe.close();
  // Some versions bind a text only up to its first NUL: storing half a value is worse than a refusal.
  const flaws = { cutsAtNul: row[1] !== 3, dropsTiny: row[2] !== "real" };
  return {
    name,
    sqliteVersion: String(row[0]),
    open: (path, { readOnly }) => new Connection(new DatabaseSync(path, { readOnly }), flaws),
  };
}

/** Node 22 warns that the module is experimental: nothing that a user could act on, and the start says what it uses. */
function builtInSqlite(): unknown {
  const warning = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? { value: undefined };
  Object.defineProperty(process, "emitWarning", { ...warning, value: () => undefined });
  try {
    const found: unknown = process.getBuiltinModule("node:sqlite");
    if (found !== undefined) return found;
    throw Object.assign(new Error("No such built-in module."), { code: "ERR_UNKNOWN_BUILTIN_MODULE" });
  } finally {
    Object.defineProperty(process, "emitWarning", warning);
  }
}

class Connection implements SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #flaws: BindingFlaws;

  constructor(database: DatabaseSync, flaws: BindingFlaws) {
    this.#database = database;
    this.#flaws = flaws;
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    const isRead = /^\s*(?:SELECT|EXPLAIN|PRAGMA)\b/i.test(sql);
    return new PreparedStatement(statement, isRead, this.#flaws);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    this.#database.close();
  }
}

class PreparedStatement implements SqliteStatement {
  readonly #statement: StatementSync;
  readonly #flaws: BindingFlaws;
  /** Integers are read as bigint and narrowed, which costs a little for each. */
  #exact: boolean;

  constructor(statement: StatementSync, isRead: boolean, flaws: BindingFlaws) {
    this.#statement = statement;
    this.#flaws = flaws;
    // A write cannot be run again to read its integers exactly, so it does from the start.
    this.#exact = !isRead;
    if (this.#exact) statement.setReadBigInts(true);
  }

  columns(): string[] {
    return this.#statement.columns().map(({ name }) => name);
  }

  rows(params: readonly Stored[]): Stored[][] {
    const bound = this.#bound(params);
    if (this.#exact) return narrowIntegers(this.#statement.all(...bound));
    try {
      return this.#statement.all(...bound);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes("too large to be represented")) throw error;
      this.#readExactly();
      return narrowIntegers(this.#statement.all(...bound));
    }
  }

  *iterate(params: readonly Stored[]): Iterable<Stored[]> {
    this.#readExactly();
    for (const row of this.#statement.iterate(...this.#bound(params))) yield narrowRow(row);
  }

  run(params: readonly Stored[]): number {
    return Number(this.#statement.run(...this.#bound(params)).changes);
  }

  #readExactly(): void {
    this.#exact = true;
    this.#statement.setReadBigInts(true);
  }

  #bound(params: readonly Stored[]): readonly Stored[] {
    if (this.#flaws.cutsAtNul) {
      for (const value of params) {
        if (typeof value === "string" && value.includes("\0")) {
          throw new TypeError("A text with U+0000 cannot be stored whole by this SQLite binding.");
        }
      }
    }
    return boundValues(this.#flaws.dropsTiny && params.some(isTiny) ? params.map(spelled) : params);
  }
}

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

/** Loads a module with the interface of `node:sqlite`. Throws when it is not there, or lacks what is needed. */
export async function loadNodeSqlite(name: Exclude<DriverName, "better-sqlite3">): Promise<SqliteDriver> {
  const loaded: unknown = name === "node:sqlite" ? builtInSqlite() : await import(name);
  const { DatabaseSync } = loaded as SqliteModule;
  const probe = new DatabaseSync(":memory:", { readOnly: false });
  const statement = probe.prepare("SELECT sqlite_version(), length(CAST(? AS BLOB))");
  // Objects would lose columns of the same name.
  if (typeof statement.setReturnArrays !== "function" || typeof probe.isTransaction !== "boolean") {
    throw new Error(`${name} of this version lacks setReturnArrays() or isTransaction.`);
  }
  statement.setReturnArrays(true);
  const [row = []] = statement.all("a\0b");
  probe.close();
  // Some versions bind a text only up to its first NUL: storing half a value is worse than a refusal.
  const cutsAtNul = row[1] !== 3;
  return {
    name,
    sqliteVersion: String(row[0]),
    open: (path, { readOnly }) => new Connection(new DatabaseSync(path, { readOnly }), cutsAtNul),
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
  readonly #cutsAtNul: boolean;

  constructor(database: DatabaseSync, cutsAtNul: boolean) {
    this.#database = database;
    this.#cutsAtNul = cutsAtNul;
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    const isRead = /^\s*(?:SELECT|EXPLAIN|PRAGMA)\b/i.test(sql);
    return new PreparedStatement(statement, { isRead, cutsAtNul: this.#cutsAtNul });
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
  readonly #cutsAtNul: boolean;
  /** Integers are read as bigint and narrowed, which costs a little for each. */
  #exact: boolean;

  constructor(
    statement: StatementSync,
    { isRead, cutsAtNul }: { readonly isRead: boolean; readonly cutsAtNul: boolean },
  ) {
    this.#statement = statement;
    this.#cutsAtNul = cutsAtNul;
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
    if (this.#cutsAtNul) {
      for (const value of params) {
        if (typeof value === "string" && value.includes("\0")) {
          throw new TypeError("A text with U+0000 cannot be stored whole by this SQLite binding.");
        }
      }
    }
    return boundValues(params);
  }
}

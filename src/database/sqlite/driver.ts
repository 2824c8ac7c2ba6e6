import type { Stored } from "../database.ts";

/** What Servery needs of a SQLite binding. Two adapters implement it: `better-sqlite3` and the `node:sqlite` interface. */
export interface SqliteDriver {
  /** The name the start prints, for example `better-sqlite3`: also what `loadDriver` takes in a thread or child. */
  readonly name: DriverName;
  /** The version of the linked SQLite library, for example `3.53.2`. */
  readonly sqliteVersion: string;
  open(path: string, options: { readonly readOnly: boolean }): SqliteConnection;
}

/** The modules that can carry a driver, in the order they are tried. */
export type DriverName = "better-sqlite3" | "node:sqlite" | "@photostructure/sqlite";

/** One connection. Not safe to share between threads. */
export interface SqliteConnection {
  /** Compiles one statement. Throws the binding's error, which `map-error.ts` reads. */
  prepare(sql: string): SqliteStatement;
  /** Runs several statements without parameters. */
  exec(sql: string): void;
  /** Whether a transaction is open: after an error, SQLite may have ended it by itself. */
  readonly inTransaction: boolean;
  close(): void;
}

/**
 * A prepared statement. Rows are arrays in column order. An integer beyond 2^53 is read as a bigint, never as a number
 * that lost digits; every other number is read as a number.
 */
export interface SqliteStatement {
  /** The names of the columns it answers. */
  columns(): string[];
  /** Steps the statement to its end and answers every row. */
  rows(params: readonly Stored[]): Stored[][];
  /** Steps row by row, for results that may be too large to hold. Finish or leave the loop before the next use. */
  iterate(params: readonly Stored[]): Iterable<Stored[]>;
  /** Runs a statement that answers no rows; answers how many rows it changed. */
  run(params: readonly Stored[]): number;
}

import type { Stored } from "../schema/stored.ts";

/**
 * The port between `repository` and a database engine: what the layers above may ask for, and the
 * shape of every answer. An engine (`sqlite/`, later `postgres/`, `mariadb/`) implements `Database`.
 */

export type { Stored };

/** A refusal decided above the database, carried as data to where it is found out and back. */
export interface Refusal {
  /** A code of the error catalogue. */
  readonly code: string;
  /** JSON pointer into the request body that the refusal is about. */
  readonly pointer?: string;
}

/**
 * What a step of a write expects of its own result; when it does not hold, the whole write is undone
 * and answered with `otherwise`.
 * - `some`: at least one row was returned (a statement with rows) or changed (one without).
 * - `none`: no row was returned.
 * - `tag`: a row was returned and the entity tag of its first column is one of `tags`.
 * - `otherTag`: no row was returned, or the entity tag of its first column is none of `tags`.
 * - `atMost`: the rows changed by this write up to and including this step are not more than `limit`.
 */
export type Expectation =
  | { readonly is: "some"; readonly otherwise: Refusal }
  | { readonly is: "none"; readonly otherwise: Refusal }
  | { readonly is: "tag"; readonly tags: readonly string[]; readonly otherwise: Refusal }
  | { readonly is: "otherTag"; readonly tags: readonly string[]; readonly otherwise: Refusal }
  | { readonly is: "atMost"; readonly limit: number; readonly otherwise: Refusal };

/** One statement of a write, its bound values, and what must be true of its result. */
export interface WriteStep {
  readonly sql: string;
  readonly params: readonly Stored[];
  /** The statement answers rows (SELECT or RETURNING). */
  readonly returns: boolean;
  /** Keep the rows for the answer (only with `returns`). */
  readonly keep?: boolean;
  /** The statement changes rows (anything but SELECT). */
  readonly changes: boolean;
  readonly expect?: readonly Expectation[];
}

/**
 * A write as data: it can travel to another thread, be grouped with others into one transaction, and
 * be repeated. All its steps happen, or none.
 */
export interface Write {
  readonly steps: readonly WriteStep[];
}

/** Why a database refused a statement, in words that are the same for every engine. */
export interface DatabaseFailure {
  readonly kind:
    | "unique"
    | "foreign_key"
    | "check"
    | "not_null"
    | "type"
    | "too_big"
    | "busy"
    | "full"
    | "read_only"
    | "timeout"
    | "unavailable"
    | "aborted"
    | "other";
  /** The table and columns of a unique or not-null clash, where the engine names them. */
  readonly table?: string;
  readonly columns?: readonly string[];
  /** The name of a violated CHECK or index, where the engine names it. */
  readonly constraint?: string;
  /** The engine's own words: for the log, never for an answer. */
  readonly message: string;
}

/** The outcome of one write. `rows` holds the kept rows of every step with `keep`, in step order. */
export type WriteOutcome =
  | { readonly ok: true; readonly rows: readonly (readonly Stored[])[]; readonly changed: number }
  | { readonly ok: false; readonly refusal: Refusal }
  | { readonly ok: false; readonly failure: DatabaseFailure };

/**
 * A compiled read: SQL text made once for each shape of request. `scans` says that it visits many more
 * rows than it answers (an offset, a count), so it must not block fast reads. `filtered` says that it may
 * pass rows over, so that a LIMIT does not bound what a walk in order visits.
 */
export interface SqlRead {
  readonly sql: string;
  readonly scans: boolean;
  readonly filtered?: boolean;
}

/** Thrown by `read` (and by `open`) when the database cannot answer. */
export class DatabaseError extends Error {
  readonly failure: DatabaseFailure;
  constructor(failure: DatabaseFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = "DatabaseError";
    this.failure = failure;
  }
}

/** An open database: reads answer rows as arrays in column order, writes are submitted as data. */
export interface Database {
  /**
   * Runs a read. Fast reads answer synchronously; reads that may be slow answer a promise, run where
   * they cannot hold up the others, and are ended at the deadline with a `timeout` failure.
   */
  read(
    read: SqlRead,
    params: readonly Stored[],
  ): readonly (readonly Stored[])[] | Promise<readonly (readonly Stored[])[]>;
  /** Applies a write durably: when the promise is fulfilled with `ok`, the rows survive a power cut. */
  write(write: Write): Promise<WriteOutcome>;
  /** Runs statements that change the schema, all of them or none, before the database serves requests. */
  define(statements: readonly string[]): Promise<void>;
  /** Applies a write before the database serves requests; where that is cheaper, without what `write` starts. */
  fill(write: Write): Promise<WriteOutcome>;
  /** Ends what is running, then releases files, threads and processes. Safe to call twice. */
  close(): Promise<void>;
}

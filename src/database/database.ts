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

/**
 * A value that an earlier step of the same write answered, or all rows kept so far as JSON text: known
 * only while the write runs, so it is named instead of bound. In the JSON a whole number beyond 2^53 is a text.
 */
export type StepResult = { readonly step: number; readonly column: number } | { readonly step: "kept" };

export function isStepResult(value: Stored | StepResult): value is StepResult {
  return typeof value === "object" && value !== null && "step" in value;
}

/** One statement of a write, its bound values, and what must be true of its result. */
export interface WriteStep {
  readonly sql: string;
  /** A `StepResult` may stand here only in a write that `refers`. */
  readonly params: readonly (Stored | StepResult)[];
  /** The statement answers rows (SELECT or RETURNING). */
  readonly returns: boolean;
  /** Keep the rows for the answer (only with `returns`). */
  readonly keep?: boolean;
  /** The statement changes rows (anything but SELECT). */
  readonly changes: boolean;
  /** False for rows of Servery's own: they are changed like others, and are not among those that a write changed. */
  readonly counts?: false;
  readonly expect?: readonly Expectation[];
}

/**
 * A write as data: it can travel to another thread, be grouped with others into one transaction, and
 * be repeated. All its steps happen, or none.
 */
export interface Write {
  readonly steps: readonly WriteStep[];
  /** Some step is bound to what an earlier one answered. */
  readonly refers?: boolean;
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
    | "overflow"
    | "other";
  /** The table and columns of a unique or not-null clash, where the engine names them. */
  readonly table?: string;
  readonly columns?: readonly string[];
  /** The name of a violated CHECK or index, where the engine names it. */
  readonly constraint?: string;
  /** The engine's own words: for the log, never for an answer. */
  readonly message: string;
}

/** Rows as arrays in the order of their columns. */
export type Rows = readonly (readonly Stored[])[];

/**
 * The outcome of one write. `kept` holds the rows of every step with `keep`, in step order; `step` is the
 * step that was refused or failed, where one did.
 */
export type WriteOutcome =
  | { readonly ok: true; readonly kept: readonly Rows[]; readonly changed: number }
  | { readonly ok: false; readonly step: number; readonly refusal: Refusal }
  | { readonly ok: false; readonly step?: number | undefined; readonly failure: DatabaseFailure };

/**
 * A transaction that stays open while code waits: see `Database.transaction`. Calls are carried out in the
 * order in which they are made, those that the work does not wait for included. Once the transaction has
 * ended, each is rejected with a `DatabaseError`.
 */
export interface Transaction {
  /**
   * Reads what this transaction sees, its own changes included. Rejected with a `DatabaseError`.
   *
   * It is for rows found by a key or an index: only the transaction's own connection sees its changes, so
   * no read is moved elsewhere, whatever it says of `scans`. All writes wait while it runs, and nothing can
   * end it: at the deadline its caller is answered, but others may write only when it is through. What
   * scans is read before, with `Database.read`, which goes on beside an open transaction. An answer larger
   * than what a write may keep fails as `too_big`.
   */
  read(read: SqlRead, params: readonly Stored[]): Promise<Rows>;
  /**
   * Applies a write whole or not at all; it becomes durable with the transaction. One that is refused or
   * fails leaves the transaction usable, unless the database ended it over that: then all that follows
   * fails, and so does the transaction.
   */
  write(write: Write): Promise<WriteOutcome>;
}

/**
 * A compiled read: SQL text made once for each shape of request. `scans` says that it visits many more
 * rows than it answers (an offset, a count), so it must not block fast reads. `filtered` says that it may
 * pass rows over, so that a LIMIT does not bound what a walk in order visits.
 */
export interface SqlRead {
  readonly sql: string;
  readonly scans: boolean;
  readonly filtered?: boolean;
  /** It begins with a full-text search, so that the rows this finds bound what it visits. */
  readonly search?: SearchProbe;
}

/** How to learn cheaply whether a search finds many rows: the same text decides about one row or all of them. */
export interface SearchProbe {
  /** The table that is searched. */
  readonly table: string;
  /** Counts what is found. Bound: the text of the search, then the number at which to stop. */
  readonly sql: string;
  /** Which of the read's parameters is the text. */
  readonly parameter: number;
}

/** Rows with the names of their columns, for SQL that is not ours and whose columns we so do not know. */
export interface NamedRows {
  readonly columns: readonly string[];
  readonly rows: Rows;
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

/** One thing that a database does for a statement; `parent` is the id of what it belongs to. */
export interface PlanStep {
  readonly id: number;
  readonly parent: number;
  /** In the database's own words. */
  readonly detail: string;
}

/** Says what a database would do for a statement, without doing it. */
export interface ExplainsPlans {
  /** `bound` is how many values the statement takes. Throws, or is rejected with, a `DatabaseError`. */
  explain(sql: string, bound: number): readonly PlanStep[] | Promise<readonly PlanStep[]>;
}

/** What waits for its turn, and is refused as `busy` beyond a bound. */
export interface WaitingStatements {
  /** Reads that may be slow. */
  readonly read: number;
  /** Writes and transactions. */
  readonly write: number;
}

/** An open database: reads answer rows as arrays in column order, writes are submitted as data. */
export interface Database {
  /** A statement of a write that visits many rows holds up nobody else, and is ended at the deadline like a read. */
  readonly scansInWrites: boolean;
  /**
   * Runs a read. Fast reads answer synchronously; reads that may be slow answer a promise, run where
   * they cannot hold up the others, and are ended at the deadline with a `timeout` failure.
   */
  read(read: SqlRead, params: readonly Stored[]): Rows | Promise<Rows>;
  /**
   * Runs one SELECT that somebody else wrote, always where it cannot hold up the others; it reads what is committed.
   * Ended like a slow read, and with a `too_big` failure beyond `maxRows`.
   */
  query(sql: string, params: readonly Stored[], maxRows: number): Promise<NamedRows>;
  /** Applies a write durably: when the promise is fulfilled with `ok`, the rows survive a power cut. */
  write(write: Write): Promise<WriteOutcome>;
  /**
   * Runs `work` alone in a transaction of its own, while all other writes wait. When `work` is fulfilled it
   * is committed, and the promise is fulfilled once that is durable; when it is rejected, or has not ended
   * after `deadlineMs`, everything is undone (then with a `timeout` failure). The deadline counts from the
   * start of `work`; the wait for the transactions before it is bounded by their deadlines, and by how many
   * may wait (more fail as `busy`). `work` must not wait for a `write`, `define` or `transaction` of the
   * database itself: they wait for its end, so that only the deadline would end both.
   */
  transaction<Result>(work: (open: Transaction) => Promise<Result>, deadlineMs: number): Promise<Result>;
  /** Runs statements that change the schema, all of them or none, before the database serves requests. */
  define(statements: readonly string[]): Promise<void>;
  /** Applies a write without what `write` starts, where that does not run: at the start, and for what hardly ever happens. */
  fill(write: Write): Promise<WriteOutcome>;
  /** Ends what is running, then releases files, threads and processes. Safe to call twice. */
  close(): Promise<void>;
}

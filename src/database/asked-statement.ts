import type { NamedRows, Stored } from "./database.ts";

/** A statement that somebody who runs the application wrote, and its values. */
export interface AskedStatement {
  readonly sql: string;
  readonly params: readonly Stored[];
}

/** What a statement would do, as the database has compiled it: no name, view or trigger hides anything from that. */
export interface StatementFacts {
  readonly verb: "select" | "insert" | "update" | "delete";
  readonly writes: boolean;
  /** Whether an UPDATE or DELETE says which rows it means. */
  readonly hasWhere: boolean;
  /** The first table that it writes. */
  readonly target: string | undefined;
  /** A table that it reads or writes and may not: one of Servery's own, or what the database keeps for itself. */
  readonly closed: string | undefined;
  /** How many values it takes. */
  readonly values: number;
}

/** Rows, as many as were asked for at most. */
export interface AskedRows extends NamedRows {
  /** There are more. */
  readonly isCut: boolean;
}

/** What somebody agreed to, and what is written with it. */
export interface Consent {
  /** How many rows may change: no more, and no fewer. */
  readonly rows: number;
  readonly beside: readonly AskedStatement[];
  /** Rows of a RETURNING that are answered. */
  readonly maxRows: number;
}

/** What became of a change: `differs` was undone whole, since it changed another number of rows than was agreed to. */
export type ChangeOutcome =
  | ({ readonly is: "changed" } & AskedRows)
  | { readonly is: "differs"; readonly changed: number };

/** A text is no statement that is run for anybody: `message` says why. */
export class UnaskableStatement extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnaskableStatement";
  }
}

/**
 * The port for statements of whoever runs the application. All run where they cannot hold up the others and are ended at
 * a deadline, and all throw (or reject with) a `DatabaseError`.
 */
export interface AsksStatements {
  /** Compiles a statement and does not run it. Throws, or is rejected with, `UnaskableStatement` where it is not one that reads or writes rows. */
  examine(sql: string): StatementFacts | Promise<StatementFacts>;
  /** Runs one that reads, on a connection that cannot write. */
  look(statement: AskedStatement, maxRows: number): Promise<AskedRows>;
  /** Runs one that writes in a transaction of its own. */
  change(statement: AskedStatement, consent: Consent): Promise<ChangeOutcome>;
}

import type { ValueFacts } from "../../../schema/value-facts.ts";

/** What a SQLite file that somebody else designed holds: its catalog and what its values look like. */
export interface ExistingDatabase {
  readonly tables: readonly ExistingTable[];
  /** Tables and views that cannot be read as rows of one table, with the reason. */
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
}

export interface ExistingTable {
  readonly name: string;
  readonly is: "table" | "view";
  readonly columns: readonly ExistingColumn[];
  /** The columns of the declared primary key, in its order. */
  readonly key: readonly string[];
  readonly hasRowid: boolean;
  /** Unique indexes that bind every row: over columns alone and without a condition. */
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ExistingForeignKey[];
  /** Rows, counted up to `COUNTED_ROWS`. */
  readonly rows: number;
  /** Whether the values were judged by a part of the rows. */
  readonly sampled: boolean;
  /** Columns whose values tell the rows of a view apart, as far as they were looked at. */
  readonly distinguishing: readonly string[];
}

export interface ExistingColumn {
  readonly name: string;
  /** The declared type as it stands, "" where there is none. */
  readonly type: string;
  readonly required: boolean;
  /** The SQL text of the default. */
  readonly default: string | undefined;
  readonly generated: boolean;
  /** The texts of a `CHECK (column IN ('a', 'b'))`. */
  readonly choices: readonly string[] | undefined;
  readonly values: ValueFacts;
}

export interface ExistingForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  /** The columns referred to; undefined where they are left to the other table's primary key. */
  readonly targets: readonly string[] | undefined;
  readonly onDelete: string;
}

/** Rows beyond are not counted: that would read a large file from end to end. */
export const COUNTED_ROWS = 1_000_000;

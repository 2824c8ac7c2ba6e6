/** The words of the matrix: rows, who asks, and what a caller may do. */
export type Value = string | number | boolean | null;

export interface Row {
  readonly [column: string]: Value;
}

export type Data = { readonly [table: string]: readonly Row[] };

export interface Who {
  readonly table?: string;
  readonly id?: number;
  readonly roles: readonly string[];
  /** The tables that credentials open, where that is less than the account may do; `*` is all of them. */
  readonly scopes?: { readonly [table: string]: "read" | "write" };
  /** The caller who asks as this account, by X-Servery-As: rows and rules are the account's. */
  readonly by?: string;
}

/** Rows of accounts that verify addresses are made by signing up, which is not the same as creating them. */
export type Action = "read" | "create" | "update" | "delete" | "sign_up";

/** What one caller may do with the rows of a world. */
export interface Verdicts {
  /** The same answer for all rows: false is a closed table; undefined asks the row. */
  constant(table: string, action: Action): boolean | undefined;
  /** Whether the rule leaves nobody at all: signing in does not help. */
  nobody(table: string, action: Action): boolean;
  may(table: string, action: Action, row: Row): boolean;
  /** False where the column does not exist for the caller, or may be written in no row. */
  column(table: string, name: string, use: "read" | "write"): boolean;
  /** Whether the column can be read in every row. */
  plain(table: string, name: string): boolean;
  /** Whether it can be written in every row. */
  writes(table: string, name: string): boolean;
  cell(table: string, name: string, of: { readonly row: Row; readonly use: "read" | "write" }): boolean;
}

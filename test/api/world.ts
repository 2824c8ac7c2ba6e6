/** A small world of tables and rows for the interpreter: what a declaration says, as plain as it can be said. */

export type Value = string | number | boolean | null;
export interface DataRow {
  readonly [column: string]: Value;
}

/** `exact` are numbers that JSON holds as text; `opaque` can only be null or not. */
export type Comparing = "text" | "number" | "exact" | "boolean" | "opaque";

/** A relation of a table: `local` of this side equals `foreign` of the rows over there. */
export interface WorldRelation {
  readonly table: string;
  readonly many: boolean;
  readonly local: string;
  readonly foreign: string;
}

export interface WorldTable {
  readonly columns: { readonly [name: string]: Comparing };
  readonly relations: { readonly [name: string]: WorldRelation };
  readonly rows: readonly DataRow[];
}

export interface World {
  readonly [table: string]: WorldTable;
}

export interface Tree {
  readonly [key: string]: unknown;
}

import type { StoredColumn, StoredTable, StoredView } from "../../schema/stored-schema.ts";

/** What leads from one stored schema to another, in the order in which it is done. */
export interface SchemaDifference {
  readonly changes: readonly SchemaChange[];
  /** What is gone afterwards, each under the name by which somebody must consent to it. */
  readonly losses: readonly Loss[];
}

/** A table (`posts`) or a column (`posts.content`) whose values are not there afterwards. */
export interface Loss {
  readonly name: string;
  /** What is lost, as a sentence for a person. */
  readonly what: string;
}

export type SchemaChange =
  | { readonly is: "create table"; readonly table: StoredTable }
  | { readonly is: "drop table"; readonly table: StoredTable }
  | {
      readonly is: "change table";
      readonly from: StoredTable;
      readonly to: StoredTable;
      /** Where the values of each column of `to` come from. */
      readonly columns: readonly ColumnSource[];
    }
  | { readonly is: "create view"; readonly view: StoredView }
  | { readonly is: "drop view"; readonly view: StoredView };

export interface ColumnSource {
  readonly column: StoredColumn;
  /** The column of the old table that holds the values; none: the column is new. */
  readonly from: StoredColumn | undefined;
}

/** A question to the rows that says whether a change can be made: it counts those that stand in its way. */
export interface RowQuestion {
  readonly table: string;
  /** What is wrong with the rows that are counted, as the end of a sentence: `12 rows of posts …`. */
  readonly finding: string;
  /** `SELECT count(*) …` on the schema before the change. */
  readonly sql: string;
}

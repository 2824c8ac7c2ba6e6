import type { FilterOperator } from "../../schema/filter.ts";
import type { CheckModel, ColumnModel } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type { Fragment } from "./fragment.ts";

/** The value of a filter on its way into SQL: the dialect may change its form before it is bound. */
export type BindValue = (as?: (value: Stored | readonly Stored[]) => Stored) => Fragment;

/** What differs between databases. The compilers ask it; they never ask which database it is. */
export interface SqlDialect {
  /** An identifier, quoted, so that any name can stand in SQL. */
  readonly quote: (name: string) => string;
  /** A JSON object of keys and expressions that are JSON values. */
  jsonObject(members: readonly { readonly key: string; readonly value: Fragment }[]): Fragment;
  /** A column's value as JSON: exact decimals as text, broken values as null. */
  jsonValue(column: ColumnModel, expression: string): string;
  /** A scalar subquery that answers JSON text, put into another JSON value; `absent` where it answers none. */
  nestedJson(subquery: Fragment, absent: "null" | "[]"): Fragment;
  /** The aggregate that joins JSON texts with commas. */
  joinJson(expression: string): string;
  /** A JSON array of sort keys, 64-bit values as text. */
  keysJson(keys: readonly { readonly column: ColumnModel; readonly value: Fragment }[]): Fragment;
  /** A condition that is true or not, `ne` and `nin` being the exact opposites of `eq` and `in`. */
  compare(test: {
    readonly column: ColumnModel;
    readonly operator: FilterOperator;
    readonly expression: string;
    readonly value: BindValue;
  }): Fragment;
  /** The opposite of a condition that may be unknown. */
  isNot(condition: Fragment): Fragment;
  /** Statements that make a table, its indexes included. */
  createTable(table: TableShape): readonly string[];
}

/** What `createTable` needs to know of a table. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnModel[];
  readonly key: readonly ColumnModel[];
  readonly checks: readonly CheckModel[];
  readonly indexes: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
    readonly unique: boolean;
  }[];
  readonly column: ReadonlyMap<string, ColumnModel>;
}

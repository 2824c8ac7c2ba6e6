import type { AnyColumn } from "./column.ts";
import type { RefTo } from "./column/ref.ts";
import type { GivenColumns } from "./infer.ts";
import type { Columns, TableOptions } from "./table.ts";

/** The kinds of computed columns, by their names. */
export type ComputedColumns = { readonly [name: string]: AnyColumn };

/** What a declaration says of a computed column. */
export interface ComputedSpec {
  readonly name: string;
  /** The column that says the kind. */
  readonly column: AnyColumn;
  /** The stored columns that the function sees. */
  readonly needs: readonly string[];
  readonly value: (row: never) => unknown;
}

/** A value in an answer. What a reference holds is known only where all tables are. */
type ValueOf<C extends AnyColumn> =
  | (C["~out"] extends RefTo<string> ? string | number : C["~out"])
  | (C["~flags"]["optional"] extends true ? null : never);

/** A row as the function of a computed column sees it: values as an answer holds them. */
export type RowBefore<C extends Columns, O extends TableOptions> = GivenColumns<O> & {
  readonly [Name in keyof C]: ValueOf<C[Name]>;
};

/** What a computed column is made of, and how: the columns it needs, and a function of a row that has these alone. */
export type ComputedFrom<
  C extends Columns,
  O extends TableOptions,
  Made extends { readonly kind: AnyColumn; readonly needs: readonly (keyof RowBefore<C, O>)[] },
> = readonly [
  needs: Made["needs"],
  value: (
    row: Pick<RowBefore<C, O>, Made["needs"][number]>,
  ) => Made["kind"]["~in"] | (Made["kind"]["~flags"]["optional"] extends true ? null : never),
];

import type { FilterNode, SortKey } from "../schema/filter.ts";
import type { ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";

/** One included relation of a read, with every condition already in it. */
export interface IncludeQuery {
  readonly key: string;
  readonly relation: RelationModel;
  readonly table: TableModel;
  readonly count: boolean;
  readonly columns: readonly ColumnModel[];
  readonly where: FilterNode;
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly includes: readonly IncludeQuery[];
}

/** The rows of a read: where they come from, which, in which order, and what of each is answered. */
export interface RowsQuery {
  readonly table: TableModel;
  readonly columns: readonly ColumnModel[];
  readonly includes: readonly IncludeQuery[];
  readonly where: FilterNode;
  readonly sort: readonly SortKey[];
}

/**
 * A read, independent of any database.
 * - `one`: the row's JSON; with `plain` also the JSON of the plain row, which its entity tag is made of.
 * - `list`: the rows' JSON joined by commas, and the JSON array of the next page's first sort keys or null.
 * - `count`: how many rows match; with `estimate` counted in key order up to a number, followed by the
 *   last key counted and the table's highest, from which the rest is guessed.
 * - `exists`: one row with a 1 when the row is there.
 */
export type ReadQuery =
  | (RowsQuery & { readonly read: "one"; readonly plain: boolean })
  | (RowsQuery & {
      readonly read: "list";
      readonly limit: number;
      readonly offset: boolean;
      readonly after: readonly boolean[] | undefined;
    })
  | {
      readonly read: "count";
      readonly table: TableModel;
      readonly where: FilterNode;
      readonly estimate: { readonly upTo: number; readonly key: ColumnModel } | undefined;
    }
  | { readonly read: "exists"; readonly table: TableModel; readonly where: FilterNode };

/**
 * Where a bound value comes from at each request: a slot of the shape, a constant, the page's offset
 * (plus its limit: the next page's first row), or a sort key of the cursor. `as` is the database's own
 * form of the value.
 */
export type Bind =
  | { readonly from: "slot"; readonly slot: number; readonly as?: (value: Stored | readonly Stored[]) => Stored }
  | { readonly from: "constant"; readonly value: Stored }
  | { readonly from: "offset"; readonly plus: number }
  | { readonly from: "after"; readonly key: number };

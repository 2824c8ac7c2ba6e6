import type { AggregateFunction, DatePart } from "../schema/aggregate.ts";
import type { FilterNode, PathHop, SortKey } from "../schema/filter.ts";
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

/** A full-text search: the columns that this caller may search, and the slot of its text. */
export interface SearchQuery {
  readonly columns: readonly ColumnModel[];
  readonly slot: number;
  /** The best match comes first; otherwise the sort decides. */
  readonly ranked: boolean;
}

/** One thing that rows are grouped by. `output` is its value as a column of the answer. */
export interface GroupPart {
  readonly key: string;
  readonly path: readonly PathHop[];
  readonly column: ColumnModel;
  readonly part: DatePart | undefined;
  readonly output: ColumnModel;
}

/** One number over the rows of each group; `column` is undefined where the rows themselves are counted. */
export interface AggregatePart {
  readonly key: string;
  readonly name: AggregateFunction;
  readonly column: ColumnModel | undefined;
  readonly output: ColumnModel;
}

/** The rows of a read: where they come from, which, in which order, and what of each is answered. */
export interface RowsQuery {
  readonly table: TableModel;
  readonly columns: readonly ColumnModel[];
  readonly includes: readonly IncludeQuery[];
  readonly where: FilterNode;
  readonly sort: readonly SortKey[];
}

/** One page of rows, joined by commas or, as `lines`, by newlines. */
export type ListQuery = RowsQuery & {
  readonly read: "list" | "lines";
  readonly search: SearchQuery | undefined;
  readonly limit: number;
  readonly offset: boolean;
  readonly after: readonly boolean[] | undefined;
};

/**
 * A read, independent of any database.
 * - `one`: the row's JSON; with `plain` also the JSON of the plain row, which its entity tag is made of.
 * - `list`: the rows' JSON joined by commas, and the JSON array of the next page's first sort keys or null.
 * - `lines`: the same with a newline between two rows.
 * - `aggregate`: the groups' JSON joined by commas, and a text or null: whether there are more groups.
 * - `count`: how many rows match; with `estimate` counted in key order up to a number, followed by the
 *   last key counted and the table's highest, from which the rest is guessed.
 * - `keys`: the keys of the matching rows for a later statement, and their number; no row when they are more than `most`.
 * - `exists`: one row with a 1 when the row is there.
 */
export type ReadQuery =
  | (RowsQuery & { readonly read: "one"; readonly plain: boolean })
  | ListQuery
  | {
      readonly read: "aggregate";
      readonly table: TableModel;
      readonly where: FilterNode;
      readonly search: SearchQuery | undefined;
      readonly groups: readonly GroupPart[];
      readonly values: readonly AggregatePart[];
      /** On the outputs of the groups and values. */
      readonly having: FilterNode;
      readonly sort: readonly { readonly output: ColumnModel; readonly descending: boolean }[];
      readonly limit: number;
      readonly offset: boolean;
    }
  | {
      readonly read: "count";
      readonly search: SearchQuery | undefined;
      readonly table: TableModel;
      readonly where: FilterNode;
      readonly estimate: { readonly upTo: number; readonly key: ColumnModel } | undefined;
    }
  | {
      readonly read: "keys";
      readonly table: TableModel;
      readonly where: FilterNode;
      readonly most: number;
      /** Only rows whose keys are given are looked at. */
      readonly among?: boolean;
    }
  | { readonly read: "exists"; readonly table: TableModel; readonly where: FilterNode };

/**
 * Where a bound value comes from at each request: a slot of the shape, the page's offset (plus its limit: the next
 * page's first row), or a sort key of the cursor. `as` is the database's own form of the value.
 */
export type Bind =
  | { readonly from: "slot"; readonly slot: number; readonly as?: (value: Stored | readonly Stored[]) => Stored }
  /** One of the caller's own values in its policies. */
  | { readonly from: "caller"; readonly at: number; readonly as?: (value: Stored | readonly Stored[]) => Stored }
  | { readonly from: "offset"; readonly plus: number }
  /** The keys that an earlier select of keys answered. */
  | { readonly from: "keys" }
  | { readonly from: "after"; readonly key: number };

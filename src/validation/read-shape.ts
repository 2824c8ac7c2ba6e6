import type { AggregateFunction, DatePart } from "../schema/aggregate.ts";
import type { FilterNode, PathHop, SortKey } from "../schema/filter.ts";
import type { ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";

/** What one slot of a shape takes: a text of the URL becomes a stored value, or the request is refused. */
export interface Slot {
  /** The parameter as the caller wrote it, for messages. */
  readonly parameter: string;
  /** Whether the slot takes a list of values. */
  readonly list: boolean;
  readonly parse: (text: string) => Stored | undefined;
  /** What the value must look like, for messages. */
  readonly expects: string;
  /** It is compared with members of documents: as a number too, where it reads as one. */
  readonly reads?: "member";
}

/** One included relation: rows, or their number. */
export interface IncludeShape {
  /** The key of the answer's object. */
  readonly key: string;
  readonly relation: RelationModel;
  readonly table: TableModel;
  readonly count: boolean;
  readonly columns: readonly ColumnModel[];
  readonly shown: readonly ColumnModel[] | undefined;
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly includes: readonly IncludeShape[];
}

/** A full-text search: its columns, and the slot of its text. */
export interface SearchShape {
  readonly columns: readonly ColumnModel[];
  readonly slot: number;
  /** No sort was asked for, so the best match comes first. */
  readonly ranked: boolean;
}

/** Groups instead of rows. An `output` is a column of the answer, under a name of our own. */
export interface AggregateShape {
  readonly groups: readonly {
    readonly key: string;
    readonly path: readonly PathHop[];
    readonly column: ColumnModel;
    readonly part: DatePart | undefined;
    readonly output: ColumnModel;
  }[];
  readonly values: readonly {
    readonly key: string;
    readonly name: AggregateFunction;
    readonly column: ColumnModel | undefined;
    readonly output: ColumnModel;
  }[];
  /** Conditions on the outputs. */
  readonly having: readonly FilterNode[];
  readonly sort: readonly { readonly output: ColumnModel; readonly descending: boolean }[];
}

/**
 * What a read asks for, without its values: made once for each spelling of a URL and kept. Everything
 * behind validation hangs its own work (plan, SQL text, statement) on the identity of this object.
 */
export interface ReadShape {
  readonly table: TableModel;
  readonly where: FilterNode;
  readonly sort: readonly SortKey[];
  /** What is read of a row. */
  readonly columns: readonly ColumnModel[];
  /** What is answered of it, where that is something else: computed columns, without what only they need. */
  readonly shown: readonly ColumnModel[] | undefined;
  /** Whether `fields` or `include` make the answer differ from the plain row. */
  readonly plain: boolean;
  readonly includes: readonly IncludeShape[];
  readonly slots: readonly Slot[];
  /** Rows of a page; where the list is wanted whole, of all pages, and infinity for every row there is. */
  readonly limit: number;
  /** Rows are skipped by number. */
  readonly offset: boolean;
  /** The page begins at a cursor; for each sort key whether the cursor's value there is null. */
  readonly after: readonly boolean[] | undefined;
  readonly count: "exact" | "estimated" | undefined;
  readonly search: SearchShape | undefined;
  readonly aggregate: AggregateShape | undefined;
}

/** Whether the next page is told by the number of rows to skip: nobody can say where such a list goes on. */
export function isPagedByOffset(shape: ReadShape): boolean {
  return shape.offset || shape.aggregate !== undefined || shape.search?.ranked === true;
}

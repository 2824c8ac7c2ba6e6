import type { AnyDeclaration } from "../schema/application.ts";
import type { Insert, IsView, TableAt, TableName } from "../schema/infer.ts";
import type { Filter } from "../schema/infer-filter.ts";
import type {
  Answer,
  Changes,
  Field,
  Id,
  Include,
  NewRow,
  NewRowBelow,
  OnlyKnown,
  SortKey,
  StoredField,
} from "../schema/infer-query.ts";
import type { TargetOf, ToMany } from "../schema/infer-relations.ts";
import type { AggregateCall } from "./aggregate-types.ts";
import type { CallOptions } from "./send.ts";

/** What a write answers: it includes nothing. */
type Nothing = Record<never, never>;

/** What the answer holds of each row. */
interface Chosen<App extends AnyDeclaration, Name extends TableName<App>, F extends string, I> extends CallOptions {
  readonly fields?: readonly F[];
  readonly include?: I & OnlyKnown<App, Name, I>;
}

/** Which rows, in which order, and what of each. */
export interface ListQuery<App extends AnyDeclaration, Name extends TableName<App>, F extends string, I>
  extends Chosen<App, Name, F, I> {
  readonly where?: Filter<App, Name>;
  /** Columns, `-` turns the direction. Newest first when left out. */
  readonly sort?: SortKey<App, Name> | readonly SortKey<App, Name>[] | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
  /** Words to search for, in the columns that are declared for it. */
  readonly q?: string | undefined;
}

export interface PageQuery<App extends AnyDeclaration, Name extends TableName<App>, F extends string, I>
  extends ListQuery<App, Name, F, I> {
  /** How many rows all pages have together. */
  readonly count?: "exact" | "estimated" | undefined;
}

export interface Page<Item> {
  readonly rows: Item[];
  /** The number that `count` asked for. */
  readonly total: number | undefined;
  /** What asks for the next page: `page({ ...query, ...last.next })`. Undefined on the last one. */
  readonly next: { readonly cursor: string } | { readonly offset: number } | undefined;
}

export interface WriteOptions<F extends string> extends CallOptions {
  /** The columns of the answer; all when left out. */
  readonly fields?: readonly F[];
  /** It happens once, however often it is sent, so it may be sent again: `true` makes a key for this call. */
  readonly idempotencyKey?: true | string | undefined;
}

/** Lists of rows: what tables, views and the rows below a row have in common. */
export interface RowsReader<App extends AnyDeclaration, Name extends TableName<App>> {
  list<const F extends Field<App, Name> = Field<App, Name>, const I extends Include<App, Name> = Include<App, Name>>(
    query?: ListQuery<App, Name, F, I>,
  ): Promise<Answer<App, Name, F, I>[]>;
  page<const F extends Field<App, Name> = Field<App, Name>, const I extends Include<App, Name> = Include<App, Name>>(
    query?: PageQuery<App, Name, F, I>,
  ): Promise<Page<Answer<App, Name, F, I>>>;
  /** One page after the other; `limit` is the size of a page. */
  pages<const F extends Field<App, Name> = Field<App, Name>, const I extends Include<App, Name> = Include<App, Name>>(
    query?: PageQuery<App, Name, F, I>,
  ): AsyncGenerator<Page<Answer<App, Name, F, I>>>;
  /** Every row, fetched page by page. */
  all<const F extends Field<App, Name> = Field<App, Name>, const I extends Include<App, Name> = Include<App, Name>>(
    query?: ListQuery<App, Name, F, I>,
  ): AsyncGenerator<Answer<App, Name, F, I>>;
  /** Numbers over all rows, or over each group of them. */
  readonly aggregate: AggregateCall<App, Name>;
}

/** A list of rows that takes new ones. */
export interface RowsClient<App extends AnyDeclaration, Name extends TableName<App>, New>
  extends RowsReader<App, Name> {
  create<const F extends Field<App, Name> = Field<App, Name>>(
    row: New,
    options?: WriteOptions<F>,
  ): Promise<Answer<App, Name, F, Nothing>>;
  /** All or none of them. */
  create<const F extends Field<App, Name> = Field<App, Name>>(
    rows: readonly New[],
    options?: WriteOptions<F>,
  ): Promise<Answer<App, Name, F, Nothing>[]>;
}

/**
 * A row that is to be changed: its id, or the row as this client answered it. With the row the change
 * happens only if nobody else changed it meanwhile (`precondition_failed`).
 */
type Target<App extends AnyDeclaration, Name extends TableName<App>> =
  | Id<App, Name>
  | Partial<Answer<App, Name, Field<App, Name>, Nothing>>;

export interface OnConflict<App extends AnyDeclaration, Name extends TableName<App>> {
  readonly onConflict: StoredField<App, Name> | readonly StoredField<App, Name>[];
}

/** What can be done with a view: reading. */
export interface ViewClient<App extends AnyDeclaration, Name extends TableName<App>> extends RowsReader<App, Name> {
  get<const F extends Field<App, Name> = Field<App, Name>, const I extends Include<App, Name> = Include<App, Name>>(
    id: Id<App, Name>,
    options?: Chosen<App, Name, F, I> & {
      /** A row that was answered before: if it is still the same, it is the answer. */
      readonly ifChangedFrom?: NoInfer<Answer<App, Name, F, I>>;
    },
  ): Promise<Answer<App, Name, F, I>>;
  /** The rows that refer to one row: `api.users.of(1).posts.list()`. */
  of(id: Id<App, Name>): {
    readonly [R in keyof ToMany<App, Name>]: Below<App, ToMany<App, Name>[R]>;
  };
}

/** What can be done with a table. */
export interface TableClient<App extends AnyDeclaration, Name extends TableName<App>>
  extends ViewClient<App, Name>,
    RowsClient<App, Name, NewRow<App, Name>> {
  /** Changes the columns that are sent. */
  update<const F extends Field<App, Name> = Field<App, Name>>(
    row: Target<App, Name>,
    changes: Changes<App, Name>,
    options?: WriteOptions<F>,
  ): Promise<Answer<App, Name, F, Nothing>>;
  /** The row becomes what is sent: a column that is left out takes its default or null. */
  replace<const F extends Field<App, Name> = Field<App, Name>>(
    row: Target<App, Name>,
    by: Insert<App, Name>,
    options?: WriteOptions<F>,
  ): Promise<Answer<App, Name, F, Nothing>>;
  delete(row: Target<App, Name>, options?: CallOptions): Promise<void>;
  /** Makes the row, or replaces the one that has the same values in `onConflict`: the key, or columns that are unique. */
  upsert<const F extends Field<App, Name> = Field<App, Name>>(
    row: Insert<App, Name>,
    options: WriteOptions<F> & OnConflict<App, Name>,
  ): Promise<Answer<App, Name, F, Nothing>>;
  upsert<const F extends Field<App, Name> = Field<App, Name>>(
    rows: readonly Insert<App, Name>[],
    options: WriteOptions<F> & OnConflict<App, Name>,
  ): Promise<Answer<App, Name, F, Nothing>[]>;
  /** The same change of every row that the filter selects, all or none; answers the rows. */
  updateWhere<const F extends Field<App, Name> = Field<App, Name>>(
    where: Filter<App, Name>,
    changes: Changes<App, Name>,
    options?: WriteOptions<F>,
  ): Promise<Answer<App, Name, F, Nothing>[]>;
  /** Deletes every row that the filter selects, all or none; answers how many there were. */
  deleteWhere(where: Filter<App, Name>, options?: CallOptions): Promise<number>;
}

type Below<App extends AnyDeclaration, Relation> =
  IsView<TableAt<App, TargetOf<App, Relation>>> extends true
    ? RowsReader<App, TargetOf<App, Relation>>
    : RowsClient<App, TargetOf<App, Relation>, NewRowBelow<App, Relation>>;

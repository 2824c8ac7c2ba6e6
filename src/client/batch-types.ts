import type { AnyDeclaration } from "../schema/application.ts";
import type { Insert, IsView, Row, TableAt, TableName } from "../schema/infer.ts";
import type { Changes, Id, NewRow, PathOf } from "../schema/infer-query.ts";
import type { Filter } from "../schema/infer-filter.ts";
import type { CallOptions } from "./send.ts";
import type { OnConflict } from "./table-client.ts";

/** A column of a row that an earlier step of the same batch makes. */
export interface StepRef<Value> {
  readonly ref: string;
  readonly "~value"?: Value;
}

/** A step of a batch. */
export interface Step<Result> {
  readonly "~result"?: Result;
  /** A column of this step's row, for the body or the id of a later one. */
  ref<const C extends keyof Result & string>(column: C): StepRef<NonNullable<Result[C]>>;
}

type OrRef<Body> = { readonly [C in keyof Body]: Body[C] | StepRef<NonNullable<Body[C]>> };

/** An id, columns of an earlier step instead of it, or a row that this client answered: then it must still be that row. */
type Target<App extends AnyDeclaration, Name extends TableName<App>> =
  | Id<App, Name>
  | RefTo<Id<App, Name>>
  | Partial<Row<App, Name>>;
type RefTo<Key> = Key extends readonly unknown[] ? { readonly [At in keyof Key]: StepRef<Key[At]> } : StepRef<Key>;

interface TableSteps<App extends AnyDeclaration, Name extends TableName<App>> {
  create(row: OrRef<NewRow<App, Name>>): Step<Row<App, Name>>;
  create(rows: readonly OrRef<NewRow<App, Name>>[]): Step<Row<App, Name>[]>;
  update(row: Target<App, Name>, changes: OrRef<Changes<App, Name>>): Step<Row<App, Name>>;
  replace(row: Target<App, Name>, by: OrRef<Insert<App, Name>>): Step<Row<App, Name>>;
  delete(row: Target<App, Name>): Step<undefined>;
  upsert(row: OrRef<Insert<App, Name>>, options: OnConflict<App, Name>): Step<Row<App, Name>>;
  upsert(rows: readonly OrRef<Insert<App, Name>>[], options: OnConflict<App, Name>): Step<Row<App, Name>[]>;
  updateWhere(where: Filter<App, Name>, changes: OrRef<Changes<App, Name>>): Step<Row<App, Name>[]>;
  deleteWhere(where: Filter<App, Name>): Step<number>;
}

type StepsByTable<App extends AnyDeclaration> = {
  readonly [Name in TableName<App> as IsView<TableAt<App, Name>> extends true ? never : PathOf<App, Name>]: TableSteps<
    App,
    Name
  >;
};

type ResultOf<S> = S extends Step<infer Result> ? Result : never;

/** Takes a function that names the steps, and answers the rows of those that it gives back. */
export type BatchCall<App extends AnyDeclaration> = <const Steps extends readonly Step<unknown>[]>(
  steps: (tables: StepsByTable<App>) => Steps,
  options?: CallOptions & { readonly idempotencyKey?: true | string },
) => Promise<{ -readonly [At in keyof Steps]: ResultOf<Steps[At]> }>;

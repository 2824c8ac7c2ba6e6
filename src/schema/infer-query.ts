import type { AnyDeclaration } from "./application.ts";
import type {
  ColumnsOf,
  FamilyOf,
  Insert,
  KeyType,
  OptionsOf,
  ReferenceOf,
  Row,
  Shown,
  StoredRow,
  TableAt,
  TableName,
  Update,
  ValueIn,
} from "./infer.ts";
import type { TargetOf, ToMany, ToOne } from "./infer-relations.ts";

/** Levels of include that the types follow: as many as the server answers. */
type Level = 0 | 1 | 2 | 3;
interface Below {
  readonly 0: 0;
  readonly 1: 0;
  readonly 2: 1;
  readonly 3: 2;
}

/** A column's name, as `fields` takes it. */
export type Field<App extends AnyDeclaration, Name extends TableName<App>> = keyof Row<App, Name> & string;

/** A column that is stored: what is computed for an answer can neither be asked for nor sorted by. */
export type StoredField<App extends AnyDeclaration, Name extends TableName<App>> = keyof StoredRow<App, Name> & string;

export type ColumnAt<App extends AnyDeclaration, Name extends TableName<App>, F> = F extends keyof ColumnsOf<
  TableAt<App, Name>
>
  ? ColumnsOf<TableAt<App, Name>>[F]
  : never;

/** Columns that have an order. `id` and the times, which no declaration names, have one too. */
export type OrderedField<App extends AnyDeclaration, Name extends TableName<App>> = {
  [F in StoredField<App, Name>]: [ColumnAt<App, Name, F>] extends [never]
    ? F
    : FamilyOf<App, ColumnAt<App, Name, F>> extends "opaque"
      ? never
      : F;
}[StoredField<App, Name>];

type Direction = "" | "-";

/** `title`, `-likes`, `user.username`: columns, also those of a row that this one refers to. */
export type SortKey<
  App extends AnyDeclaration,
  Name extends TableName<App>,
> = `${Direction}${OrderedField<App, Name> | SortThrough<App, Name>}`;

export type SortThrough<App extends AnyDeclaration, Name extends TableName<App>> = {
  [R in keyof ToOne<App, Name> & string]: `${R}.${OrderedField<App, TargetOf<App, ToOne<App, Name>[R]>>}`;
}[keyof ToOne<App, Name> & string];

/** Which relations an answer holds besides the columns. */
export type Include<App extends AnyDeclaration, Name extends TableName<App>, Depth extends Level = 3> = {
  readonly [R in keyof ToOne<App, Name>]?: true | OneOptions<App, TargetOf<App, ToOne<App, Name>[R]>, Below[Depth]>;
} & {
  readonly [R in keyof ToMany<App, Name>]?:
    | true
    | "count"
    | ManyOptions<App, TargetOf<App, ToMany<App, Name>[R]>, Below[Depth]>;
};

interface OneOptions<App extends AnyDeclaration, Name extends TableName<App>, Depth extends Level> {
  readonly fields?: readonly Field<App, Name>[];
  readonly include?: Depth extends 0 ? never : Include<App, Name, Depth>;
}

interface ManyOptions<App extends AnyDeclaration, Name extends TableName<App>, Depth extends Level>
  extends OneOptions<App, Name, Depth> {
  readonly limit?: number;
  readonly sort?: SortKey<App, Name> | readonly SortKey<App, Name>[];
  /** Also how many there are: `<relation>_count`. */
  readonly count?: true;
}

type OneNames = "fields" | "include";
type ManyNames = OneNames | "limit" | "sort" | "count";

/**
 * `never` where an include names what is not there: a type parameter alone takes any further member. `unknown`
 * everywhere else, so that an editor completes from the include itself.
 */
export type OnlyKnown<App extends AnyDeclaration, Name extends TableName<App>, I> = {
  readonly [R in keyof I]: R extends keyof ToOne<App, Name>
    ? OnlyKnownOptions<App, { table: TargetOf<App, ToOne<App, Name>[R]>; names: OneNames }, I[R]>
    : R extends keyof ToMany<App, Name>
      ? OnlyKnownOptions<App, { table: TargetOf<App, ToMany<App, Name>[R]>; names: ManyNames }, I[R]>
      : never;
};

type OnlyKnownOptions<
  App extends AnyDeclaration,
  Relation extends { table: TableName<App>; names: string },
  Options,
> = [Options] extends [object]
  ? {
      readonly [O in keyof Options]: O extends Relation["names"]
        ? O extends "include"
          ? OnlyKnown<App, Relation["table"], Options[O]>
          : unknown
        : never;
    }
  : unknown;

/**
 * A row of an answer: the columns `F`, and what the include `I` adds. An include that was not written is the
 * whole `Include`, since editors complete from what a type parameter is by default; nothing of it must be
 * there, so nothing is.
 */
export type Answer<App extends AnyDeclaration, Name extends TableName<App>, F, I> = Shown<
  // Of a document's members no type is a list of names: all of them are the row.
  (string extends F ? Row<App, Name> : Pick<Row<App, Name>, F & keyof Row<App, Name>>) &
    (Record<never, never> extends I ? unknown : IncludedRows<App, Name, I> & IncludedCounts<I>)
>;

type IncludedRows<App extends AnyDeclaration, Name extends TableName<App>, I> = {
  -readonly [R in keyof I as I[R] extends "count" ? never : R]-?: R extends keyof ToOne<App, Name>
    ? Related<App, TargetOf<App, ToOne<App, Name>[R]>, I[R]> | NullOf<ToOne<App, Name>[R]>
    : R extends keyof ToMany<App, Name>
      ? Related<App, TargetOf<App, ToMany<App, Name>[R]>, I[R]>[]
      : never;
};

type NullOf<Relation> = Relation extends { readonly optional: true } ? null : never;

type IncludedCounts<I> = {
  -readonly [R in keyof I & string as I[R] extends "count" | { readonly count: true } ? `${R}_count` : never]: number;
};

type Related<App extends AnyDeclaration, Name extends TableName<App>, Options> = Answer<
  App,
  Name,
  Options extends { readonly fields: readonly (infer F)[] } ? F : Field<App, Name>,
  Options extends { readonly include: infer I } ? I : Record<never, never>
>;

/** The id of a row in a URL: one value, or the values of a key of several columns in its order. */
export type Id<App extends AnyDeclaration, Name extends TableName<App>> =
  OptionsOf<TableAt<App, Name>> extends { readonly "~key": infer Names extends readonly [string, string, ...string[]] }
    ? { readonly [At in keyof Names]: Names[At] extends keyof Row<App, Name> ? Row<App, Name>[Names[At]] : never }
    : KeyType<App, Name>;

/** The name of a table in URLs. */
export type PathOf<App extends AnyDeclaration, Name extends TableName<App>> =
  OptionsOf<TableAt<App, Name>> extends { readonly path: infer Path extends string } ? Path : Name;

/** The changes of a row: values, and steps that the database adds by itself: `{ likes: { increment: 1 } }`. */
export type Changes<App extends AnyDeclaration, Name extends TableName<App>> = {
  [C in keyof Update<App, Name>]: Update<App, Name>[C] | IncrementOf<App, ColumnAt<App, Name, C>>;
};

type IncrementOf<App extends AnyDeclaration, C> = [ReferenceOf<C>] extends [never]
  ? number extends ValueIn<App, C>
    ? { readonly increment: NonNullable<ValueIn<App, C>> }
    : never
  : never;

/** A new row, and the rows below it that the same request makes: by the name of their relation, without the reference. */
export type NewRow<App extends AnyDeclaration, Name extends TableName<App>, Depth extends Level = 3> = Insert<
  App,
  Name
> & {
  readonly [R in keyof ToMany<App, Name>]?: readonly NewRowBelow<App, ToMany<App, Name>[R], Below[Depth]>[];
};

/** A new row below its parent: the reference comes from the path. */
export type NewRowBelow<App extends AnyDeclaration, Relation, Depth extends Level = 3> = Depth extends 0
  ? never
  : InsertBelow<App, TargetOf<App, Relation>, Relation extends { readonly column: infer Column } ? Column : never> & {
      readonly [R in keyof ToMany<App, TargetOf<App, Relation>>]?: readonly NewRowBelow<
        App,
        ToMany<App, TargetOf<App, Relation>>[R],
        Below[Depth]
      >[];
    };

type InsertBelow<App extends AnyDeclaration, Name extends TableName<App>, Reference> = Shown<
  { [C in keyof Insert<App, Name> as C extends Reference ? never : C]: Insert<App, Name>[C] } & {
    [C in keyof Insert<App, Name> as C extends Reference ? C : never]?: Insert<App, Name>[C];
  }
>;

import type { AnyDeclaration } from "../schema/application.ts";
import type { Row, Shown, TableName, ValueIn } from "../schema/infer.ts";
import type { Condition, Filter } from "../schema/infer-filter.ts";
import type { ColumnAt, OrderedField, SortThrough, StoredField } from "../schema/infer-query.ts";
import type { TargetOf, ToOne } from "../schema/infer-relations.ts";
import type { CallOptions } from "./send.ts";

type DatePart = "year" | "month" | "day" | "hour";

/** What rows can be grouped by: a column, one of a row that is referred to, or a part of a time. */
export type GroupPart<App extends AnyDeclaration, Name extends TableName<App>> =
  | OrderedField<App, Name>
  | SortThrough<App, Name>
  | `${DatePart}(${TextualTime<App, Name>})`;

/** Dates and times are texts in JSON, and so are a few other columns; the server knows which. */
type TextualTime<App extends AnyDeclaration, Name extends TableName<App>> = {
  [F in OrderedField<App, Name>]: NonNullable<Row<App, Name>[F]> extends string ? F : never;
}[OrderedField<App, Name>];

/** Columns that can be added up: numbers, and those that may be sent as one. */
type NumberField<App extends AnyDeclaration, Name extends TableName<App>> = {
  [F in OrderedField<App, Name>]: number extends Row<App, Name>[F] | ValueIn<App, ColumnAt<App, Name, F>> ? F : never;
}[OrderedField<App, Name>];

interface Numbers<App extends AnyDeclaration, Name extends TableName<App>> {
  readonly count?: true;
  readonly countDistinct?: readonly StoredField<App, Name>[];
  readonly sum?: readonly NumberField<App, Name>[];
  readonly avg?: readonly NumberField<App, Name>[];
  readonly min?: readonly OrderedField<App, Name>[];
  readonly max?: readonly OrderedField<App, Name>[];
}

type NumbersOf<App extends AnyDeclaration, Name extends TableName<App>, N> = {
  [C in N extends { readonly count: true } ? "count" : never]: number;
} & {
  [C in Named<N, "countDistinct"> as `count_distinct_${C}`]: number;
} & {
  [C in Named<N, "avg"> as `avg_${C}`]: number | null;
} & {
  [C in Named<N, "sum"> as `sum_${C}`]: ValueAt<App, Name, C> | null;
} & {
  [C in Named<N, "min"> as `min_${C}`]: ValueAt<App, Name, C> | null;
} & {
  [C in Named<N, "max"> as `max_${C}`]: ValueAt<App, Name, C> | null;
};

type Named<N, Function extends keyof N | string> = Function extends keyof N
  ? N[Function] extends readonly (infer C extends string)[]
    ? C
    : never
  : never;

type ValueAt<App extends AnyDeclaration, Name extends TableName<App>, C> = C extends keyof Row<App, Name>
  ? Row<App, Name>[C]
  : never;

type GroupsOf<App extends AnyDeclaration, Name extends TableName<App>, G extends string> = {
  [Part in G as Part extends `${infer P}(${infer C})` ? `${P}_${C}` : Part]: Part extends `${string}(${infer C})`
    ? ValueAt<App, Name, C>
    : Part extends `${infer R}.${infer C}`
      ? R extends keyof ToOne<App, Name>
        ?
            | ValueAt<App, TargetOf<App, ToOne<App, Name>[R]>, C>
            | (ToOne<App, Name>[R] extends { optional: true } ? null : never)
        : never
      : ValueAt<App, Name, Part>;
};

/** One group of an answer, or all rows as one. */
type Group<App extends AnyDeclaration, Name extends TableName<App>, N, G extends string> = Shown<
  GroupsOf<App, Name, G> & NumbersOf<App, Name, N>
>;

interface Question<App extends AnyDeclaration, Name extends TableName<App>, N, G extends string> extends CallOptions {
  readonly where?: Filter<App, Name>;
  readonly q?: string | undefined;
  readonly groupBy?: readonly G[];
  /** Conditions on the numbers of a group. */
  readonly having?: {
    readonly [Key in keyof NumbersOf<App, Name, N>]?: Condition<NonNullable<NumbersOf<App, Name, N>[Key]>, "ordered">;
  };
  /** Parts of the answer; `-` turns the direction. */
  readonly sort?: SortOf<Group<App, Name, N, G>> | readonly SortOf<Group<App, Name, N, G>>[] | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

type SortOf<Answer> = `${"" | "-"}${keyof Answer & string}`;

/** A type parameter takes any further member, so those that mean nothing are refused by name. */
type Known = keyof Numbers<AnyDeclaration, string> | keyof Question<AnyDeclaration, string, unknown, string>;

type OnlyNumbers<N, Keys> = N extends { readonly having: infer Having }
  ? { readonly having: { readonly [Unknown in Exclude<keyof Having, Keys>]: never } }
  : unknown;

/** `aggregate({ count: true, avg: ["likes"], groupBy: ["category"] })`: one object, or with `groupBy` a list of groups. */
export type AggregateCall<App extends AnyDeclaration, Name extends TableName<App>> = <
  const N extends Numbers<App, Name>,
  // Editors complete from what a type parameter is by default; whether there are groups, `N` knows.
  const G extends GroupPart<App, Name> = GroupPart<App, Name>,
>(
  query: N &
    Question<App, Name, N, G> & { readonly [Unknown in Exclude<keyof N, Known>]: never } & OnlyNumbers<
      N,
      keyof NumbersOf<App, Name, N>
    >,
) => Promise<N extends { readonly groupBy: unknown } ? Group<App, Name, N, G>[] : Group<App, Name, N, never>>;

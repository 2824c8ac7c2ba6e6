import type { AnyDeclaration } from "./application.ts";
import type { ColumnFamily } from "./column.ts";
import type { ColumnsOf, DeclaredRow, FamilyOf, FlagsOf, IsCollection, TableAt, TableName, ValueIn } from "./infer.ts";
import type { TargetOf, ToMany, ToOne } from "./infer-relations.ts";

interface Presence {
  readonly null?: boolean;
}

type Ordering<Value> = { readonly [Operator in "eq" | "ne" | "gt" | "gte" | "lt" | "lte"]?: NonNullable<Value> } & {
  readonly in?: readonly NonNullable<Value>[];
  readonly nin?: readonly NonNullable<Value>[];
};

type Texts = { readonly [Operator in "like" | "ilike" | "contains" | "icontains" | "starts" | "ends"]?: string };

/** What a filter may ask of one value. */
export type Condition<
  Value,
  Family extends ColumnFamily = NonNullable<Value> extends string ? "text" : "ordered",
> = Family extends "opaque"
  ? null | Presence
  : Value | (Presence & Ordering<Value> & (Family extends "text" ? Texts : unknown));

type ColumnCondition<App extends AnyDeclaration, Name extends TableName<App>, C> = C extends keyof ColumnsOf<
  TableAt<App, Name>
>
  ? Condition<
      ValueIn<App, ColumnsOf<TableAt<App, Name>>[C]> | NullOf<ColumnsOf<TableAt<App, Name>>[C]>,
      FamilyOf<App, ColumnsOf<TableAt<App, Name>>[C]>
    >
  : // `id` and the times.
    Condition<C extends keyof DeclaredRow<App, Name> ? DeclaredRow<App, Name>[C] : never, "ordered">;

/** Paths into a document: what stands there may be of any type. As keys of a mapped type, which is looked at only when it is asked. */
type DocumentPath<T> = IsCollection<T> extends true ? string : never;

type NullOf<C> = FlagsOf<C>["optional"] extends true ? null : never;

/** The filter tree of `?filter=`: columns and relations by name, and `and`, `or`, `not`. Every member must hold. */
export type Filter<App extends AnyDeclaration, Name extends TableName<App>> = {
  readonly [C in keyof DeclaredRow<App, Name>]?: ColumnCondition<App, Name, C>;
} & {
    readonly [P in DocumentPath<TableAt<App, Name>>]?: unknown;
  } & {
    readonly [R in keyof ToOne<App, Name>]?: OneMatch<App, TargetOf<App, ToOne<App, Name>[R]>>;
  } & {
    readonly [R in keyof ToMany<App, Name>]?: ManyMatch<App, TargetOf<App, ToMany<App, Name>[R]>>;
  } & {
    readonly and?: readonly Filter<App, Name>[];
    readonly or?: readonly Filter<App, Name>[];
    readonly not?: Filter<App, Name>;
  };

type OneMatch<App extends AnyDeclaration, Name extends TableName<App>> =
  | Filter<App, Name>
  | { readonly [Match in "some" | "none"]?: Filter<App, Name> };

/** Some row fits, unless a word says otherwise; `{ none: {} }` asks for rows without any. */
type ManyMatch<App extends AnyDeclaration, Name extends TableName<App>> =
  | Filter<App, Name>
  | { readonly [Match in "some" | "none" | "all"]?: Filter<App, Name> };

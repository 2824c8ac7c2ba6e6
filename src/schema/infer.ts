import type { AnyDeclaration } from "./application.ts";
import type { Column, ColumnFlags } from "./column.ts";
import type { RefTo } from "./column/ref.ts";
import type { AnyTable, Table, TableOptions } from "./table.ts";

/**
 * Types of rows, inserts, updates and filters, read off a declaration. Nothing here exists at run
 * time. `any` stands only where TypeScript needs a wildcard to take a generic type apart.
 */

/** The names of an application's tables. */
export type TableName<App extends AnyDeclaration> = keyof App["tables"] & string;

type TableAt<App extends AnyDeclaration, Name extends TableName<App>> = App["tables"][Name];
type ColumnsOf<T> = T extends Table<infer C, any, any> ? C : never;
type OptionsOf<T> = T extends Table<any, infer O, any> ? O : never;
type KeyOf<T> = T extends Table<any, any, infer Key> ? Key : never;
type OutOf<C> = C extends Column<infer Out, any, any> ? Out : never;
type InOf<C> = C extends Column<any, infer In, any> ? In : never;
type FlagsOf<C> = C extends Column<any, any, infer Flags> ? Flags : ColumnFlags;

/** The type of a value: a reference has the type of the key it points at. */
type Resolved<App extends AnyDeclaration, Value> =
  Value extends RefTo<infer Target> ? (Target extends TableName<App> ? KeyType<App, Target> : never) : Value;

/** The type of a table's one-column key; `id` is a number. */
export type KeyType<App extends AnyDeclaration, Name extends TableName<App>> =
  KeyOf<TableAt<App, Name>> extends infer Key
    ? Key extends keyof ColumnsOf<TableAt<App, Name>>
      ? Resolved<App, OutOf<ColumnsOf<TableAt<App, Name>>[Key]>>
      : number
    : never;

type OrNull<C, Value> = FlagsOf<C>["optional"] extends true ? Value | null : Value;

/** Columns that a table has by itself. */
type GivenColumns<O extends TableOptions> = (O extends { readonly id: false } ? unknown : { id: number }) &
  (O extends { readonly created_at: false } ? unknown : { created_at: string }) &
  (O extends { readonly updated_at: false } ? unknown : { updated_at: string });

type Shown<T> = { [Name in keyof T]: T[Name] };

/** A row as an answer holds it. */
export type Row<App extends AnyDeclaration, Name extends TableName<App>> = Shown<
  GivenColumns<OptionsOf<TableAt<App, Name>>> & {
    -readonly [C in keyof ColumnsOf<TableAt<App, Name>>]: OrNull<
      ColumnsOf<TableAt<App, Name>>[C],
      Resolved<App, OutOf<ColumnsOf<TableAt<App, Name>>[C]>>
    >;
  }
>;

/** A single whole-number key is counted by the database, so a body cannot hold it. */
type GeneratedKey<T extends AnyTable> =
  IsUnion<KeyOf<T>> extends true
    ? never
    : KeyOf<T> extends keyof ColumnsOf<T>
      ? OutOf<ColumnsOf<T>[KeyOf<T>]> extends number
        ? KeyOf<T>
        : never
      : never;

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;

type Sent<T extends AnyTable, Wanted extends "required" | "optional"> = {
  [C in keyof ColumnsOf<T>]: FlagsOf<ColumnsOf<T>[C]>["readOnly"] extends true
    ? never
    : C extends GeneratedKey<T>
      ? never
      : FlagsOf<ColumnsOf<T>[C]>["filled"] extends true
        ? Wanted extends "optional"
          ? C
          : never
        : Wanted extends "required"
          ? C
          : never;
}[keyof ColumnsOf<T>];

type ValueIn<App extends AnyDeclaration, C> = OrNull<C, Resolved<App, InOf<C>>>;

/** The body that creates a row. */
export type Insert<App extends AnyDeclaration, Name extends TableName<App>> = Shown<
  { -readonly [C in Sent<TableAt<App, Name>, "required">]: ValueIn<App, ColumnsOf<TableAt<App, Name>>[C]> } & {
    -readonly [C in Sent<TableAt<App, Name>, "optional">]?: ValueIn<App, ColumnsOf<TableAt<App, Name>>[C]>;
  }
>;

/** The body that changes a row in part. */
export type Update<App extends AnyDeclaration, Name extends TableName<App>> = Partial<Insert<App, Name>>;

/** What a filter may ask of one value. */
export type Condition<Value> =
  | Value
  | ({ readonly [Operator in "eq" | "ne" | "gt" | "gte" | "lt" | "lte"]?: NonNullable<Value> } & {
      readonly in?: readonly NonNullable<Value>[];
      readonly nin?: readonly NonNullable<Value>[];
      readonly null?: boolean;
    } & (NonNullable<Value> extends string
        ? { readonly [Operator in "like" | "ilike" | "contains" | "icontains" | "starts" | "ends"]?: string }
        : unknown));

/** The filter tree of `?filter=`: columns by name, and `and`, `or`, `not`. */
export type Filter<App extends AnyDeclaration, Name extends TableName<App>> = {
  readonly [C in keyof Row<App, Name>]?: Condition<Row<App, Name>[C]>;
} & {
  readonly and?: readonly Filter<App, Name>[];
  readonly or?: readonly Filter<App, Name>[];
  readonly not?: Filter<App, Name>;
};

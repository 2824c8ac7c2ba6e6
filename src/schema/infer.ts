import type { AnyDeclaration } from "./application.ts";
import type { ColumnFamily, ColumnFlags } from "./column.ts";
import type { RefTo } from "./column/ref.ts";
import type { AnyTable, Columns, TableOptions } from "./table.ts";

/**
 * Types of rows, inserts and updates, read off a declaration. Nothing here exists at run time. Relations,
 * filters and queries have files of their own: infer-relations.ts, infer-filter.ts, infer-query.ts.
 */

/** The names of an application's tables. */
export type TableName<App extends AnyDeclaration> = keyof App["tables"] & string;

export type TableAt<App extends AnyDeclaration, Name extends TableName<App>> = App["tables"][Name];
// By their members, since a view has the same ones and is no table.
export type ColumnsOf<T> = T extends { readonly "~columns": infer C extends Columns } ? C : never;
export type OptionsOf<T> = T extends { readonly "~options": infer O extends TableOptions } ? O : never;
type KeyOf<T> = T extends { readonly "~key": infer Key } ? Key : never;
type ComputedOf<T> = T extends { readonly "~computed": infer X extends Columns } ? X : never;
export type IsView<T> = T extends { readonly "~view": true } ? true : false;
type OutOf<C> = C extends { readonly "~out": infer Out } ? Out : never;
type InOf<C> = C extends { readonly "~in": infer In } ? In : never;
export type FlagsOf<C> = C extends { readonly "~flags": infer Flags extends ColumnFlags } ? Flags : ColumnFlags;

/** The mark of a reference column; never for another one. A column of `any` is no reference. */
export type ReferenceOf<C> = unknown extends OutOf<C> ? never : Extract<OutOf<C>, RefTo<string>>;

/** The type of a value: a reference has the type of the key it points at. */
type Resolved<App extends AnyDeclaration, Value> = Value extends { readonly "~ref": infer Target }
  ? Target extends TableName<App>
    ? KeyType<App, Target>
    : never
  : Value;

/** The type of a table's one-column key; `id` is a number. */
export type KeyType<App extends AnyDeclaration, Name extends TableName<App>> =
  KeyOf<TableAt<App, Name>> extends infer Key
    ? Key extends keyof ColumnsOf<TableAt<App, Name>>
      ? Resolved<App, OutOf<ColumnsOf<TableAt<App, Name>>[Key]>>
      : number
    : never;

/** What a filter may ask of a column; a reference is asked as the key that it holds. */
export type FamilyOf<App extends AnyDeclaration, C> = [ReferenceOf<C>] extends [never]
  ? DeclaredFamily<C>
  : ReferenceOf<C> extends { readonly "~ref": infer Target extends TableName<App> }
    ? KeyFamily<TableAt<App, Target>>
    : never;

/** The family of a one-column key; `id` is ordered. */
type KeyFamily<T> =
  KeyOf<T> extends infer Key ? (Key extends keyof ColumnsOf<T> ? DeclaredFamily<ColumnsOf<T>[Key]> : "ordered") : never;

type DeclaredFamily<C> = C extends { readonly "~family": infer Family extends ColumnFamily } ? Family : never;

type OrNull<C, Value> = FlagsOf<C>["optional"] extends true ? Value | null : Value;

/** Columns that a table has by itself. */
export type GivenColumns<O extends TableOptions> = (O extends { readonly rowid: true }
  ? { rowid: number }
  : O extends { readonly id: false }
    ? unknown
    : { id: number }) &
  (O extends { readonly created_at: false } ? unknown : { created_at: string }) &
  (O extends { readonly updated_at: false } ? unknown : { updated_at: string });

/** The same members, written out: what an editor shows. */
export type Shown<T> = { [Name in keyof T]: T[Name] };

/** Columns of which an answer holds the value for all callers, for some, or for nobody. */
type Seen<C, By extends ColumnFlags["seen"]> = {
  [Name in keyof C]: FlagsOf<C[Name]>["seen"] extends By ? Name : never;
}[keyof C];

/** A column that a rule hides from some is not there for them, or null in the rows that it fails in. */
type Answered<App extends AnyDeclaration, C> = Values<App, Pick<C, Seen<C, "by all">>> & {
  -readonly [Name in Seen<C, "by some">]?: Resolved<App, OutOf<C[Name]>> | null;
};

type Values<App extends AnyDeclaration, C> = {
  -readonly [Name in keyof C]: OrNull<C[Name], Resolved<App, OutOf<C[Name]>>>;
};

/** The columns of a row that callers may ask for by name: a private column does not exist for any of them. */
export type DeclaredRow<App extends AnyDeclaration, Name extends TableName<App>> = GivenColumns<
  OptionsOf<TableAt<App, Name>>
> &
  Answered<App, ColumnsOf<TableAt<App, Name>>>;

/** The same with the members of a document, where the rows are documents. */
export type StoredRow<App extends AnyDeclaration, Name extends TableName<App>> = DeclaredRow<App, Name> &
  DocumentOf<TableAt<App, Name>, "out">;

/** What the document of a row is, in an answer or in a body; no more than any type where rows are none. */
type DocumentOf<T, Side extends "out" | "in"> =
  OptionsOf<T> extends { readonly "~document": infer Document }
    ? Document extends { readonly [Same in Side]: infer Members }
      ? Members
      : unknown
    : unknown;

/** Whether the rows of a table are documents. */
export type IsCollection<T> = OptionsOf<T> extends { readonly "~document": unknown } ? true : false;

/** A row as an answer holds it. */
export type Row<App extends AnyDeclaration, Name extends TableName<App>> = Shown<
  StoredRow<App, Name> & Values<App, ComputedOf<TableAt<App, Name>>>
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

export type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;

type Sent<T extends AnyTable, Wanted extends "required" | "optional"> = {
  [C in keyof ColumnsOf<T>]: FlagsOf<ColumnsOf<T>[C]>["readOnly"] extends true
    ? never
    : C extends GeneratedKey<T> | Seen<ColumnsOf<T>, "by nobody">
      ? never
      : FlagsOf<ColumnsOf<T>[C]>["filled"] extends true
        ? Wanted extends "optional"
          ? C
          : never
        : Wanted extends "required"
          ? C
          : never;
}[keyof ColumnsOf<T>];

/** What a body may hold for a column. */
export type ValueIn<App extends AnyDeclaration, C> = OrNull<C, Resolved<App, InOf<C>>>;

/** The body that creates a row. A view takes none. */
export type Insert<App extends AnyDeclaration, Name extends TableName<App>> =
  IsView<TableAt<App, Name>> extends true
    ? never
    : Shown<InsertColumns<App, Name> & DocumentOf<TableAt<App, Name>, "in">>;

type InsertColumns<App extends AnyDeclaration, Name extends TableName<App>> = {
  -readonly [C in Sent<TableAt<App, Name>, "required">]: ValueIn<App, ColumnsOf<TableAt<App, Name>>[C]>;
} & {
  -readonly [C in Sent<TableAt<App, Name>, "optional">]?: ValueIn<App, ColumnsOf<TableAt<App, Name>>[C]>;
};

/** The body that changes a row in part; of a document it is a merge patch, whose members a validator's types know without null. */
export type Update<App extends AnyDeclaration, Name extends TableName<App>> = Partial<Insert<App, Name>>;

/**
 * The tables of an application that is not named in the types: any name, any rows. With unknown, every member of every
 * row would have to be narrowed, and a context could not be handed to code that names its application.
 */
export type UntypedTables = any;

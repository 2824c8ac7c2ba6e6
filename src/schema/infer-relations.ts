import type { AnyDeclaration } from "./application.ts";
import type { ColumnsOf, FlagsOf, IsUnion, ReferenceOf, TableAt, TableName } from "./infer.ts";

/** One foreign key of an application. The names follow resolve-relations.ts. */
interface ForeignKey {
  readonly child: string;
  readonly column: string;
  readonly parent: string;
  readonly as: string;
  readonly reverse: string;
  readonly optional: boolean;
}

/** `user_id` and `userId` are called `user`; any other column `x` gets `x_ref`. */
type ToOneName<Column extends string> = Column extends `${infer Base}_id`
  ? OrSuffixed<Base, Column>
  : Column extends `${infer Base}Id`
    ? OrSuffixed<Base, Column>
    : `${Column}_ref`;
type OrSuffixed<Base extends string, Column extends string> = Base extends "" ? `${Column}_ref` : Base;

type KeyFrom<Child extends string, Column extends string, C> =
  ReferenceOf<C> extends {
    readonly "~ref": infer Parent;
    readonly "~as": infer As;
    readonly "~reverse": infer Reverse;
  }
    ? {
        readonly child: Child;
        readonly column: Column;
        readonly parent: Parent;
        readonly as: [As] extends [never] ? ToOneName<Column> : As;
        readonly reverse: Reverse;
        readonly optional: FlagsOf<C>["optional"];
      }
    : never;

/** All foreign keys of an application, once: every table looks its own up in this union. */
type ForeignKeys<App extends AnyDeclaration> = {
  [Child in TableName<App>]: {
    [Column in keyof ColumnsOf<TableAt<App, Child>> & string]: [
      ReferenceOf<ColumnsOf<TableAt<App, Child>>[Column]>,
    ] extends [never]
      ? never
      : KeyFrom<Child, Column, ColumnsOf<TableAt<App, Child>>[Column]>;
  }[keyof ColumnsOf<TableAt<App, Child>> & string];
}[TableName<App>];

/** The name on the parent's side: `reverse`, else the child's; with several keys to one parent it tells them apart. */
type ReverseName<Keys, Key extends ForeignKey> = [Key["reverse"]] extends [never]
  ? IsUnion<Extract<Keys, { readonly child: Key["child"]; readonly parent: Key["parent"] }>> extends true
    ? `${Key["child"]}_as_${Key["as"]}`
    : Key["child"]
  : Key["reverse"];

/** Relations of a table that lead to one row, by name. */
export type ToOne<App extends AnyDeclaration, Name extends TableName<App>> = {
  [Key in Extract<ForeignKeys<App>, ForeignKey & { readonly child: Name }> as Key["as"]]: {
    readonly table: Key["parent"];
    readonly optional: Key["optional"];
  };
};

/** Relations of a table that lead to many rows, by name; `column` is the child's reference. */
export type ToMany<App extends AnyDeclaration, Name extends TableName<App>> = {
  [Key in Extract<ForeignKeys<App>, ForeignKey & { readonly parent: Name }> as ReverseName<ForeignKeys<App>, Key>]: {
    readonly table: Key["child"];
    readonly column: Key["column"];
  };
};

/** The table that a relation leads to. */
export type TargetOf<App extends AnyDeclaration, Relation> = Relation extends {
  readonly table: infer Target extends TableName<App>;
}
  ? Target
  : never;

import type { ColumnFlags } from "./column.ts";
import type { RefTo } from "./column/ref.ts";
import type { Reply } from "./reply.ts";
import type { StandardInput, StandardOutput, StandardSchema } from "./standard-schema.ts";
import type { Columns } from "./table.ts";

/** Types of what a route takes and answers, read off its declaration. Nothing here exists at run time. */

export type Shown<T> = { [Name in keyof T]: T[Name] };

/** The names behind the colons of a path: `/api/posts/:id/comments/:comment` → `id | comment`. */
export type PathNames<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | PathNames<`/${More}`>
    : Rest
  : never;

/** A reference may point at a key of any type: the route does not know the tables. */
type Plain<Value> = Value extends RefTo<string> ? string | number : Value;
type OutOf<C> = C extends { readonly "~out": infer Out } ? Plain<Out> : never;
type InOf<C> = C extends { readonly "~in": infer In } ? Plain<In> : never;
type FlagsOf<C> = C extends { readonly "~flags": infer Flags extends ColumnFlags } ? Flags : never;
type OrNull<C, Value> = FlagsOf<C>["optional"] extends true ? Value | null : Value;

type ColumnValues<C extends Columns> = { -readonly [Name in keyof C]: OrNull<C[Name], OutOf<C[Name]>> };
type Filled<C extends Columns> = {
  [Name in keyof C]: FlagsOf<C[Name]>["filled"] extends true ? Name : never;
}[keyof C];
type ColumnsSent<C extends Columns> = Shown<
  { -readonly [Name in Exclude<keyof C, Filled<C>>]: InOf<C[Name]> } & {
    -readonly [Name in Filled<C>]?: OrNull<C[Name], InOf<C[Name]>>;
  }
>;

/** What the code gets for a shape: every column, with defaults and null where nothing was sent. */
export type Value<S> = S extends readonly [infer One]
  ? Value<One>[]
  : S extends StandardSchema
    ? StandardOutput<S>
    : S extends Columns
      ? ColumnValues<S>
      : never;

/** What a caller sends for a shape. */
export type Sent<S> = S extends StandardSchema ? StandardInput<S> : S extends Columns ? ColumnsSent<S> : never;

/** What the code answers for a shape. */
export type AnswerInput<S> = S extends readonly [infer One] ? readonly AnswerInput<One>[] : Sent<S>;

/** What a handler's result comes to: the promise fulfilled, the reply opened. */
export type Handled<Result> =
  Awaited<Result> extends infer Done ? (Done extends Reply<infer Body> ? Body : Done) : never;

/** A value after it has travelled as JSON. */
export type JsonOf<T> = unknown extends T
  ? unknown
  : T extends { toJSON(): infer Json }
    ? Json
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends (...given: never) => unknown
        ? never
        : T extends readonly (infer Item)[]
          ? JsonOf<Item>[]
          : { -readonly [Name in keyof T]: JsonOf<T[Name]> };

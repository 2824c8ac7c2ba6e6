import type { Context, TransactionContext } from "./context.ts";
import type { Json } from "./stored.ts";

/** A row as an answer holds it, where the table is not known. */
export interface HookValues {
  readonly [column: string]: Json;
}

/** Columns by name, as a body holds them: an increment is `{ increment: 1 }`. */
export type ValuesOf<Row> = { readonly [Name in keyof Row]?: Json };

/** What happens to a row. An upsert is a `create` until it is known which of both it was. */
export interface HookedWrite {
  readonly action: "create" | "update" | "delete";
  /** The table's name. */
  readonly table: string;
}

/** What code may do with the values before anything is written. Nothing is open, so it may wait on a network. */
export interface PrepareEvent<Row = HookValues> extends HookedWrite, Context {
  /** What is to be written; nothing for a delete. */
  readonly values: ValuesOf<Row>;
}

/** The row is about to be written in an open transaction: what this code writes comes or goes with it. */
export interface BeforeEvent<Row = HookValues> extends HookedWrite, TransactionContext {
  /** What is to be written; nothing for a delete. */
  readonly values: ValuesOf<Row>;
  /** The row as it is before a change or a delete; undefined for a new one. */
  readonly row: Row | undefined;
}

/** The write is durable. */
export interface AfterEvent<Row = HookValues> extends HookedWrite, Context {
  /** The row as it was written, or as it was before its delete. */
  readonly row: Row;
}

type Chosen = HookValues | undefined | void;

/** Code that takes part in the writes of a table. What it throws with `refuse()` is the answer; anything else a fault. */
export interface Hooks<Row = HookValues> {
  /** May answer columns to be written instead of those that were sent. Ends after 10 seconds. */
  readonly prepare?: (event: PrepareEvent<Row>) => Chosen | Promise<Chosen>;
  /** May refuse, and write elsewhere. All other writers wait meanwhile, so its transaction ends after 5 seconds. */
  readonly before?: (event: BeforeEvent<Row>) => void | Promise<void>;
  /** What it throws is reported and changes nothing. Ends after 30 seconds. */
  readonly after?: (event: AfterEvent<Row>) => void | Promise<void>;
}

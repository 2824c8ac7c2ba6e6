import type { AnyDeclaration } from "./application.ts";
import type { Insert, KeyType, Row, TableName, UntypedTables, Update } from "./infer.ts";
import type { Filter } from "./infer-filter.ts";
import type { RuleCaller } from "./rule.ts";

/** What a row is found by: its key, or the parts of a key of several columns in their order. */
export type RowKey = string | number | readonly (string | number)[];

/** How a row looks; the words are those of the URL. */
export interface RowOptions {
  readonly fields?: string | readonly string[];
  readonly include?: string | readonly string[];
}

/** Which rows, in which order; the words are those of the URL. */
export interface ListOptions<Where = object> extends RowOptions {
  /** A tree, as in `?filter=`. A member that is undefined is a mistake, since it would select every row. */
  readonly filter?: Where;
  readonly sort?: string | readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  /** Full-text search over the columns that are marked for it. */
  readonly q?: string;
}

/** The rows of one table, as far as the one who asks may read and write them. */
export interface TableAccess<App extends AnyDeclaration, Name extends TableName<App>> {
  list(options?: ListOptions<Filter<App, Name>>): Promise<Row<App, Name>[]>;
  /** The row, or undefined where there is none that may be read. */
  get(key: KeyType<App, Name> | RowKey, options?: RowOptions): Promise<Row<App, Name> | undefined>;
  count(filter?: Filter<App, Name>): Promise<number>;
  create(row: Insert<App, Name>): Promise<Row<App, Name>>;
  /** All of them or none. */
  create(rows: readonly Insert<App, Name>[]): Promise<Row<App, Name>[]>;
  update(key: KeyType<App, Name> | RowKey, changes: Update<App, Name>): Promise<Row<App, Name>>;
  delete(key: KeyType<App, Name> | RowKey): Promise<void>;
}

/** Every table by its name. Without an application in the types, any name leads to a table of any rows. */
export type Tables<App extends AnyDeclaration> =
  string extends TableName<App> ? UntypedTables : { readonly [Name in TableName<App>]: TableAccess<App, Name> };

/** A value as the database stores it: a decimal is a whole number of its smallest unit, a boolean is 0 or 1. */
export type QueryValue = string | number | bigint | Uint8Array | null;

/** The same tables without policies. */
export interface SystemAccess<App extends AnyDeclaration = AnyDeclaration> {
  readonly tables: Tables<App>;
  /**
   * Runs one SELECT beside the fast reads, for the repository of a module. Values take the place of `?`. It reads what
   * is committed, so it cannot be called inside a transaction.
   */
  readonly query: <Result = { readonly [column: string]: QueryValue }>(
    sql: string,
    params?: readonly QueryValue[],
  ) => Promise<Result[]>;
}

/** What code inside a transaction works with: its tables see its own changes. */
export interface TransactionContext<App extends AnyDeclaration = AnyDeclaration> {
  /** The tables, as the caller may use them. */
  readonly tables: Tables<App>;
  /** The tables without policies. The reason is recorded: it says why no caller stands behind the access. */
  readonly system: (reason: string) => SystemAccess<App>;
  /** What the answer's X-Request-Id says. */
  readonly requestId: string;
  /**
   * The request's place in a trace, for the header `traceparent` of what the code asks other servers (W3C Trace Context);
   * undefined where the request is no part of one.
   */
  readonly traceparent: string | undefined;
  /** Who asks. */
  readonly principal: { readonly kind: "anonymous" | "account" | "system" } & RuleCaller;
}

/** What the application's own code works with. `Context<typeof app>` knows the tables and their columns. */
export interface Context<App extends AnyDeclaration = AnyDeclaration> extends TransactionContext<App> {
  /** Everything that `work` does with its tables happens, or nothing: other writes wait meanwhile. */
  readonly transaction: <Result>(work: (tx: TransactionContext<App>) => Promise<Result>) => Promise<Result>;
}

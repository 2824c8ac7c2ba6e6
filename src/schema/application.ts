import type { CustomRoute } from "./custom-route.ts";
import type { AnyTable } from "./table.ts";
import type { Json } from "./stored.ts";

/** Rows that a new database starts with: table by table, parents first. They pass the same validation as a POST. */
export type SeedRows = Iterable<{
  readonly table: string;
  readonly rows: Iterable<{ readonly [column: string]: Json }>;
}>;

/** What `servery({...})` takes. */
export interface Declaration<
  Tables extends { readonly [name: string]: AnyTable },
  Routes extends readonly CustomRoute[] = readonly CustomRoute[],
> {
  /** Shown by the documentation and the OpenAPI document. */
  readonly title?: string;
  /**
   * The tables are those of a SQLite file that is there already. Servery reads and writes its rows, and never makes or
   * changes a table, an index, a trigger or a view in it.
   */
  readonly adopted?: boolean;
  readonly tables: Tables;
  /** Routes of the application's own code. */
  readonly routes?: Routes;
  /** Called once, when the database is created. Same declaration, same rows: no clock, no chance. */
  readonly seed?: () => SeedRows;
}

export type AnyDeclaration = Declaration<{ readonly [name: string]: AnyTable }>;

/** Declares an application: the default export of `servery.ts`. Nothing runs yet. */
export function servery<
  const Tables extends { readonly [name: string]: AnyTable },
  const Routes extends readonly CustomRoute[] = readonly [],
>(declaration: Declaration<Tables, Routes>): Declaration<Tables, Routes> {
  return declaration;
}

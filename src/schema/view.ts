import type { AnyColumn } from "./column.ts";
import type { ComputedColumns, ComputedFrom, RowBefore } from "./computed.ts";
import type { Rule } from "./rule.ts";
import type { Columns, TableSpec } from "./table.ts";

/** The query of a view: one text, or one for each database that it is to run on. */
export type ViewSql = string | { readonly sqlite?: string; readonly postgres?: string; readonly mariadb?: string };

/** A view has the columns that it declares, and no others. */
interface OwnColumnsAlone {
  readonly id: false;
  readonly created_at: false;
  readonly updated_at: false;
}

export interface ViewOptions<Path extends string = string> {
  /** The name in URLs, where it is not the view's own. */
  readonly path?: Path;
}

/** The declaration of a view. Each method answers a new one. */
export class View<
  out C extends Columns,
  out Key extends string = never,
  out X extends ComputedColumns = Record<never, never>,
  out O extends OwnColumnsAlone = OwnColumnsAlone,
> {
  declare readonly "~columns": C;
  declare readonly "~options": O;
  declare readonly "~key": Key;
  declare readonly "~computed": X;
  declare readonly "~view": true;
  readonly spec: TableSpec;

  constructor(spec: TableSpec) {
    this.spec = spec;
  }

  /** What tells the rows apart: one column or several, never null, no two rows alike. Every view needs one. */
  primaryKey<const Names extends readonly [keyof C & string, ...(keyof C & string)[]]>(
    ...names: Names
  ): View<C, Names[number], X, O & { readonly "~key": Names }> {
    return new View({ ...this.spec, key: names });
  }

  /** A column that is made of others when a row is answered: see `Table.computed`. */
  computed<
    const Name extends string,
    K extends AnyColumn,
    const Needs extends readonly (keyof RowBefore<C, OwnColumnsAlone> & string)[],
  >(
    name: Name,
    kind: K,
    ...[needs, value]: ComputedFrom<C, OwnColumnsAlone, { kind: K; needs: Needs }>
  ): View<C, Key, X & { readonly [N in Name]: K }, O> {
    return new View({ ...this.spec, computed: [...this.spec.computed, { name, column: kind, needs, value }] });
  }

  /** Who may read it. Nobody writes a view. */
  allow(rules: { readonly read: Rule }): this {
    return new View({ ...this.spec, rules }) as unknown as this;
  }
}

export type AnyView = View<Columns, string, ComputedColumns>;

/**
 * Declares a table whose rows an SQL query makes, for reading alone. The query answers exactly the
 * declared columns, by name, each in the form in which its kind is stored.
 */
export function view<const C extends Columns, const Path extends string = never>(
  columns: C,
  sql: ViewSql,
  options: ViewOptions<Path> = {},
): View<
  C,
  never,
  Record<never, never>,
  [Path] extends [never] ? OwnColumnsAlone : OwnColumnsAlone & { readonly path: Path }
> {
  return new View({
    columns,
    options: { ...options, id: false, created_at: false, updated_at: false },
    uniques: [],
    indexes: [],
    checks: [],
    transfers: [],
    hooks: [],
    computed: [],
    rules: undefined,
    view: sql,
  });
}

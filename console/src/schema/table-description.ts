import type { Schema } from "../api/open-api.ts";

export interface ColumnDescription {
  readonly name: string;
  readonly kind: string;
  /** What it takes, for people. */
  readonly expects: string;
  readonly role: string;
  readonly optional: boolean;
  readonly unique: boolean;
  readonly index: boolean;
  readonly search: boolean;
  readonly default: unknown;
  readonly private: boolean;
  readonly readable: string;
  readonly writable: string;
  readonly references: { readonly table: string; readonly column: string; readonly on_delete: string } | null;
}

export interface TableDescription {
  readonly name: string;
  readonly view: boolean;
  readonly read_only: boolean;
  readonly audited: boolean;
  readonly if_match: boolean;
  readonly accounts: { readonly identifier: string } | null;
  readonly key: readonly string[];
  readonly columns: readonly ColumnDescription[];
  readonly rules: Readonly<Record<string, string>>;
  /** TypeScript that declares it. */
  readonly declaration: string;
  /** The statements that made it, as the database has them. */
  readonly sql: readonly string[];
  readonly row: Schema;
  readonly create: Schema | null;
}

/** Who may do what: of a table, or of a column as `table.column`. */
export interface PolicyMatrix {
  readonly name: string;
  readonly actions: readonly string[];
  readonly rows: readonly { readonly who: string; readonly verdicts: readonly string[] }[];
}

/** What `GET /api/server/schema` answers, as far as it is shown. */
export interface SchemaDescription {
  readonly title: string;
  /** The whole as TypeScript. */
  readonly declaration: string;
  readonly tables: readonly TableDescription[];
  readonly matrix: readonly PolicyMatrix[];
}

import type { CheckComparison } from "./check.ts";
import type { FilledBy, OnDelete } from "./column.ts";
import type { FilterNode } from "./filter.ts";
import type { Hooks } from "./hooks.ts";
import type { Kind } from "./kind.ts";
import type { Rule, TableAction } from "./rule.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Json, JsonSchema } from "./stored.ts";
import type { ViewSql } from "./view.ts";

/** The resolved declaration: every name found, every default decided. Immutable once made. */
export interface SchemaModel {
  readonly title: string;
  readonly tables: ReadonlyMap<string, TableModel>;
  /** By the name in URLs. */
  readonly paths: ReadonlyMap<string, TableModel>;
  /** The tables are those of a file that Servery did not make. */
  readonly adopted: boolean;
}

/**
 * What a column is for the server:
 * - `generated_key`: the database counts it; - `key`: part of a key that callers send;
 * - `created_at`, `updated_at`: the server's clock; - `filled`: see `filled`; - `plain`: the caller's;
 * - `owner`: the key of the account that made the row;
 * - `document`: the object whose members stand beside the other columns; see `document`;
 * - `computed`: made of others in the answer, and not stored; see `computed`.
 */
export type ColumnRole =
  | "generated_key"
  | "key"
  | "created_at"
  | "updated_at"
  | "filled"
  | "owner"
  | "document"
  | "plain"
  | "computed";

export interface ColumnModel {
  readonly name: string;
  readonly kind: Kind;
  readonly role: ColumnRole;
  readonly optional: boolean;
  readonly default: Json | undefined;
  readonly unique: boolean;
  readonly index: boolean;
  /** Whether `?q=` searches it. */
  readonly search: boolean;
  readonly filled: FilledBy | undefined;
  readonly references: ReferenceModel | undefined;
  /** A view's query makes the value: no database holds it to the kind, and any may be missing. */
  readonly unchecked?: true;
  /** The name of the table, where it is one of a file that Servery did not make: there a column may hold anything. */
  readonly adopted?: string;
  readonly computed?: ComputedModel;
  /** In a collection of documents: the column that holds them. */
  readonly document?: DocumentModel;
  /** The column is no column of its own, but what a document has at the end of a path. */
  readonly member?: MemberModel;
  /** What the column was called before. */
  readonly was?: string;
  /** Who may read it, of those who may read the row. */
  readonly readable: Rule;
  /** Who may write it, of those who may write the row. */
  readonly writable: Rule;
  /** In the model that a caller sees: the rows in which it sees the value; in others it is null. */
  readonly visible?: FilterNode;
}

/** What a collection says of its documents. */
export interface DocumentModel {
  /** Names that no member at the top of a document has: those of columns and relations, which stand beside it. */
  readonly reserved: ReadonlySet<string>;
  /** What every document must be, as JSON Schema or as a validator; undefined where any object is one. */
  readonly schema: JsonSchema | StandardSchema | undefined;
}

/**
 * What a document has at the end of a path:
 * - `text`: a string, or `true` and `false` as these words; null for everything else;
 * - `number`: a number; null for everything else;
 * - `json`: whatever it is, as JSON; null where there is nothing, or null.
 */
export interface MemberModel {
  /** The column that holds the document. */
  readonly column: string;
  readonly path: readonly string[];
  readonly as: "text" | "number" | "json";
  /** Not the member itself, but each element of the array that it is. */
  readonly each?: true;
}

/** How a computed column is made. */
export interface ComputedModel {
  /** The stored columns that the function sees. */
  readonly needs: readonly ColumnModel[];
  readonly value: (row: { readonly [column: string]: Json }) => unknown;
  /** Whether null is one of its values; else it is a fault that answers null. */
  readonly nullable: boolean;
}

/** A foreign key of one column. `table` is looked up, since tables may refer to one another in a ring. */
export interface ReferenceModel {
  readonly table: string;
  /** The key column of that table. */
  readonly column: string;
  readonly onDelete: OnDelete;
}

/** One direction of a foreign key, as a name that include, filters and nested routes use. */
export interface RelationModel {
  readonly name: string;
  readonly many: boolean;
  /** The table the relation leads to. */
  readonly table: string;
  /** The column of the table the relation belongs to. */
  readonly local: string;
  /** The column of the other table that equals it. */
  readonly foreign: string;
}

export interface IndexModel {
  readonly name: string;
  readonly columns: readonly IndexPart[];
  readonly unique: boolean;
}

export interface IndexPart {
  /** The column. */
  readonly name: string;
  readonly descending: boolean;
  /** Not the column itself, but what the document in it has at the end of a path. */
  readonly member?: Pick<MemberModel, "path" | "as">;
}

export interface CheckModel {
  readonly name: string;
  readonly comparisons: readonly CheckComparison[];
}

/** What creating a row adds to a column of a row it refers to. */
export interface TransferModel {
  readonly sign: 1 | -1;
  readonly amount: ColumnModel;
  readonly reference: ColumnModel;
  readonly table: string;
  readonly column: string;
  /** The column of that table that holds when its row changed. */
  readonly touches: string | undefined;
}

/** A column of another table that sums over this table's rows, kept by the service with every change. */
export interface SumModel {
  readonly table: string;
  readonly column: string;
  readonly reference: ColumnModel;
  readonly factors: readonly ColumnModel[];
  /** The column of that table that holds when its row changed. */
  readonly touches: string | undefined;
}

export interface TableModel {
  readonly name: string;
  /** What the table was called before. */
  readonly was?: string;
  readonly path: string;
  /** Servery did not make it: it may have triggers, which change rows after they were written. */
  readonly adopted: boolean;
  /** What is stored, in the order of an answer: the key, the declared ones, the times. */
  readonly columns: readonly ColumnModel[];
  readonly column: ReadonlyMap<string, ColumnModel>;
  /** Columns that exist in answers alone. */
  readonly computed: ReadonlyMap<string, ColumnModel>;
  /** What an answer holds by name: the stored columns, then the computed ones. The members of a document stand beside them. */
  readonly shown: readonly ColumnModel[];
  /** The query that makes the rows, where this is a view: it is read, and never written. */
  readonly view: ViewSql | undefined;
  readonly key: readonly ColumnModel[];
  readonly relations: ReadonlyMap<string, RelationModel>;
  /** Foreign keys of other tables that point here. */
  readonly referrers: readonly Referrer[];
  /** Newest first: `created_at` where there is one, then the key. */
  readonly order: readonly ColumnModel[];
  readonly indexes: readonly IndexModel[];
  readonly checks: readonly CheckModel[];
  readonly transfers: readonly TransferModel[];
  readonly sums: readonly SumModel[];
  readonly rules: Readonly<Record<TableAction, Rule>>;
  /** The column that holds the row's owner. */
  readonly owner: ColumnModel | undefined;
  /** In a collection of documents: the column that holds them, with its `document`. */
  readonly document?: ColumnModel;
  /** Where the rows are accounts that sign in. */
  readonly accounts: AccountsModel | undefined;
  /** Whether every change of a row is kept. */
  readonly audited: boolean;
  /** Servery's own: it is read like a table, and belongs to no declaration, migration or document. Nobody writes it. */
  readonly own?: true;
  /** In the model that a caller sees: the whole table. */
  readonly whole?: TableModel;
  readonly requiresIfMatch: boolean;
  /** The application's code that takes part in writes, in the order of the declaration. */
  readonly hooks: readonly Hooks[];
}

/** What makes the rows of a table accounts. */
export interface AccountsModel {
  /** The column that people sign in with. */
  readonly identifier: ColumnModel;
  /** Where mails to an account go: the column that people sign in with, or the one e-mail column beside it. */
  readonly address: ColumnModel | undefined;
  /** Whether an address must be verified before the first sign-in. */
  readonly verify: boolean;
  /** Whether an account may begin without a name. */
  readonly anonymous: boolean;
  /** Who may make a row together with its account: what the declaration allows for `create`. */
  readonly signUp: Rule;
}

/** A table whose rows are accounts. */
export type AccountsTable = TableModel & { readonly accounts: AccountsModel };

/** Whether rows come with their accounts alone, but for those that administrators make. */
export function isMadeBySignUp({ accounts, rules }: TableModel): boolean {
  return accounts !== undefined && accounts.signUp !== rules.create;
}

export function isAccountsTable(table: TableModel): table is AccountsTable {
  return table.accounts !== undefined;
}

/** The tables whose rows are accounts, in the order of the declaration: the first is the one that is meant where none is named. */
export function accountsTables(schema: SchemaModel): AccountsTable[] {
  return [...schema.tables.values()].filter(isAccountsTable);
}

export interface Referrer {
  readonly table: string;
  readonly column: ColumnModel;
  readonly onDelete: OnDelete;
}

/** The tables of the declaration, without those of Servery's own. */
export function declaredTables(schema: SchemaModel): TableModel[] {
  return [...schema.tables.values()].filter(({ own }) => own !== true);
}

/** Whether rows are read and never written: what makes them is a query, or the server itself. */
export function isReadOnly({ view, own }: Pick<TableModel, "view" | "own">): boolean {
  return view !== undefined || own === true;
}

/** The table of that name; every name in a model was checked when the model was made. */
export function tableOf(schema: SchemaModel, name: string): TableModel {
  const table = schema.tables.get(name);
  if (table === undefined) throw new Error(`the schema has no table ${name}`);
  return table;
}

/** The column of that name; every name in a model was checked when the model was made. */
export function columnOf(table: TableModel, name: string): ColumnModel {
  const column = table.column.get(name);
  if (column === undefined) throw new Error(`the table ${table.name} has no column ${name}`);
  return column;
}

/** The name of the column that holds when a row changed, where the table has one. */
export function changeTime(table: Pick<TableModel, "columns">): string | undefined {
  return table.columns.find((column) => column.role === "updated_at")?.name;
}

/** Whether callers may write the column when a row is created; later the key stays as it is. */
export function isWritable(column: ColumnModel): boolean {
  return column.role === "plain" || column.role === "key" || column.role === "document";
}

/** Whether callers know the column by its name; the one that holds a document is known by the document's members alone. */
export function isNamed(column: ColumnModel): boolean {
  return column.role !== "document";
}

/** The table itself, where a model is what one caller sees of it. */
export function wholeTable(table: TableModel): TableModel {
  return table.whole ?? table;
}

/** Whether a body that creates a row must hold the column. */
export function isRequired(column: ColumnModel): boolean {
  return isWritable(column) && !column.optional && column.default === undefined && column.filled === undefined;
}

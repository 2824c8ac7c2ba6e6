import type { FilterOperator } from "../../schema/filter.ts";
import type { ColumnModel, MemberModel, TableModel } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type { AggregateFunction, DatePart } from "../../schema/aggregate.ts";
import type { Fragment } from "./fragment.ts";

/** The value of a filter on its way into SQL: the dialect may change its form before it is bound. */
export type BindValue = (as?: (value: Stored | readonly Stored[]) => Stored) => Fragment;

/** What differs between databases. The compilers ask it; they never ask which database it is. */
export interface SqlDialect {
  /** The name of the database engine, for people. */
  readonly engine: "SQLite" | "PostgreSQL" | "MariaDB";
  /** An identifier, quoted, so that any name can stand in SQL. */
  readonly quote: (name: string) => string;
  /** A JSON object of keys and expressions that are JSON values. */
  jsonObject(members: readonly JsonMember[]): Fragment;
  /**
   * The same with the members of a document between two groups of others: `document` is a column with one. None of the
   * document's members at the top whose name is in `without` is in the answer. A document that is broken has no members.
   */
  documentObject(object: DocumentObject): Fragment;
  /**
   * What a document has at the end of a path through objects, by name alone (`tags.0` finds nothing in an array):
   * - as `text`: the text of a string, the words `true` and `false` for a boolean; as `number`: a number, as a double;
   *   null for everything else, and where the path ends before;
   * - as `json`: any value as JSON text, null for null and where there is none.
   * A broken document has nothing. The expression is the one that an index of the path is made of.
   */
  member(asked: Pick<MemberModel, "path" | "as">, document: string): string;
  /**
   * The condition that a document has an array at the end of a path, and that some element of it, read as a text or as a
   * number like a member, equals the value, which is bound once.
   */
  memberHolds(asked: Pick<MemberModel, "path" | "as">, document: string, value: Fragment): Fragment;
  /** A document with a merge patch applied exactly as RFC 7396 says. Both are JSON objects as text; `patch` is written once. */
  mergedDocument(document: string, patch: string): string;
  /** What a column holds, in the form in which values are bound, compared and sorted. */
  value(column: ColumnModel, expression: string): string;
  /** A placeholder, bound to what is the same for every database, as a value that compares with the column's. */
  given(column: ColumnModel, placeholder: string): string;
  /** The opposite of `value`: an expression of that form, as the column is to hold it. */
  stored(column: ColumnModel, value: string): string;
  /** What the key of a new row is, where the database does not count it by itself. */
  newKey(table: TableModel): string | undefined;
  /** A statement behind inserts that brought keys of their own, where the database does not count on from them by itself. */
  countOn(table: TableModel): string | undefined;
  /** A column's value as JSON: exact decimals as text, broken values as null. */
  jsonValue(column: ColumnModel, expression: string): string;
  /** A column's value as the text that names its row: in addresses, tokens and the audit. */
  keyText(column: ColumnModel, expression: string): string;
  /** A text as a JSON value. */
  jsonText(expression: string): string;
  /** A scalar subquery that answers JSON text, put into another JSON value; `absent` where it answers none. */
  nestedJson(subquery: Fragment, absent: "null" | "[]"): Fragment;
  /** The aggregate that joins JSON texts by commas, or by newlines; no JSON that a database writes holds a newline. */
  joinJson(expression: string, as: "list" | "lines"): string;
  /** A JSON array of sort keys, 64-bit values as text. */
  keysJson(keys: readonly { readonly column: ColumnModel; readonly value: Fragment }[]): Fragment;
  /** A condition that is true or not, `ne` and `nin` being the exact opposites of `eq` and `in`. */
  compare(test: {
    readonly column: ColumnModel;
    readonly operator: FilterOperator;
    readonly expression: string;
    /** The column as it is held, where `expression` is made of it. */
    readonly held: string;
    readonly value: BindValue;
  }): Fragment;
  /** A part of ORDER BY: NULL is the smallest value everywhere. */
  order(expression: Fragment, key: { readonly descending: boolean; readonly mayBeNull: boolean }): Fragment;
  /** The opposite of a condition that may be unknown. */
  isNot(condition: Fragment): Fragment;
  /** A select of one row, `[keys as a JSON array, their number]`, or of none when there are more than `most`. */
  selectKeys(select: {
    readonly key: readonly ColumnModel[];
    readonly alias: string;
    /** The rows, each as one expression that is given. */
    readonly rows: (element: Fragment) => Fragment;
    readonly most: number;
  }): Fragment;
  /** `FROM … WHERE …` of the rows among those whose keys a JSON array has: each is looked up by its key. */
  fromSelected(table: { readonly name: string; readonly key: readonly ColumnModel[] }, alias: string): Fragment;
  /** The condition that a row's key is one of a JSON array that `selectKeys` answered. Bound: the array. */
  isSelected(key: readonly ColumnModel[]): string;
  /** The condition that a column has the value that the primary key or the unique index would clash with. Bound: the value. */
  isSame(column: ColumnModel, by: "key" | "index"): string;
  /** Columns as ON CONFLICT names them: those of the primary key, or of a unique index. */
  conflictTarget(columns: readonly ColumnModel[], by: "key" | "index"): string;
  /** A column's stored value in a form that loses nothing when it is bound again. */
  exposedValue(column: ColumnModel): string;
  /** The rows of a table that a full-text search finds, and how well each fits. */
  search(asked: SearchAsked): SearchSource;
  /** A statement that counts the rows of a search up to a limit. Bound: the text as `search` binds it, the limit. */
  searchProbe(table: TableModel): string;
  /** A number over the rows of a group. `column` is what it is made of: none for a count of rows. */
  aggregate(asked: {
    readonly name: AggregateFunction;
    readonly column: ColumnModel | undefined;
    readonly expression: string;
  }): string;
  /** A date or a time cut to its year, month, day or hour: `2024`, `2024-10`, `2024-10-28`, `2024-10-28T10:00:00.000Z`. */
  datePart(part: DatePart, expression: Fragment): Fragment;
  /** How tables of Servery's own are spelled. */
  readonly own: OwnTableWords;
  /** JSON that Servery itself reads, row by row and member by member. */
  readonly json: JsonWords;
  /** What a column holds, as a text that differs where the value does. */
  exactText(column: ColumnModel): string;
}

/** The types of columns in tables of Servery's own. */
export interface OwnTableWords {
  readonly text: string;
  /** A text that is short enough for a key. */
  readonly name: string;
  readonly integer: string;
  /** The types of columns that are read like declared ones. */
  readonly time: string;
  readonly uuid: string;
  readonly json: string;
  /** A whole number that the database counts, and never gives twice. */
  readonly counted: string;
  /** How a generated column is kept. */
  readonly generated: "STORED" | "VIRTUAL";
  /** What ends the statement. */
  readonly end: string;
}

/** Pieces of SQL over JSON texts. */
export interface JsonWords {
  /** Whether a list of texts holds one; what is no list holds none. */
  readonly holds: (list: string, text: string) => string;
  /** What follows FROM: the elements of a list, as `value`. */
  readonly elements: (list: string) => string;
  /** What follows FROM: the members of an object, as `key` and `value`. */
  readonly members: (object: string) => string;
  /** A part of a list that is an element itself, by its place. */
  readonly part: (list: string, at: number) => string;
  /** Aggregates a list of texts. */
  readonly list: (text: string) => string;
  /** Aggregates a list of lists of texts. */
  readonly rows: (texts: readonly string[]) => string;
}

export interface JsonMember {
  readonly key: string;
  readonly value: Fragment;
}

export interface DocumentObject {
  readonly before: readonly JsonMember[];
  /** The column that holds the document. */
  readonly document: string;
  readonly without: ReadonlySet<string>;
  readonly after: readonly JsonMember[];
}

export interface SearchAsked {
  readonly table: TableModel;
  /** The columns that are searched: some or all of those the table declares. */
  readonly columns: readonly ColumnModel[];
  /** What the table's own rows are called. */
  readonly alias: string;
  /** A name that nothing else has. */
  readonly other: string;
  readonly value: BindValue;
}

export interface SearchSource {
  /** What follows FROM. The search comes first: the rows it finds are looked up, not the other way round. */
  readonly from: Fragment;
  readonly where: Fragment;
  /** The smaller, the better a row fits. */
  readonly rank: Fragment;
}

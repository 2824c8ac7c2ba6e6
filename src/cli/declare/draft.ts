import type { OnDelete } from "../../schema/column.ts";

/** A declaration on its way to being written: what is in it, and what is said about it. */
export interface Draft {
  readonly title: string;
  /** Whether the tables are another program's, and are served as they are. */
  readonly adopted: boolean;
  readonly tables: readonly DraftTable[];
  readonly leftOut: readonly LeftOut[];
}

export interface DraftTable {
  readonly name: string;
  readonly is: "table" | "view";
  /** In the order of the source, with the places where one was left out. */
  readonly columns: readonly (DraftColumn | LeftOut)[];
  readonly key: readonly string[];
  /** Options of the table beside those that switch columns off. */
  readonly options: DraftOptions;
  readonly uniques: readonly (readonly string[])[];
  /** Why no row can be created, where none can. */
  readonly cannotCreate?: string;
  readonly notes: readonly string[];
  readonly rows: number;
}

export interface DraftOptions {
  readonly path?: string;
  /** The table has no key but SQLite's own number of the row. */
  readonly rowid?: true;
}

export interface DraftColumn {
  readonly name: string;
  readonly kind: DraftKind;
  /** Instead of its own kind the column has that of the key it refers to. */
  readonly reference?: DraftReference;
  /** A value in JSON. */
  readonly default?: unknown;
  readonly optional: boolean;
  readonly unique: boolean;
  /** The database makes the value. */
  readonly filled: boolean;
  /** What was guessed about it, and from what. */
  readonly notes: readonly string[];
}

/** A kind as TypeScript: `decimal(10, 2).stored("real")`, and which function of servery it calls. */
export interface DraftKind {
  readonly call: string;
  readonly uses: string;
}

export interface DraftReference {
  readonly table: string;
  readonly as?: string;
  readonly reverse?: string;
  readonly onDelete?: Exclude<OnDelete, "restrict">;
}

/** Something of the source that the declaration does not have. */
export interface LeftOut {
  readonly leftOut: string;
  readonly reason: string;
}

export function isLeftOut(entry: DraftColumn | LeftOut): entry is LeftOut {
  return "leftOut" in entry;
}

/** The columns that a table has. */
export function columnsOf(table: DraftTable): DraftColumn[] {
  return table.columns.filter((entry): entry is DraftColumn => !isLeftOut(entry));
}

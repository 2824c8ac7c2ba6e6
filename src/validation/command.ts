import type { Assignment, EarlierValue } from "../schema/assignment.ts";
import type { CallModel } from "../schema/call-model.ts";
import type { ConflictChoice } from "../schema/conflict-choices.ts";
import type { ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { ReadShape } from "./read-shape.ts";

/**
 * Only `validation/` makes commands: the brand is a symbol that nobody else can write, so a request
 * that was not checked cannot reach the service.
 */
declare const checked: unique symbol;
export interface Checked {
  readonly [checked]: true;
}

/** A read that was checked: the shape, and this request's values in the order of its slots. */
export interface ReadCommand extends Checked {
  readonly shape: ReadShape;
  readonly values: readonly (Stored | readonly Stored[])[];
  readonly offset: number;
  /** The sort keys of the first row of the page. */
  readonly after: readonly Stored[];
  /** What a cursor of this list is signed for. */
  readonly identity: string;
  /** For a nested list: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
}

/** Conditions of RFC 9110 §13 on a write. */
export interface Preconditions {
  /** Tags of If-Match; "*" for any row; undefined when the header is absent. */
  readonly match: readonly string[] | "*" | undefined;
  readonly noneMatch: readonly string[] | "*" | undefined;
}

/** The row of a path, or the rows that a filter selects. */
export type WriteTarget =
  | { readonly key: readonly (Stored | EarlierValue)[] }
  | { readonly selection: ReadCommand; readonly most: number };

interface WriteBase extends Checked {
  readonly table: TableModel;
  readonly preconditions: Preconditions;
  /** The columns that are read for the answer. */
  readonly answer: readonly ColumnModel[];
  /** The columns that the answer holds, where some are computed. */
  readonly shown: readonly ColumnModel[] | undefined;
}

/** A row to be made, with the rows that are to refer to it. */
export interface NewRow {
  readonly assignments: readonly Assignment[];
  readonly children: readonly NewChildren[];
  /** Where the row stands in the body: "" for the body itself. */
  readonly pointer: string;
}

export interface NewChildren {
  readonly relation: RelationModel;
  readonly table: TableModel;
  /** The children's column that refers to the new row. */
  readonly reference: ColumnModel;
  readonly rows: readonly NewRow[];
}

export interface CreateCommand extends WriteBase {
  readonly action: "create";
  readonly rows: readonly NewRow[];
  /** Whether the body was a list: then the answer is one too. */
  readonly list: boolean;
  /** For a nested create: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
}

/** Rows that are made, or replaced where one with the same values in `conflict` is there. */
export interface UpsertCommand extends WriteBase {
  readonly action: "upsert";
  readonly conflict: ConflictChoice;
  readonly rows: readonly NewRow[];
  readonly list: boolean;
}

export interface UpdateCommand extends WriteBase {
  readonly action: "update" | "replace";
  readonly target: WriteTarget;
  readonly assignments: readonly Assignment[];
  /** Columns the server fills that were sent: they must equal what is stored. */
  readonly unchanged: readonly Assignment[];
}

export interface DeleteCommand extends WriteBase {
  readonly action: "delete";
  readonly target: WriteTarget;
  /** Rows that the delete may take with it; beyond that it is refused as a whole. */
  readonly cascadeLimit: number;
}

/** What writes rows of one table. */
export type WriteCommand = CreateCommand | UpsertCommand | UpdateCommand | DeleteCommand;

/** Several writes, all or none; a later one may use what an earlier one made. */
export interface BatchCommand extends Checked {
  readonly action: "batch";
  readonly operations: readonly WriteCommand[];
}

/** Rows that come as a stream, written all or none once the last one has come. */
export interface ImportCommand extends Checked {
  readonly action: "import";
  readonly table: TableModel;
  /** For rows below a parent: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
  /** The rows in groups, each row as one line of JSON; rejected where some are wrong, with the findings of all. */
  readonly rows: AsyncIterable<readonly string[]>;
  /** The command that writes some of those lines; `first` is the number of the first of them. */
  readonly create: (lines: readonly string[], first: number) => CreateCommand;
}

/** What the code of a route gets of its request. */
export interface CheckedInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A call of the application's own code. Its validator may wait: then the input is promised, or its refusal is. */
export interface CallCommand extends Checked {
  readonly call: CallModel;
  readonly input: CheckedInput | Promise<CheckedInput>;
}

export type Command = ReadCommand | WriteCommand | BatchCommand | CallCommand | ImportCommand;

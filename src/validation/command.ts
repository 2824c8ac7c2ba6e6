import type { Assignment } from "../schema/assignment.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
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

interface WriteBase extends Checked {
  readonly table: TableModel;
  readonly preconditions: Preconditions;
  /** The columns that the answer holds. */
  readonly answer: readonly ColumnModel[];
}

export interface CreateCommand extends WriteBase {
  readonly action: "create";
  readonly assignments: readonly Assignment[];
  /** For a nested create: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
}

export interface UpdateCommand extends WriteBase {
  readonly action: "update" | "replace";
  readonly key: readonly Stored[];
  readonly assignments: readonly Assignment[];
  /** Columns the server fills that were sent: they must equal what is stored. */
  readonly unchanged: readonly Assignment[];
}

export interface DeleteCommand extends WriteBase {
  readonly action: "delete";
  readonly key: readonly Stored[];
  /** Rows that the delete may take with it; beyond that it is refused as a whole. */
  readonly cascadeLimit: number;
}

export type WriteCommand = CreateCommand | UpdateCommand | DeleteCommand;
export type Command = ReadCommand | WriteCommand;

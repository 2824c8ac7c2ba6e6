import type { ColumnModel } from "./model.ts";
import type { Stored } from "./stored.ts";

/** The value of a column of the row that an earlier operation of the same batch wrote: known only while the batch runs. */
export interface EarlierValue {
  /** The operation's place in the batch. */
  readonly operation: number;
  readonly column: ColumnModel;
}

/** A value for a column, ready to be bound. */
export interface Assignment {
  readonly column: ColumnModel;
  readonly value: Stored | EarlierValue;
  /** The value is added to what is stored instead of taking its place. */
  readonly increment?: boolean;
  /** The value is a merge patch (RFC 7396) for what is stored. */
  readonly merge?: boolean;
}

export function isEarlierValue(value: Stored | EarlierValue): value is EarlierValue {
  return typeof value === "object" && value !== null && "operation" in value;
}

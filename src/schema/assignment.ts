import type { ColumnModel } from "./model.ts";
import type { Stored } from "./stored.ts";

/** A value for a column, ready to be bound. */
export interface Assignment {
  readonly column: ColumnModel;
  readonly value: Stored;
}

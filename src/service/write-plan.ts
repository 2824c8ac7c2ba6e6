import type { ColumnModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { Assignment } from "../schema/assignment.ts";
import type { Preconditions } from "../validation/command.ts";

interface WritePlanBase {
  readonly table: TableModel;
  readonly preconditions: Preconditions;
  readonly answer: readonly ColumnModel[];
}

/** A row to insert: every value decided, but those copied from the row that a reference names. */
export interface InsertPlan extends WritePlanBase {
  readonly write: "insert";
  readonly assignments: readonly Assignment[];
  /** Columns taken from another row: `value` is the key of that row. */
  readonly copies: readonly (Assignment & {
    readonly from: { readonly table: string; readonly key: string; readonly column: string };
  })[];
}

export interface UpdatePlan extends WritePlanBase {
  readonly write: "update";
  readonly key: readonly Stored[];
  readonly assignments: readonly Assignment[];
  readonly unchanged: readonly Assignment[];
}

export interface DeletePlan extends WritePlanBase {
  readonly write: "delete";
  readonly key: readonly Stored[];
  readonly cascadeLimit: number;
}

export type WritePlan = InsertPlan | UpdatePlan | DeletePlan;

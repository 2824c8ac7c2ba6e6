import type { Assignment, EarlierValue } from "../schema/assignment.ts";
import type { ConflictChoice } from "../schema/conflict-choices.ts";
import type { ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { Preconditions, ReadCommand } from "../validation/command.ts";
import type { ReadPlan } from "./read-plan.ts";

interface WritePlanBase {
  readonly table: TableModel;
  readonly preconditions: Preconditions;
  readonly answer: readonly ColumnModel[];
  /** The time of the write, as it is stored: also for rows that change with it. */
  readonly now: string;
}

/** A row to insert: every value decided, but those copied from the row that a reference names. */
export interface RowPlan {
  readonly assignments: readonly Assignment[];
  /** Columns taken from another row: `value` is the key of that row. */
  readonly copies: readonly CopyPlan[];
  readonly children: readonly ChildrenPlan[];
  /** Where the row stands in the body. */
  readonly pointer: string;
}

export interface CopyPlan extends Assignment {
  readonly from: { readonly table: string; readonly key: string; readonly column: string };
  /** The reference that names that row. */
  readonly through: ColumnModel;
}

/** Rows whose `reference` takes the key of the row they stand below. */
export interface ChildrenPlan {
  readonly relation: RelationModel;
  readonly table: TableModel;
  readonly reference: ColumnModel;
  readonly rows: readonly RowPlan[];
}

export interface InsertPlan extends WritePlanBase {
  readonly write: "insert";
  readonly rows: readonly RowPlan[];
  readonly list: boolean;
}

export interface UpsertPlan extends WritePlanBase {
  readonly write: "upsert";
  readonly conflict: ConflictChoice;
  readonly rows: readonly RowPlan[];
  readonly list: boolean;
  /** What this caller may do: with one of both, every row must turn out to be that. */
  readonly mayCreate: boolean;
  readonly mayUpdate: boolean;
}

/** One row by its key, or the rows that a read with all its policies selects, at most so many. */
export type TargetPlan =
  | { readonly key: readonly (Stored | EarlierValue)[] }
  | { readonly selection: ReadPlan; readonly values: ReadCommand; readonly most: number };

export interface UpdatePlan extends WritePlanBase {
  readonly write: "update";
  readonly target: TargetPlan;
  readonly assignments: readonly Assignment[];
  readonly unchanged: readonly Assignment[];
}

export interface DeletePlan extends WritePlanBase {
  readonly write: "delete";
  readonly target: TargetPlan;
  readonly cascadeLimit: number;
  /** Whether the rows that go are told, for those who wait for them. */
  readonly tells: boolean;
}

export type WritePlan = InsertPlan | UpsertPlan | UpdatePlan | DeletePlan;

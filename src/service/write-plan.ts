import type { CallerValues, Principal } from "../auth/principal.ts";
import type { Assignment, EarlierValue } from "../schema/assignment.ts";
import type { ConflictChoice } from "../schema/conflict-choices.ts";
import type { Explanation } from "../errors/explanation.ts";
import type { FilterNode } from "../schema/filter.ts";
import type { ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { TableAction } from "../schema/rule.ts";
import type { Stored } from "../schema/stored.ts";
import type { NewAccount, Preconditions, PromotedAccount, ReadCommand } from "../validation/command.ts";
import type { ReadPlan } from "./read-plan.ts";

/** The side of a table that the writer sees. */
export interface SeenTable {
  /** Without what is closed to the writer. */
  readonly seen: TableModel;
  /** The rows that the writer may read. */
  readonly readable: FilterNode;
}

/** Who a change is kept of. */
export interface Author {
  readonly kind: Principal["kind"];
  /** The accounts table of an account, and its key as a text. */
  readonly table: string | null;
  readonly key: string | null;
  /** Why the server itself writes. */
  readonly reason: string | null;
  readonly requestId: string | null;
}

/** Who writes, as far as statements have to know. */
export interface PlanWriter {
  /** Whether signing in could open what is closed to it. */
  readonly anonymous: boolean;
  /** The writer's own values in its policies. */
  readonly values: CallerValues;
  readonly who: Author;
  /** The session that it writes with; it stays where a change ends the account's others. */
  readonly session: string | undefined;
  of(table: Pick<TableModel, "name">): SeenTable;
  /** Why a rule of a table said no to this writer: that of an action, or of writing a column. */
  explain(
    table: Pick<TableModel, "name">,
    refused: readonly (TableAction | { readonly column: string })[],
  ): Explanation;
}

interface WritePlanBase {
  readonly table: TableModel;
  readonly writer: PlanWriter;
  /** Whether code waits for the rows as they are stored, whatever of them the writer sees. */
  readonly tells: boolean;
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
  /** What must hold of the new row. */
  readonly must: RowConditions;
  /** Where the row stands in the body. */
  readonly pointer: string;
}

/** Conditions that a row is held to inside the write's transaction. */
export interface RowConditions {
  /** The policy of the action, as far as it is not known to hold. */
  readonly policy: FilterNode;
  /** Columns that may be written only in some rows. */
  readonly columns: readonly { readonly column: ColumnModel; readonly rows: FilterNode }[];
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
  /** What is kept of the account that the row is made with. */
  readonly account?: NewAccount;
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
  /** Row by row the columns that a row takes over when it is there already. */
  readonly replaces: readonly (readonly ColumnModel[])[];
  /** The rows that it may update. */
  readonly updatable: FilterNode;
}

/** One row by its key, or the rows that a read with all its policies selects, at most so many. */
export type TargetPlan =
  | { readonly key: readonly (Stored | EarlierValue)[] }
  | { readonly selection: ReadPlan; readonly values: ReadCommand; readonly most: number };

export interface UpdatePlan extends WritePlanBase {
  readonly write: "update";
  readonly account?: PromotedAccount;
  readonly target: TargetPlan;
  /** The rows that may be changed. */
  readonly allowed: FilterNode;
  /** What must hold of the rows afterwards. */
  readonly must: RowConditions;
  readonly assignments: readonly Assignment[];
  readonly unchanged: readonly Assignment[];
}

export interface DeletePlan extends WritePlanBase {
  readonly write: "delete";
  readonly target: TargetPlan;
  /** The rows that may be deleted. */
  readonly allowed: FilterNode;
  readonly cascadeLimit: number;
}

export type WritePlan = InsertPlan | UpsertPlan | UpdatePlan | DeletePlan;

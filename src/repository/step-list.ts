import type { Stored, StepResult, Write, WriteStep } from "../database/database.ts";
import { type EarlierValue, isEarlierValue } from "../schema/assignment.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import type { WritePlan } from "../service/write-plan.ts";

/** What a step belongs to: so that a refusal or failure can be told in the caller's words. */
export interface StepOrigin {
  readonly plan: WritePlan;
  /** The table that the step is about: for rows that come along it is not the plan's. */
  readonly table: TableModel;
  /** Where the row stands in the operation's body. */
  readonly pointer: string;
  /** The operation's place. */
  readonly operation: number;
}

/** A row that a step writes, as far as later steps refer to it. */
export interface MadeRow {
  readonly step: number;
  /** The place of each exposed column in what the step answers. */
  readonly columns: ReadonlyMap<ColumnModel, number>;
}

/** The steps of one write while it is put together. */
export class StepList {
  readonly #steps: WriteStep[] = [];
  readonly origins: StepOrigin[] = [];
  /** By the operation's place: the one row it writes. */
  readonly #made: MadeRow[] = [];
  #refers = false;
  #kept = 0;

  /** Adds a step; answers its place. */
  add(step: WriteStep, origin: StepOrigin): number {
    this.origins.push(origin);
    return this.#steps.push(step) - 1;
  }

  /** Adds a step whose rows are kept; answers their place among what is kept. */
  keep(step: WriteStep, origin: StepOrigin): { readonly step: number; readonly kept: number } {
    const { sql, params, returns, changes, expect } = step;
    const keeping = { sql, params, returns, keep: true, changes, ...(expect === undefined ? {} : { expect }) };
    return { step: this.add(keeping, origin), kept: this.#kept++ };
  }

  /** Says where later operations find the row of this one. */
  made(operation: number, row: MadeRow): void {
    this.#made[operation] = row;
  }

  /** A value as it is bound: what an earlier operation will have written is named by its step. */
  bind(value: Stored | EarlierValue): Stored | StepResult {
    if (!isEarlierValue(value)) return value;
    const made = this.#made[value.operation];
    if (made === undefined) throw new Error(`operation ${value.operation} writes no row to refer to`);
    return this.result(made, value.column);
  }

  result(made: MadeRow, column: ColumnModel): StepResult {
    const at = made.columns.get(column);
    if (at === undefined) throw new Error(`step ${made.step} does not answer ${column.name}`);
    return this.refer(made.step, at);
  }

  refer(step: number, column: number): StepResult {
    this.#refers = true;
    return { step, column };
  }

  /** All rows kept so far, as the value of a later step. */
  allKept(): StepResult {
    this.#refers = true;
    return { step: "kept" };
  }

  write(): Write {
    return this.#refers ? { steps: this.#steps, refers: true } : { steps: this.#steps };
  }
}

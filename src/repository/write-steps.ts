import type { Stored, Write } from "../database/database.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { type Assignment, isEarlierValue } from "../schema/assignment.ts";
import type { ColumnModel, SchemaModel } from "../schema/model.ts";
import type { TimedAnswer } from "../service/kept-answer.ts";
import type { DeletePlan, RowPlan, UpdatePlan, WritePlan } from "../service/write-plan.ts";
import { auditOf } from "./audit-steps.ts";
import { ChangeSteps, type KeptChange } from "./change-steps.ts";
import { keepAnswerSteps, lookForAnswer } from "./kept-answers.ts";
import { type SelectedKeys, SelectionTexts } from "./row-selections.ts";
import type { KeptRow } from "./kept-row.ts";
import { RowSteps } from "./row-steps.ts";
import { StepList, type StepOrigin } from "./step-list.ts";
import { WriteTexts } from "./write-texts.ts";

/** Where the answer of one operation is found among what a write keeps. */
export type KeptOperation =
  | { readonly plan: WritePlan; readonly made: readonly KeptRow[] }
  | { readonly plan: WritePlan; readonly change: KeptChange };

/** A write ready to be sent, and how its outcome is read. */
export interface CompiledWrite {
  readonly write: Write;
  readonly operations: readonly KeptOperation[];
  /** What each step belongs to. */
  readonly origins: readonly StepOrigin[];
  /** Whether the caller sent operations, so that a problem has to say which one it is about. */
  readonly batch: boolean;
}

/** How plans become a write. */
export interface CompileOptions {
  /** The name under which the answer is kept in the same transaction. */
  readonly keep?: TimedAnswer | undefined;
  readonly batch?: boolean | undefined;
  readonly selected?: SelectedKeys | undefined;
}

/** Turns plans into one write: statements as data, each with what must be true of its result. */
export class WriteSteps {
  readonly #texts: WriteTexts;
  readonly selections: SelectionTexts;

  constructor(dialect: SqlDialect, schema: SchemaModel) {
    this.#texts = new WriteTexts(dialect, schema);
    this.selections = new SelectionTexts(dialect);
  }

  /** The steps of all operations, in order. */
  compile(plans: readonly WritePlan[], { keep, batch = false, selected }: CompileOptions = {}): CompiledWrite {
    const list = new StepList();
    const [first] = plans;
    const exposed = plans.length > 1 ? exposedBy(plans) : undefined;
    if (keep !== undefined && first !== undefined) list.add(lookForAnswer(keep), originOf(first));
    const operations = plans.map((plan, operation): KeptOperation => {
      const columns = exposed?.get(operation) ?? [];
      const audit = auditOf(this.#texts, list, plan);
      if (plan.write === "insert" || plan.write === "upsert") {
        const made = new RowSteps(this.#texts, list, { plan, operation, exposed: columns, audit }).steps(plan);
        audit?.finish();
        return { plan, made };
      }
      const changes = new ChangeSteps(this.#texts, list, {
        operation,
        keys: selected?.get(operation),
        selections: this.selections,
        audit,
      });
      const change = plan.write === "update" ? changes.update(plan, columns) : changes.delete(plan);
      audit?.finish();
      return { plan, change };
    });
    if (keep !== undefined && first !== undefined) keepAnswerSteps(list, keep, originOf(first));
    return { write: list.write(), operations, origins: list.origins, batch };
  }

  /** Reads the rows that a change or delete is about, whose keys may have been selected beforehand. */
  look(plan: UpdatePlan | DeletePlan, keys: Stored | undefined): Pick<CompiledWrite, "write" | "origins"> {
    const list = new StepList();
    new ChangeSteps(this.#texts, list, { operation: 0, keys, selections: this.selections }).look(plan);
    return { write: list.write(), origins: list.origins };
  }
}

function originOf(plan: WritePlan): StepOrigin {
  return { plan, table: plan.table, pointer: "", operation: 0 };
}

/** What later operations refer to, by the operation that makes it. */
function exposedBy(plans: readonly WritePlan[]): Map<number, ColumnModel[]> {
  const exposed = new Map<number, ColumnModel[]>();
  const note = (value: Assignment["value"]): void => {
    if (!isEarlierValue(value)) return;
    const columns = exposed.get(value.operation) ?? [];
    if (!columns.includes(value.column)) exposed.set(value.operation, [...columns, value.column]);
  };
  const noteRow = (row: RowPlan): void => {
    for (const { value } of [...row.assignments, ...row.copies]) note(value);
    for (const group of row.children) group.rows.forEach(noteRow);
  };
  for (const plan of plans) {
    if (plan.write === "insert" || plan.write === "upsert") plan.rows.forEach(noteRow);
    else if ("key" in plan.target) plan.target.key.forEach(note);
    if (plan.write === "update") for (const { value } of plan.assignments) note(value);
  }
  return exposed;
}

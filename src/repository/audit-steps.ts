import type { Stored, StepResult, WriteStep } from "../database/database.ts";
import * as audit from "../database/sql/audit.ts";
import { privateColumns } from "../schema/audit-table.ts";
import type { SumModel, TableModel } from "../schema/model.ts";
import { tableOf } from "../schema/model.ts";
import { uuidVersion7 } from "../schema/uuid-version-7.ts";
import type { WritePlan } from "../service/write-plan.ts";
import type { StepList, StepOrigin } from "./step-list.ts";
import type { WriteTexts } from "./write-texts.ts";

/** Rows of one table that a statement changes: a condition, and what is bound in it. */
export interface AuditedRows {
  readonly table: TableModel;
  readonly rows: string;
  readonly values: readonly (Stored | StepResult)[];
}

/** Rows that a statement changes, and the statement. */
interface Changing extends AuditedRows {
  readonly origin: StepOrigin;
}

/**
 * Puts the steps together that keep what one operation changes in audited tables. They stand around its own steps, so
 * that they come or go with them. Where no such table is touched there are none.
 */
export class AuditSteps {
  readonly #texts: WriteTexts;
  readonly #list: StepList;
  readonly #plan: WritePlan;
  /** What the entries of the operation have in common. */
  #change: string | undefined;
  /** Tables whose rows may have changed after they were entered, each with where that was first. */
  readonly #changed = new Map<TableModel, StepOrigin>();

  constructor(texts: WriteTexts, list: StepList, plan: WritePlan) {
    this.#texts = texts;
    this.#list = list;
    this.#plan = plan;
  }

  /** Adds statements that change rows, with what is kept of them. Answers what `add` answers. */
  changes<Result>({ table, rows, values, origin }: Changing, add: () => Result): Result {
    if (!table.audited) return add();
    const { dialect } = this.#texts;
    this.#enter({ table, rows, values, origin }, "before");
    this.#changed.set(table, this.#changed.get(table) ?? origin);
    if (privateColumns(table).length === 0) return add();
    const look = this.#texts.kept(`audit hidden\0${table.name}\0${rows}`, () => audit.hiddenSql(table, rows, dialect));
    const step = this.#list.add({ sql: look, params: values, returns: true, changes: false }, origin);
    const added = add();
    const mark = this.#texts.kept(`audit mark\0${table.name}`, () => audit.markSql(table, dialect));
    this.#own(mark, [this.#list.refer(step, 0), this.#changeId(), table.name], origin);
    return added;
  }

  /** Enters rows that are about to go. */
  goes(going: Changing): void {
    if (going.table.audited) this.#enter(going, "before");
  }

  /** Enters a row that was made. */
  made(making: Changing): void {
    if (making.table.audited) this.#enter(making, "after");
  }

  /** Adds statements that keep a sum in the rows that `parents` selects. */
  sums(
    sum: SumModel,
    {
      parents,
      values,
      origin,
    }: {
      readonly parents: string;
      readonly values: readonly (Stored | StepResult)[];
      readonly origin: StepOrigin;
    },
    add: () => void,
  ): void {
    const rows = audit.summedRows(sum, parents, this.#texts.dialect);
    this.changes({ table: tableOf(this.#texts.schema, sum.table), rows, values, origin }, add);
  }

  /** When everything of the operation is done. */
  finish(): void {
    for (const [table, origin] of this.#changed)
      for (const sql of this.#texts.finish(table)) this.#own(sql, [this.#changeId(), table.name], origin);
  }

  #enter({ table, rows, values, origin }: Changing, as: "before" | "after"): void {
    const sql = this.#texts.kept(`audit ${as}\0${table.name}\0${rows}`, () =>
      audit.enterSql(table, { rows, as }, this.#texts.dialect),
    );
    const { kind, table: of, key, reason, requestId } = this.#plan.writer.who;
    const by = [this.#changeId(), this.#plan.now, requestId, kind, of, key, reason];
    this.#own(sql, [...by, table.name, ...values], origin);
  }

  /** Made with the first entry: most operations have none. */
  #changeId(): string {
    return (this.#change ??= uuidVersion7());
  }

  /** A step on rows of Servery's own, which do not count among those that the write changes. */
  #own(sql: string, params: WriteStep["params"], origin: StepOrigin): void {
    this.#list.add({ sql, params, returns: false, changes: true, counts: false }, origin);
  }
}

/** The steps that keep changes, where the application has an audited table. */
export function auditOf(texts: WriteTexts, list: StepList, plan: WritePlan): AuditSteps | undefined {
  return texts.audits ? new AuditSteps(texts, list, plan) : undefined;
}

import type { Stored, StepResult, WriteStep } from "../database/database.ts";
import * as write from "../database/sql/compile-write.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import type { DeletePlan, UpdatePlan } from "../service/write-plan.ts";
import { bindRead } from "./bind-read.ts";
import { referenceSteps, sumStep } from "./effect-steps.ts";
import type { Selection, SelectionTexts } from "./row-selections.ts";
import type { StepList, StepOrigin } from "./step-list.ts";
import { changesItself, exposedPlaces, namesOf, otherColumns, type WriteTexts } from "./write-texts.ts";

/** The rows that a write is about: a condition, what is bound in it, and where their number is kept. */
interface TargetRows {
  readonly rows: write.RowsCondition;
  readonly values: readonly (Stored | StepResult)[];
  /** Undefined for one row by its key. */
  readonly counted: number | undefined;
}

/** The rows of an update, and what of them later operations refer to. */
interface Answered {
  readonly target: TargetRows;
  readonly exposed: readonly ColumnModel[];
}

/** Where the answer of a change is found among what was kept. */
export interface KeptChange {
  /** The rows as they are now, or as they were for a delete that tells them; else undefined. */
  readonly rows: number | undefined;
  /** The number of rows that a filter selected; undefined for one row by its key. */
  readonly counted: number | undefined;
}

const NOT_FOUND = [{ is: "some", otherwise: { code: "not_found" } }] as const;

/** Which operation the steps are for, and what was selected for it. */
interface ChangeOf {
  readonly operation: number;
  /** The keys of rows that were selected beforehand. */
  readonly keys: Stored | undefined;
  readonly selections: SelectionTexts;
}

/** Puts the steps together that change or delete rows. */
export class ChangeSteps {
  readonly #texts: WriteTexts;
  readonly #list: StepList;
  readonly #of: ChangeOf;

  constructor(texts: WriteTexts, list: StepList, of: ChangeOf) {
    this.#texts = texts;
    this.#list = list;
    this.#of = of;
  }

  update(plan: UpdatePlan, exposed: readonly ColumnModel[]): KeptChange {
    const { table, assignments } = plan;
    const origin = this.#origin(plan);
    const target = this.#target(plan, origin);
    this.#unchanged(plan, target, origin);
    if (assignments.length === 0) return this.#read(plan, { target, exposed }, origin);
    for (const step of referenceSteps(this.#texts, assignments, (value) => this.#list.bind(value)))
      this.#list.add(step, origin);
    const sums = table.sums.filter((sum) =>
      assignments.some(({ column }) => column === sum.reference || sum.factors.includes(column)),
    );
    const sumUp = (leaveOut: boolean): void => {
      const { rows, values } = target;
      for (const sum of sums)
        this.#list.add(sumStep(this.#texts, sum, { table, rows: rows.text, values, leaveOut, now: plan.now }), origin);
    };
    // A row may move from one parent to another, so the one it leaves is summed without it first.
    sumUp(true);
    const change = this.#change(plan, { target, exposed }, origin);
    sumUp(false);
    return change ?? this.#read(plan, { target, exposed }, origin);
  }

  /** Columns that the server fills and that were sent must be as they are stored. */
  #unchanged({ table, unchanged }: UpdatePlan, { values }: TargetRows, origin: StepOrigin): void {
    for (const { column, value } of unchanged) {
      const expect = [{ is: "some", otherwise: { code: "read_only", pointer: pointerTo(column.name) } }] as const;
      const sql = write.unchangedSql(table, column, this.#texts.dialect);
      const params = [...values, this.#list.bind(value)];
      this.#list.add({ sql, params, returns: true, changes: false, expect }, origin);
    }
  }

  /** The update; answers where its rows are kept, unless they have to be read when everything is done. */
  #change(plan: UpdatePlan, { target, exposed }: Answered, origin: StepOrigin): KeptChange | undefined {
    const { table, assignments, answer } = plan;
    const { rows, values, counted } = target;
    const { dialect } = this.#texts;
    const increments = assignments.filter(({ increment }) => increment === true).map(({ column }) => column);
    const key = `update\0${table.name}\0${counted === undefined ? "one" : "selected"}\0${namesOf(increments)}\0\0${namesOf(assignments.map(({ column }) => column))}`;
    const make = (): string => write.updateSql(table, assignments, { rows, dialect });
    const params = [...assignments.map(({ value }) => this.#list.bind(value)), ...values];
    if (counted === undefined && !changesItself(table)) {
      const answered = { table, other: otherColumns(table, answer), exposed };
      const sql = this.#texts.returning(key, answered, make);
      return this.#kept({ sql, params, returns: true, changes: true, expect: NOT_FOUND }, answered, origin);
    }
    // RETURNING would gather all rows in memory before it answers the first; a select stops at the limit of an answer.
    const expect = counted === undefined ? { expect: NOT_FOUND } : {};
    this.#list.add({ sql: this.#texts.kept(key, make), params, returns: false, changes: true, ...expect }, origin);
    return undefined;
  }

  /** The rows as they are now. */
  #read(plan: UpdatePlan, { target, exposed }: Answered, origin: StepOrigin): KeptChange {
    const { table, answer } = plan;
    const { rows, values, counted } = target;
    const { dialect } = this.#texts;
    const answered = { table, other: otherColumns(table, answer), exposed };
    const expressions = write.writtenColumns(table, answered, dialect);
    const key = `rows\0${table.name}\0${counted === undefined ? "one" : "selected"}\0${namesOf(answer)}\0\0${namesOf(exposed)}`;
    const sql = this.#texts.kept(key, () => write.selectSql(table, { expressions, rows }, dialect));
    const step: WriteStep = { sql, params: values, returns: true, changes: false };
    if (counted !== undefined) return { rows: this.#list.keep(step, origin).kept, counted };
    return this.#kept({ ...step, expect: NOT_FOUND }, answered, origin);
  }

  #kept(
    step: WriteStep,
    answered: { readonly table: TableModel } & write.WrittenColumns,
    origin: StepOrigin,
  ): KeptChange {
    const added = this.#list.keep(step, origin);
    this.#list.made(this.#of.operation, { step: added.step, columns: exposedPlaces(answered.table, answered) });
    return { rows: added.kept, counted: undefined };
  }

  delete(plan: DeletePlan): KeptChange {
    const { table } = plan;
    const origin = this.#origin(plan);
    const { rows, values, counted } = this.#target(plan, origin);
    const { dialect } = this.#texts;
    const answered = write.writtenColumns(table, {}, dialect);
    // Gathered by RETURNING, they would all stand in memory; a select stops at the limit of an answer.
    const told =
      plan.tells && counted !== undefined
        ? this.#list.keep(
            {
              sql: write.selectSql(table, { expressions: answered, rows }, dialect),
              params: values,
              returns: true,
              changes: false,
            },
            origin,
          ).kept
        : undefined;
    const atMost = { is: "atMost", limit: plan.cascadeLimit, otherwise: { code: "limit_exceeded" } } as const;
    const none = { is: "none", otherwise: { code: "limit_exceeded" } } as const;
    for (const { sql, keys, touches, guard = false } of this.#texts.cascade({
      table,
      rows,
      limit: plan.cascadeLimit,
    })) {
      const repeated = Array.from({ length: keys / rows.width }, () => values).flat();
      const params = touches ? [plan.now, ...repeated] : repeated;
      this.#list.add({ sql, params, returns: guard, changes: !guard, expect: [guard ? none : atMost] }, origin);
    }
    const sql = write.deleteSql(table, rows, dialect);
    if (counted !== undefined || !plan.tells) {
      const expect = counted === undefined ? { expect: NOT_FOUND } : {};
      this.#list.add({ sql, params: values, returns: false, changes: true, ...expect }, origin);
      return { rows: told, counted };
    }
    const step = { sql: `${sql} RETURNING ${answered}`, params: values, returns: true, changes: true };
    return { rows: this.#list.keep({ ...step, expect: NOT_FOUND }, origin).kept, counted };
  }

  /** Reads the rows that a change or delete is about. */
  look(plan: UpdatePlan | DeletePlan): void {
    const { table } = plan;
    const { dialect } = this.#texts;
    const origin = this.#origin(plan);
    const unconditional = { ...plan, preconditions: { match: undefined, noneMatch: undefined }, unchanged: [] };
    const { rows, values } = this.#target(unconditional, origin);
    const sql = write.selectSql(table, { expressions: write.returningJson(table.columns, dialect), rows }, dialect);
    this.#list.keep({ sql, params: values, returns: true, changes: false }, origin);
  }

  #origin(plan: UpdatePlan | DeletePlan): StepOrigin {
    return { plan, table: plan.table, pointer: "", operation: this.#of.operation };
  }

  /** Which rows are meant, decided before anything changes: a later step could alter what a filter selects. */
  #target(plan: UpdatePlan | DeletePlan, origin: StepOrigin): TargetRows {
    const { table, target } = plan;
    const { dialect } = this.#texts;
    if ("key" in target) {
      const values = target.key.map((part) => this.#list.bind(part));
      this.#preconditions(plan, values, origin);
      return { rows: write.keyCondition(table, dialect), values, counted: undefined };
    }
    const selected = this.#list.keep(this.#selection(target), origin);
    return {
      rows: write.selectedCondition(table, dialect),
      values: [this.#list.refer(selected.step, 0)],
      counted: selected.kept,
    };
  }

  #selection(target: Selection): WriteStep {
    const { keys, selections } = this.#of;
    const { read, binds } = selections.of(target, keys === undefined ? "all" : "given");
    const otherwise = { code: "too_many_selected" };
    const params = bindRead(binds, keys === undefined ? target.values : { ...target.values, keys });
    return { sql: read.sql, params, returns: true, changes: false, expect: [{ is: "some", otherwise }] };
  }

  /** If-Match and If-None-Match, decided inside the write's transaction, where nobody can come between. */
  #preconditions(plan: UpdatePlan | DeletePlan, key: readonly (Stored | StepResult)[], origin: StepOrigin): void {
    const { match, noneMatch } = plan.preconditions;
    const mustBeThere = plan.write === "update" && plan.unchanged.length > 0;
    if (match === undefined && noneMatch === undefined && !mustBeThere) return;
    const failed = { code: "precondition_failed" };
    const look = (expect: NonNullable<WriteStep["expect"]>): void => {
      const sql = this.#texts.kept(`plain\0${plan.table.name}`, () =>
        write.rowSql(plan.table, write.returningJson(plan.table.columns, this.#texts.dialect), this.#texts.dialect),
      );
      this.#list.add({ sql, params: key, returns: true, changes: false, expect }, origin);
    };
    if (match === "*") look([{ is: "some", otherwise: failed }]);
    else if (match !== undefined)
      look([
        { is: "some", otherwise: failed },
        { is: "tag", tags: match, otherwise: failed },
      ]);
    else if (mustBeThere) look(NOT_FOUND);
    if (noneMatch === "*") look([{ is: "none", otherwise: failed }]);
    else if (noneMatch !== undefined) look([{ is: "otherTag", tags: noneMatch, otherwise: failed }]);
  }
}

import { dropSessions, promoteAccount, revokeAccount } from "../database/sql/accounts.ts";
import type { Stored, StepResult, WriteStep } from "../database/database.ts";
import type { CascadeStatement } from "../database/sql/compile-cascade.ts";
import * as write from "../database/sql/compile-write.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { raw } from "../database/sql/fragment.ts";
import { EVERYTHING } from "../schema/filter.ts";
import type { ColumnModel } from "../schema/model.ts";
import type { DeletePlan, PlanWriter, UpdatePlan } from "../service/write-plan.ts";
import type { AuditSteps } from "./audit-steps.ts";
import { addressSteps } from "./address-steps.ts";
import { bindCaller, bindRead } from "./bind-read.ts";
import { referenceSteps, sumStep } from "./effect-steps.ts";
import { type AskedRows, columnsMust, NOT_ALLOWED, rowMust, rowsMust } from "./policy-steps.ts";
import type { Selection, SelectionTexts } from "./row-selections.ts";
import type { StepList, StepOrigin } from "./step-list.ts";
import {
  type Answered,
  answeredBy,
  changesItself,
  exposedPlaces,
  fullPlace,
  namesOf,
  otherColumns,
  type WriteTexts,
} from "./write-texts.ts";

/** The rows that a write is about: a condition, what is bound in it, and where their number is kept. */
interface TargetRows {
  readonly rows: write.RowsCondition;
  readonly values: readonly (Stored | StepResult)[];
  /** Undefined for one row by its key. */
  readonly counted: number | undefined;
}

/** The rows of an update, and what of them later operations refer to. */
interface ChangedRows {
  readonly target: TargetRows;
  readonly exposed: readonly ColumnModel[];
}

/** Where the answer of a change is found among what was kept. */
export interface KeptChange {
  /** The rows as they are now, or as they were for a delete that tells them; else undefined. */
  readonly rows: number | undefined;
  /** The number of rows that a filter selected; undefined for one row by its key. */
  readonly counted: number | undefined;
  /** Where in each of the rows the row stands as it is stored; undefined where its plain JSON is that. */
  readonly full?: number | undefined;
}

const NOT_FOUND = [{ is: "some", otherwise: { code: "not_found" } }] as const;

/** Which operation the steps are for, and what was selected for it. */
interface ChangeOf {
  readonly operation: number;
  /** The keys of rows that were selected beforehand. */
  readonly keys: Stored | undefined;
  readonly selections: SelectionTexts;
  /** Keeps what changes, where some table is audited. */
  readonly audit?: AuditSteps | undefined;
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
    const asked = { table, writer: plan.writer, ...target };
    const mayWrite = (): void => this.#add(columnsMust(this.#texts, asked, plan.must.columns), origin);
    mayWrite();
    this.#add(
      referenceSteps(this.#texts, { assignments, writer: plan.writer }, (value) => this.#list.bind(value)),
      origin,
    );
    const addressed = { ...target, table, assignments, keep: plan.account?.keep ?? plan.writer.session, now: plan.now };
    this.#add(
      addressSteps(this.#texts, addressed, (value) => this.#list.bind(value)),
      origin,
    );
    const sums = table.sums.filter((sum) =>
      assignments.some(({ column }) => column === sum.reference || sum.factors.includes(column)),
    );
    const sumUp = (leaveOut: boolean): void => {
      const { rows, values } = target;
      for (const sum of sums) {
        const of = { table, rows: rows.text, values, leaveOut, now: plan.now };
        const add = (): void => void this.#list.add(sumStep(this.#texts, sum, of), origin);
        const { audit } = this.#of;
        if (audit === undefined) add();
        else audit.sums(sum, { parents: write.sumParents(sum, of, this.#texts.dialect), values, origin }, add);
      }
    };
    // A row may move from one parent to another, so the one it leaves is summed without it first.
    sumUp(true);
    const rows = { table, rows: target.rows.text, values: target.values, origin };
    const makeChange = (): KeptChange | undefined => this.#change(plan, { target, exposed }, origin);
    const { audit } = this.#of;
    const change = audit === undefined ? makeChange() : audit.changes(rows, makeChange);
    this.#promote(plan, origin);
    sumUp(false);
    // Of the rows as they are now: nobody gives a row away that it may not give, or opens a column by what it writes.
    mayWrite();
    const { policy } = plan.must;
    this.#add(rowsMust(this.#texts, asked, { policy, otherwise: NOT_ALLOWED }), origin);
    return change ?? this.#read(plan, { target, exposed }, origin);
  }

  /** Columns that the server fills and that were sent must be as they are stored. */
  #unchanged({ table, unchanged, writer }: UpdatePlan, { values }: TargetRows, origin: StepOrigin): void {
    for (const { column, value } of unchanged) {
      const expect = [{ is: "some", otherwise: { code: "read_only", pointer: pointerTo(column.name) } }] as const;
      const { text: sql, caller } = write.unchangedSql(table, column, this.#texts.dialect);
      const params = [...values, this.#list.bind(value), ...bindCaller(caller.binds, writer.values)];
      this.#list.add({ sql, params, returns: true, changes: false, expect }, origin);
    }
  }

  /** The update; answers where its rows are kept, unless they have to be read when everything is done. */
  #change(plan: UpdatePlan, { target, exposed }: ChangedRows, origin: StepOrigin): KeptChange | undefined {
    const { table, assignments, answer } = plan;
    const { rows, values, counted } = target;
    const { dialect } = this.#texts;
    const made = assignments.filter(({ increment, merge }) => increment === true || merge === true);
    const increments = made.map(({ column }) => column);
    const key = `update\0${table.name}\0${counted === undefined ? "one" : "selected"}\0${namesOf(increments)}\0\0${namesOf(assignments.map(({ column }) => column))}`;
    const make = (): string => write.updateSql(table, assignments, { rows, dialect });
    const params = [...assignments.map(({ value }) => this.#list.bind(value)), ...values];
    if (counted === undefined && !changesItself(table)) {
      const mine = answeredBy(plan.writer, table, plan.tells);
      const answered = { ...mine, other: otherColumns(mine.columns, answer), exposed };
      const { text: sql, binds } = this.#texts.returning(key, answered, make);
      const bound = [...params, ...bindCaller(binds, plan.writer.values)];
      return this.#kept({ sql, params: bound, returns: true, changes: true, expect: NOT_FOUND }, answered, origin);
    }
    // RETURNING would gather all rows in memory before it answers the first; a select stops at the limit of an answer.
    const expect = counted === undefined ? { expect: NOT_FOUND } : {};
    this.#list.add({ sql: this.#texts.kept(key, make), params, returns: false, changes: true, ...expect }, origin);
    return undefined;
  }

  /** The row's account is a person's from now on, unless it was before. */
  #promote({ table, target, account, now }: UpdatePlan, origin: StepOrigin): void {
    if (account === undefined || !("key" in target)) return;
    const [key] = target.key;
    if (typeof key !== "string" && typeof key !== "number" && typeof key !== "bigint") return;
    const name = [table.name, String(key)];
    const expect = [{ is: "some", otherwise: { code: "not_anonymous" } }] as const;
    const step = { returns: false, changes: true } as const;
    this.#list.add({ ...step, sql: promoteAccount, params: [account.password, ...name], expect }, origin);
    this.#list.add({ ...step, sql: dropSessions, params: [...name, account.keep] }, origin);
    this.#list.add({ ...step, sql: revokeAccount, params: [now, ...name] }, origin);
  }

  /** The rows as they are now. */
  #read(plan: UpdatePlan, { target, exposed }: ChangedRows, origin: StepOrigin): KeptChange {
    const { table, answer } = plan;
    const { rows, values, counted } = target;
    const { dialect } = this.#texts;
    const mine = answeredBy(plan.writer, table, plan.tells);
    const answered = { ...mine, other: otherColumns(mine.columns, answer), exposed };
    const key = `rows\0${table.name}\0${counted === undefined ? "one" : "selected"}\0${this.#texts.answerKey(answered)}`;
    const { text: sql, binds } = this.#texts.part(key, () =>
      write.selectSql(table, { expressions: write.writtenColumns(table, answered, dialect), rows }, dialect),
    );
    const params = [...bindCaller(binds, plan.writer.values), ...values];
    const step: WriteStep = { sql, params, returns: true, changes: false };
    if (counted !== undefined)
      return { rows: this.#list.keep(step, origin).kept, counted, full: fullPlace(table, answered) };
    return this.#kept({ ...step, expect: NOT_FOUND }, answered, origin);
  }

  #kept(step: WriteStep, answered: Answered, origin: StepOrigin): KeptChange {
    const added = this.#list.keep(step, origin);
    this.#list.made(this.#of.operation, { step: added.step, columns: exposedPlaces(answered.table, answered) });
    return { rows: added.kept, counted: undefined, full: fullPlace(answered.table, answered) };
  }

  #add(steps: readonly WriteStep[], origin: StepOrigin): void {
    for (const step of steps) this.#list.add(step, origin);
  }

  delete(plan: DeletePlan): KeptChange {
    const { table } = plan;
    const origin = this.#origin(plan);
    const { rows, values, counted } = this.#target(plan, origin);
    const { dialect } = this.#texts;
    // Nobody is answered the row: it is for the code that waits for it, as it is stored.
    const { text: answered } = write.writtenColumns(table, { columns: table.columns, readable: EVERYTHING }, dialect);
    // Gathered by RETURNING, they would all stand in memory; a select stops at the limit of an answer.
    const told =
      plan.tells && counted !== undefined
        ? this.#list.keep(
            {
              sql: write.selectSql(table, { expressions: raw(answered), rows }, dialect).text,
              params: values,
              returns: true,
              changes: false,
            },
            origin,
          ).kept
        : undefined;
    this.#of.audit?.goes({ table, rows: rows.text, values, origin });
    const atMost = { is: "atMost", limit: plan.cascadeLimit, otherwise: { code: "limit_exceeded" } } as const;
    const none = { is: "none", otherwise: { code: "limit_exceeded" } } as const;
    for (const { sql, keys, touches, guard = false, own = false, changed } of this.#texts.cascade({
      table,
      rows,
      limit: plan.cascadeLimit,
    })) {
      const repeated = Array.from({ length: keys / rows.width }, () => values).flat();
      const params = touches ? [plan.now, ...repeated] : repeated;
      const uncounted = own ? { counts: false as const } : {};
      const add = (): void => {
        const step = { sql, params, returns: guard, changes: !guard, ...uncounted };
        this.#list.add({ ...step, expect: [guard ? none : atMost] }, origin);
      };
      this.#audited(changed, { rows, values, origin }, add);
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

  /** Adds a statement of a delete, with what is kept of the rows that it changes. */
  #audited(
    changed: CascadeStatement["changed"],
    { rows, values, origin }: Pick<TargetRows, "rows" | "values"> & { readonly origin: StepOrigin },
    add: () => void,
  ): void {
    const { audit } = this.#of;
    if (audit === undefined || changed === undefined) {
      add();
      return;
    }
    const bound = Array.from({ length: changed.keys / rows.width }, () => values).flat();
    const along = { table: changed.table, rows: changed.rows, values: bound, origin };
    if (!changed.gone) {
      audit.changes(along, add);
      return;
    }
    audit.goes(along);
    add();
  }

  /** Reads the rows that a change or delete is about. */
  look(plan: UpdatePlan | DeletePlan): void {
    const { table } = plan;
    const { dialect } = this.#texts;
    const origin = this.#origin(plan);
    const unconditional = { ...plan, preconditions: { match: undefined, noneMatch: undefined }, unchanged: [] };
    const { rows, values } = this.#target(unconditional, origin);
    const expressions = raw(write.returningJson(table, dialect));
    const { text: sql } = write.selectSql(table, { expressions, rows }, dialect);
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
      const rows = write.keyCondition(table, dialect);
      this.#preconditions(plan, values, origin);
      this.#admit(plan, { table, rows, values, writer: plan.writer }, origin);
      return { rows, values, counted: undefined };
    }
    const selected = this.#list.keep(this.#selection(target, plan.writer), origin);
    return {
      rows: write.selectedCondition(table, dialect),
      values: [this.#list.refer(selected.step, 0)],
      counted: selected.kept,
    };
  }

  /** A row that the writer may not read is not there; one that it may read and not change is refused. */
  #admit({ allowed, writer, table }: UpdatePlan | DeletePlan, asked: AskedRows, origin: StepOrigin): void {
    const { readable } = writer.of(table);
    const [readAll, changeAll] = [write.isEverything(readable), write.isEverything(allowed)];
    if (readAll && changeAll) return;
    const missing = { code: "not_found" };
    if (readAll) {
      const { text: sql } = write.rowSql(table, raw("1"), this.#texts.dialect);
      const expect = [{ is: "some", otherwise: missing }] as const;
      this.#list.add({ sql, params: asked.values, returns: true, changes: false, expect }, origin);
    }
    this.#add(rowMust(this.#texts, asked, { policy: readable, otherwise: missing }), origin);
    this.#add(rowMust(this.#texts, asked, { policy: allowed, otherwise: NOT_ALLOWED }), origin);
  }

  #selection(target: Selection, writer: PlanWriter): WriteStep {
    const { keys, selections } = this.#of;
    const { read, binds } = selections.of(target, keys === undefined ? "all" : "given");
    const otherwise = { code: "too_many_selected" };
    const params = bindRead(binds, keys === undefined ? target.values : { ...target.values, keys }, writer.values);
    return { sql: read.sql, params, returns: true, changes: false, expect: [{ is: "some", otherwise }] };
  }

  /** If-Match and If-None-Match, decided inside the write's transaction, where nobody can come between. */
  #preconditions(plan: UpdatePlan | DeletePlan, key: readonly (Stored | StepResult)[], origin: StepOrigin): void {
    const { match, noneMatch } = plan.preconditions;
    const mustBeThere = plan.write === "update" && plan.unchanged.length > 0;
    if (match === undefined && noneMatch === undefined && !mustBeThere) return;
    const failed = { code: "precondition_failed" };
    const { table, writer } = plan;
    const mine = answeredBy(writer, table, false);
    const look = (expect: NonNullable<WriteStep["expect"]>): void => {
      const { row, readable } = write.readableRowSql(table, mine, this.#texts.dialect);
      const own = bindCaller(row.binds, writer.values);
      const params = [...own, ...key, ...bindCaller(readable.binds, writer.values)];
      this.#list.add({ sql: `${row.text}${readable.text}`, params, returns: true, changes: false, expect }, origin);
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

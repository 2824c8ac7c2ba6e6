import { isStepResult, type Stored, type StepResult, type WriteStep } from "../database/database.ts";
import * as write from "../database/sql/compile-write.ts";
import type { Assignment } from "../schema/assignment.ts";
import { EVERYTHING } from "../schema/filter.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { SumModel, TableModel } from "../schema/model.ts";
import type { PlanWriter } from "../service/write-plan.ts";
import { bindCaller } from "./bind-read.ts";
import type { WriteTexts } from "./write-texts.ts";

/**
 * Looks for the rows that new values refer to, as they are bound. One that the writer may not read is answered like a
 * missing one, so that nobody learns which rows exist by referring to them.
 */
export function referenceSteps(
  texts: WriteTexts,
  { assignments, writer }: { readonly assignments: readonly Assignment[]; readonly writer: PlanWriter },
  bind: (value: Assignment["value"]) => Stored | StepResult,
): WriteStep[] {
  const { dialect } = texts;
  const steps: WriteStep[] = [];
  for (const { column, value } of assignments) {
    const { references } = column;
    if (references === undefined || value === null) continue;
    const bound = bind(value);
    // What an earlier step answers may be null.
    const optional = column.optional && isStepResult(bound);
    // Its own account is no secret to a writer, though it may read no row of accounts: as with an API key.
    const isOwn = column.role === "owner" && !writer.anonymous && value === writer.values[0];
    const readable = isOwn ? EVERYTHING : writer.of({ name: references.table }).readable;
    const key = `reference\0${references.table}\0${optional ? "optional" : ""}\0${texts.number(readable)}`;
    const { text: sql, binds } = texts.part(key, () =>
      optional ? write.optionalReferenceSql(column, readable, dialect) : write.referenceSql(column, readable, dialect),
    );
    const own = bindCaller(binds, writer.values);
    const expect = [{ is: "some", otherwise: { code: "reference_missing", pointer: pointerTo(column.name) } }] as const;
    steps.push({
      sql,
      params: optional ? [bound, bound, ...own] : [bound, ...own],
      returns: true,
      changes: false,
      expect,
    });
  }
  return steps;
}

/** Makes a sum anew for the parents of the rows of a condition. */
export function sumStep(
  texts: WriteTexts,
  sum: SumModel,
  of: {
    readonly table: TableModel;
    readonly rows: string;
    readonly values: readonly (Stored | StepResult)[];
    readonly leaveOut: boolean;
    readonly now: string;
  },
): WriteStep {
  const { table, rows, values, leaveOut } = of;
  const key = `sum\0${sum.table}\0${sum.column}\0${rows}\0${leaveOut ? "without" : "with"}`;
  const sql = texts.kept(key, () => write.sumSql(sum, { table, rows, leaveOut }, texts.dialect));
  const params = [...(sum.touches === undefined ? [] : [of.now]), ...values, ...(leaveOut ? values : [])];
  return { sql, params, returns: false, changes: true };
}

/** Makes a sum anew for the parents of these keys, each once however often it is named. */
export function parentSumStep(
  texts: WriteTexts,
  sum: SumModel,
  of: { readonly child: TableModel; readonly keys: readonly (Stored | StepResult)[]; readonly now: string },
): WriteStep {
  const { child, keys, now } = of;
  // Few texts for any number of keys: the rest is filled up with nulls, which are no key.
  const count = 2 ** Math.ceil(Math.log2(keys.length));
  const sql = texts.kept(`parents\0${sum.table}\0${sum.column}\0${count}`, () =>
    write.parentSumSql(sum, { child, count }, texts.dialect),
  );
  const filled = [...keys, ...Array.from({ length: count - keys.length }, () => null)];
  return { sql, params: sum.touches === undefined ? filled : [now, ...filled], returns: false, changes: true };
}

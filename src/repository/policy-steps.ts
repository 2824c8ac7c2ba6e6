import type { Refusal, Stored, StepResult, WriteStep } from "../database/database.ts";
import * as write from "../database/sql/compile-write.ts";
import type { FilterNode } from "../schema/filter.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { TableModel } from "../schema/model.ts";
import type { PlanWriter, RowConditions } from "../service/write-plan.ts";
import { bindCaller } from "./bind-read.ts";
import type { WriteTexts } from "./write-texts.ts";

/** The refusal of a row that a policy leaves to others. */
export const NOT_ALLOWED: Refusal = { code: "not_allowed" };

/** The rows that a policy is asked about. */
export interface AskedRows {
  readonly table: TableModel;
  readonly rows: write.RowsCondition;
  readonly values: readonly (Stored | StepResult)[];
  readonly writer: PlanWriter;
}

/** Refuses the write unless a policy holds of the row. No step where it holds of every row. */
export function rowMust(
  texts: WriteTexts,
  asked: AskedRows,
  { policy, otherwise }: { readonly policy: FilterNode; readonly otherwise: Refusal },
): WriteStep[] {
  if (write.isEverything(policy)) return [];
  return [{ ...question(texts, asked, { policy, holds: true }), expect: [{ is: "some", otherwise }] }];
}

/** Refuses the write where a policy does not hold of one of the rows. */
export function rowsMust(
  texts: WriteTexts,
  asked: AskedRows,
  { policy, otherwise }: { readonly policy: FilterNode; readonly otherwise: Refusal },
): WriteStep[] {
  if (write.isEverything(policy)) return [];
  return [{ ...question(texts, asked, { policy, holds: false }), expect: [{ is: "none", otherwise }] }];
}

/** Refuses the write of a column in a row in which this caller may not write it. */
export function columnsMust(texts: WriteTexts, asked: AskedRows, columns: RowConditions["columns"]): WriteStep[] {
  return columns.flatMap(({ column, rows: policy }) => {
    const otherwise = { code: "column_not_allowed", pointer: pointerTo(column.name) };
    return rowsMust(texts, asked, { policy, otherwise });
  });
}

/** Refuses the write unless the row is one that the writer may create or, where it was there before, update. */
export function upsertMust(
  texts: WriteTexts,
  asked: AskedRows,
  is: { readonly creatable: FilterNode; readonly updatable: FilterNode; readonly wasThere: StepResult },
): WriteStep[] {
  const one = (policy: FilterNode, when: "new" | "there"): WriteStep[] => {
    if (write.isEverything(policy)) return [];
    const { sql, params, ...rest } = question(texts, asked, { policy, holds: false });
    const only = write.onlyWhen(sql, when);
    return [{ ...rest, sql: only, params: [is.wasThere, ...params], expect: [{ is: "none", otherwise: NOT_ALLOWED }] }];
  };
  return [...one(is.creatable, "new"), ...one(is.updatable, "there")];
}

function question(
  texts: WriteTexts,
  { table, rows, values, writer }: AskedRows,
  { policy, holds }: { readonly policy: FilterNode; readonly holds: boolean },
): Omit<WriteStep, "expect"> {
  const key = `policy\0${table.name}\0${rows.text}\0${texts.number(policy)} ${holds}`;
  const { text, binds } = texts.part(key, () => {
    const made = write.policySql(table, { rows, policy, holds }, texts.dialect);
    return { text: made.text, binds: made.caller.binds };
  });
  return { sql: text, params: [...values, ...bindCaller(binds, writer.values)], returns: true, changes: false };
}

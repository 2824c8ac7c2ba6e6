import type { Rows, Stored, WriteOutcome } from "../database/database.ts";
import { entityTag } from "../schema/entity-tag.ts";
import { UNREADABLE } from "../schema/unreadable-row.ts";
import type { TableModel } from "../schema/model.ts";
import type { WritePlan } from "../service/write-plan.ts";
import type { OperationAnswer, RowAnswer, WrittenRow } from "../service/record-answer.ts";
import { writeProblem } from "./write-problem.ts";
import type { KeptRow } from "./kept-row.ts";
import type { CompiledWrite } from "./write-steps.ts";

/** What each operation answers, or the problem that the refusal or the failure is. */
export function answersOf(compiled: CompiledWrite, outcome: WriteOutcome): OperationAnswer[] {
  if (!outcome.ok) throw writeProblem(compiled, outcome);
  return compiled.operations.map((operation) => {
    const { plan } = operation;
    if ("made" in operation) {
      const rows = operation.made.map((row) => madeAnswer(plan, row, outcome.kept));
      return { rows, count: rows.length, written: operation.made.flatMap((row) => madeRows(row, outcome.kept)) };
    }
    const { rows, counted, full = 0 } = operation.change;
    const found = rows === undefined ? [] : (outcome.kept[rows] ?? []);
    const count = counted === undefined ? 1 : Number(outcome.kept[counted]?.[0]?.[1] ?? 0);
    const action = plan.write === "delete" ? "delete" : "update";
    const written = found.map((row) => ({ table: plan.table, action, json: String(row[full]) }) as const);
    if (plan.write === "delete") return { rows: [], count, written };
    return { rows: found.map((row) => rowAnswer(plan.table, row, hasOther(plan))), count, written };
  });
}

/** A row that was made, with the rows that came along inside it. */
function madeAnswer(plan: WritePlan, row: KeptRow, kept: readonly Rows[]): RowAnswer {
  const created = row.look === undefined || kept[row.look]?.length === 0;
  const own = rowAnswer(row.table, kept[row.kept]?.[0] ?? [], row.table === plan.table && hasOther(plan));
  if (row.children.length === 0) return { ...own, created };
  const children = row.children.map(({ relation, rows }) => {
    const inside = rows.map((child) =>
      madeAnswer({ ...plan, answer: plan.writer.of(child.table).seen.columns, table: child.table }, child, kept),
    );
    return `,${JSON.stringify(relation.name)}:[${inside.map(({ json }) => json).join(",")}]`;
  });
  // Of a row that its maker may not read nothing is told, and so nothing of what it holds.
  if (own.json === UNREADABLE) return { ...own, created };
  const json = `${own.json.slice(0, -1)}${children.join("")}}`;
  // Another representation of the row: its tag names both, so that If-Match works with it.
  return { ...own, json, tag: `${own.tag.split(".")[0] ?? ""}.${entityTag(json)}`, created };
}

/** A row that was made and those that came with it, each by its plain JSON. */
function madeRows(row: KeptRow, kept: readonly Rows[]): WrittenRow[] {
  const created = row.look === undefined || kept[row.look]?.length === 0;
  const json = String(kept[row.kept]?.[0]?.[row.full ?? 0]);
  const below = row.children.flatMap(({ rows }) => rows.flatMap((child) => madeRows(child, kept)));
  return [{ table: row.table, action: created ? "create" : "update", json }, ...below];
}

function hasOther(plan: WritePlan): boolean {
  return plan.answer !== plan.writer.of(plan.table).seen.columns;
}

/** The kept row is `[plain, ...key, representation?, ...]`. */
function rowAnswer(table: TableModel, row: readonly Stored[], other: boolean): RowAnswer {
  const plain = String(row[0]);
  const key = row.slice(1, 1 + table.key.length).map((part) => encodeURIComponent(String(part)));
  const tag = entityTag(plain);
  if (!other) return { json: plain, tag, key: key.join(",") };
  const json = String(row[1 + table.key.length]);
  return { json, tag: `${tag}.${entityTag(json)}`, key: key.join(",") };
}

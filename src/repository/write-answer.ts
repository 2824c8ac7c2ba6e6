import {
  DatabaseError,
  type DatabaseFailure,
  type Refusal,
  type Rows,
  type Stored,
  type WriteOutcome,
} from "../database/database.ts";
import { inOperation } from "../errors/in-operation.ts";
import { missingReference } from "../errors/missing-reference.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { entityTag } from "../schema/entity-tag.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { TableModel } from "../schema/model.ts";
import type { WritePlan } from "../service/write-plan.ts";
import type { OperationAnswer, RowAnswer, WrittenRow } from "../service/record-answer.ts";
import type { KeptRow } from "./row-steps.ts";
import type { StepOrigin } from "./step-list.ts";
import type { CompiledWrite } from "./write-steps.ts";

/** Seconds after which a caller may try again when the database was only busy. */
const RETRY_SOON = "1";
/** Seconds after which trying again may help when the machine needs a hand. */
const RETRY_LATER = "10";

/** What each operation answers, or the problem that the refusal or the failure is. */
export function answersOf(compiled: CompiledWrite, outcome: WriteOutcome): OperationAnswer[] {
  if (!outcome.ok) throw writeProblem(compiled, outcome);
  return compiled.operations.map((operation) => {
    const { plan } = operation;
    if ("made" in operation) {
      const rows = operation.made.map((row) => madeAnswer(plan, row, outcome.kept));
      return { rows, count: rows.length, written: operation.made.flatMap((row) => madeRows(row, outcome.kept)) };
    }
    const { rows, counted } = operation.change;
    const found = rows === undefined ? [] : (outcome.kept[rows] ?? []);
    const count = counted === undefined ? 1 : Number(outcome.kept[counted]?.[0]?.[1] ?? 0);
    const action = plan.write === "delete" ? "delete" : "update";
    const written = found.map(([json]) => ({ table: plan.table, action, json: String(json) }) as const);
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
      madeAnswer({ ...plan, answer: child.table.columns, table: child.table }, child, kept),
    );
    return `,${JSON.stringify(relation.name)}:[${inside.map(({ json }) => json).join(",")}]`;
  });
  const json = `${own.json.slice(0, -1)}${children.join("")}}`;
  // Another representation of the row: its tag names both, so that If-Match works with it.
  return { ...own, json, tag: `${own.tag.split(".")[0] ?? ""}.${entityTag(json)}`, created };
}

/** A row that was made and those that came with it, each by its plain JSON. */
function madeRows(row: KeptRow, kept: readonly Rows[]): WrittenRow[] {
  const created = row.look === undefined || kept[row.look]?.length === 0;
  const json = String(kept[row.kept]?.[0]?.[0]);
  const below = row.children.flatMap(({ rows }) => rows.flatMap((child) => madeRows(child, kept)));
  return [{ table: row.table, action: created ? "create" : "update", json }, ...below];
}

function hasOther(plan: WritePlan): boolean {
  return plan.answer !== plan.table.columns;
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

/** A write that was refused or failed, as a problem for the caller. In a batch it names the operation. */
export function writeProblem(
  { origins, batch }: Pick<CompiledWrite, "origins" | "batch">,
  outcome: Exclude<WriteOutcome, { ok: true }>,
): unknown {
  const origin = origins[outcome.step ?? origins.length - 1] ?? origins[origins.length - 1];
  const problem = failureProblem(origin, outcome);
  if (!batch || !(problem instanceof Problem) || origin === undefined) return problem;
  return inOperation(problem, { at: origin.operation });
}

/** Any way in which the database said no, as a problem for the caller; what it cannot have caused is an internal error. */
export function failureProblem(origin: StepOrigin | undefined, failed: unknown): unknown {
  if (failed instanceof DatabaseError) return machineProblem(failed.failure, failed);
  if (typeof failed !== "object" || failed === null) return failed;
  if ("refusal" in failed && origin !== undefined) return refusalProblem(origin, failed.refusal as Refusal);
  if ("failure" in failed && origin !== undefined) return constraintProblem(origin, failed.failure as DatabaseFailure);
  return failed;
}

function refusalProblem({ plan, table, pointer: at }: StepOrigin, refusal: Refusal): Problem {
  const { path } = table;
  const pointer = `${at}${refusal.pointer ?? ""}`;
  switch (refusal.code) {
    case "not_found":
      return new Problem("not_found", `There is no such row in ${path}.`);
    case "precondition_failed":
      return new Problem("precondition_failed", "The row has changed since, or is not there any more. Read it again.");
    case "too_many_selected":
      return tooManySelected(table, "target" in plan && "most" in plan.target ? plan.target.most : 0);
    case "limit_exceeded":
      return new Problem("limit_exceeded", "The delete would take more rows with it than the limit for one request.");
    case "forbidden":
      return closedHalf(plan, pointer);
    case "refused_by_database":
      return new Problem("refused_by_database", "A trigger of the database refused the write.");
    case "read_only": {
      const message = `${nameOf(refusal.pointer)} is filled by the server and differs from what is stored.`;
      return invalid(path, [{ pointer, code: "read_only", message }]);
    }
    default:
      return missingReference(path, pointer);
  }
}

export function tooManySelected({ path }: TableModel, most: number): Problem {
  const found = `The filter selects more than ${most} rows of ${path}, the limit for one request.`;
  return new Problem("limit_exceeded", `${found} Narrow it.`);
}

/** An upsert turned out to be what this caller may not do. */
function closedHalf(plan: WritePlan, pointer: string): Problem {
  const { path, rules } = plan.table;
  const there = plan.write === "upsert" && plan.mayCreate;
  const why = there ? "is there already, and may not be replaced" : "is not there yet, and may not be made";
  const row = pointer === "" ? "The row" : `The row ${pointer.slice(1)}`;
  const closed = there ? [rules.update, rules.read] : [rules.create];
  if (closed.some(({ rule }) => rule === "administrators"))
    return new Problem("sign_in_required", `${row} of ${path} ${why} but by administrators.`, {
      headers: { "www-authenticate": "Bearer" },
    });
  return new Problem("forbidden", `${row} of ${path} ${why}.`);
}

/** The name in a pointer of one level, which may be escaped. */
function nameOf(pointer = ""): string {
  return pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
}

function constraintProblem({ plan, table, pointer: at }: StepOrigin, failure: DatabaseFailure): Problem {
  switch (failure.kind) {
    case "unique": {
      if (plan.preconditions.noneMatch === "*" && table === plan.table)
        return new Problem("precondition_failed", "A row with this key is there already.");
      const columns = failure.columns ?? [];
      const errors = columns.map(
        (column): FieldError => ({
          pointer: `${at}${pointerTo(column)}`,
          code: "unique",
          message: `${column} is already taken.`,
        }),
      );
      return new Problem("unique", `Another row of ${table.path} has this ${columns.join(", ") || "value"}.`, {
        errors,
        cause: failure.message,
      });
    }
    case "foreign_key":
      if (plan.write === "delete")
        return new Problem("still_referenced", `Other rows still refer to this row of ${table.path}.`, {
          cause: failure.message,
        });
      return new Problem("refused_by_database", "A constraint of the database refused the write.", {
        cause: failure.message,
      });
    case "check":
      return invalid(table.path, [checkError({ table, at }, failure.constraint ?? "")], failure.message);
    case "not_null":
      return invalid(table.path, columnErrors({ table, at }, failure, "null"), failure.message);
    case "type":
      // JSON of a wrong type is refused before: what is left are numbers that grew too large.
      return invalid(table.path, columnErrors({ table, at }, failure, "out_of_range"), failure.message);
    case "too_big":
      return new Problem(
        "limit_exceeded",
        "The answer would be too large. Write fewer rows, or choose columns with fields.",
        { cause: failure.message },
      );
    case "aborted":
      return new Problem("refused_by_database", "A trigger of the database refused the write.", {
        cause: failure.message,
      });
    default:
      return machineProblem(failure, failure.message);
  }
}

/** Findings about columns that the database named. They may be another table's, which changes along. */
function columnErrors(
  { table, at }: { table: TableModel; at: string },
  failure: DatabaseFailure,
  code: "null" | "out_of_range",
): FieldError[] {
  const own = failure.table === undefined || failure.table === table.name;
  return (failure.columns ?? []).map((column) => {
    if (code === "null") return { pointer: `${at}${pointerTo(column)}`, code, message: `${column} cannot be null.` };
    const takes = own ? table.column.get(column)?.kind.expects : undefined;
    const message = takes === undefined ? `${column} would get too large.` : `${column} takes ${takes}.`;
    return { pointer: own ? `${at}${pointerTo(column)}` : at, code, message };
  });
}

/** A column's own CHECK is called `table.column`; any other name is a declared check. */
function checkError({ table, at }: { table: TableModel; at: string }, constraint: string): FieldError {
  const column = constraint.startsWith(`${table.name}.`) ? constraint.slice(table.name.length + 1) : undefined;
  if (column !== undefined && table.column.has(column))
    return {
      pointer: `${at}${pointerTo(column)}`,
      code: "out_of_range",
      message: `${column} takes ${table.column.get(column)?.kind.expects ?? "another value"}.`,
    };
  return { pointer: at, code: "check", message: `The check ${constraint} does not hold.` };
}

function machineProblem(failure: DatabaseFailure, cause: unknown): Problem {
  switch (failure.kind) {
    case "busy":
      return new Problem("database_busy", "Too much waits for the database. Try again.", {
        headers: { "retry-after": RETRY_SOON },
        cause,
      });
    case "timeout":
      return new Problem(
        "query_timeout",
        "The query visits too many rows and was ended. An index on the columns it filters and sorts by would help.",
        { headers: { "retry-after": RETRY_LATER }, cause },
      );
    case "overflow":
      return new Problem("limit_exceeded", "A sum or a product of this request is beyond 64 bits.", { cause });
    case "full":
      return new Problem("storage_full", "The disk is full; nothing was written.", {
        headers: { "retry-after": RETRY_LATER },
        cause,
      });
    case "too_big":
      return new Problem(
        "limit_exceeded",
        "The rows are too large for one answer: ask for fewer of them, or of their columns.",
        {
          cause,
        },
      );
    case "read_only":
    case "unavailable":
      return new Problem("database_unavailable", "The database cannot answer now.", {
        headers: { "retry-after": RETRY_SOON },
        cause,
      });
    default:
      return new Problem("internal", "The server made a mistake. The log has the details under the request id.", {
        cause,
      });
  }
}

function invalid(path: string, errors: readonly FieldError[], cause?: unknown): Problem {
  const first = errors[0]?.message;
  return new Problem("invalid_data", `The body does not fit ${path}.`, {
    errors,
    ...(first === undefined ? {} : { error: first }),
    ...(cause === undefined ? {} : { cause }),
  });
}

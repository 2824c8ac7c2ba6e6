import {
  DatabaseError,
  type DatabaseFailure,
  type Refusal,
  type Stored,
  type WriteOutcome,
} from "../database/database.ts";
import { fieldErrorCatalog } from "../errors/catalog.ts";
import { missingReference } from "../errors/missing-reference.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { entityTag } from "../schema/entity-tag.ts";
import type { TableModel } from "../schema/model.ts";
import type { WritePlan } from "../service/write-plan.ts";
import type { RowAnswer } from "../service/record-answer.ts";

/** Seconds after which a caller may try again when the database was only busy. */
const RETRY_SOON = "1";
/** Seconds after which trying again may help when the machine needs a hand. */
const RETRY_LATER = "10";

/** The written row, or the problem that the refusal or the failure is. The kept row is `[plain, ...key, representation?]`. */
export function answerOf(plan: WritePlan, outcome: WriteOutcome): RowAnswer {
  if (!outcome.ok) throw failureProblem(plan, outcome);
  const [plain, ...rest] = outcome.rows[0] ?? [];
  const key = rest.slice(0, plan.table.key.length).map((part) => encodeURIComponent(String(part)));
  const other: Stored | undefined = rest[plan.table.key.length];
  const tag = entityTag(String(plain));
  return typeof other === "string"
    ? { json: other, tag: `${tag}.${entityTag(other)}`, key: key.join(",") }
    : { json: String(plain), tag, key: key.join(",") };
}

/** Any way in which the database said no, as a problem for the caller; what it cannot have caused is an internal error. */
export function failureProblem(plan: WritePlan | undefined, failed: unknown): unknown {
  if (failed instanceof DatabaseError) return machineProblem(failed.failure, failed);
  if (typeof failed !== "object" || failed === null) return failed;
  if ("refusal" in failed && plan !== undefined) return refusalProblem(plan, failed.refusal as Refusal);
  if ("failure" in failed && plan !== undefined) return constraintProblem(plan, failed.failure as DatabaseFailure);
  return failed;
}

function refusalProblem(plan: WritePlan, refusal: Refusal): Problem {
  const { path } = plan.table;
  switch (refusal.code) {
    case "not_found":
      return new Problem("not_found", `There is no such row in ${path}.`);
    case "precondition_failed":
      return new Problem("precondition_failed", "The row has changed since, or is not there any more. Read it again.");
    case "limit_exceeded":
      return new Problem("limit_exceeded", "The delete would take more rows with it than the limit for one request.");
    case "read_only": {
      const pointer = refusal.pointer ?? "";
      const message = `${pointer.slice(1)} is filled by the server and differs from what is stored.`;
      return invalid(path, [{ pointer, code: "read_only", message }]);
    }
    default:
      return missingReference(path, refusal.pointer ?? "");
  }
}

function constraintProblem(plan: WritePlan, failure: DatabaseFailure): Problem {
  const { table } = plan;
  switch (failure.kind) {
    case "unique": {
      if (plan.preconditions.noneMatch === "*")
        return new Problem("precondition_failed", "A row with this key is there already.");
      const columns = failure.columns ?? [];
      const errors = columns.map(
        (column): FieldError => ({ pointer: `/${column}`, code: "unique", message: `${column} is already taken.` }),
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
      return invalid(table.path, [checkError(table, failure.constraint ?? "")], failure.message);
    case "not_null":
    case "type":
    case "too_big":
      return invalid(
        table.path,
        (failure.columns ?? []).map((column) => ({
          pointer: `/${column}`,
          code: "type" as const,
          message: fieldErrorCatalog.type,
        })),
        failure.message,
      );
    case "aborted":
      return new Problem("refused_by_database", "A trigger of the database refused the write.", {
        cause: failure.message,
      });
    default:
      return machineProblem(failure, failure.message);
  }
}

/** A column's own CHECK is called `table.column`; any other name is a declared check. */
function checkError(table: TableModel, constraint: string): FieldError {
  const column = constraint.startsWith(`${table.name}.`) ? constraint.slice(table.name.length + 1) : undefined;
  if (column !== undefined && table.column.has(column))
    return {
      pointer: `/${column}`,
      code: "out_of_range",
      message: `${column} takes ${table.column.get(column)?.kind.expects ?? "another value"}.`,
    };
  return { pointer: "", code: "check", message: `The check ${constraint} does not hold.` };
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
    case "full":
      return new Problem("storage_full", "The disk is full; nothing was written.", {
        headers: { "retry-after": RETRY_LATER },
        cause,
      });
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

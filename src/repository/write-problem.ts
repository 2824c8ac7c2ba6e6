import {
  DatabaseError,
  type DatabaseFailure,
  type Refusal,
  type StepResult,
  type Stored,
  type WriteOutcome,
  type WriteStep,
} from "../database/database.ts";
import { inOperation } from "../errors/in-operation.ts";
import { missingReference } from "../errors/missing-reference.ts";
import type { Explanation } from "../errors/explanation.ts";
import { Problem } from "../errors/problem.ts";
import { certainly } from "../schema/filter.ts";
import type { EarlierValue } from "../schema/assignment.ts";
import type { TableAction } from "../schema/rule.ts";
import type { TableModel } from "../schema/model.ts";
import type { WritePlan } from "../service/write-plan.ts";
import type { StepOrigin } from "./step-list.ts";
import type { CompiledWrite } from "./write-steps.ts";
import { constraintProblem, taken, invalid } from "./constraint-problem.ts";
import { machineProblem } from "./machine-problem.ts";

/** A write that was refused or failed, as a problem for the caller. In a batch it names the operation. */
export function writeProblem(
  { origins, batch, write }: Pick<CompiledWrite, "origins" | "batch" | "write">,
  outcome: Exclude<WriteOutcome, { ok: true }>,
): unknown {
  const at = outcome.step ?? origins.length - 1;
  const origin = origins[at] ?? origins[origins.length - 1];
  const problem =
    origin !== undefined && "refusal" in outcome
      ? refusalProblem(origin, outcome.refusal, write.steps[at]?.params ?? [])
      : failureProblem(origin, outcome);
  if (!batch || !(problem instanceof Problem) || origin === undefined) return problem;
  return inOperation(problem, { at: origin.operation });
}

/** Any way in which the database said no, as a problem for the caller; what it cannot have caused is an internal error. */
export function failureProblem(origin: StepOrigin | undefined, failed: unknown): unknown {
  if (failed instanceof DatabaseError) return machineProblem(failed.failure, failed);
  if (typeof failed !== "object" || failed === null) return failed;
  if ("refusal" in failed && origin !== undefined) return refusalProblem(origin, failed.refusal as Refusal, []);
  if ("failure" in failed && origin !== undefined) return constraintProblem(origin, failed.failure as DatabaseFailure);
  return failed;
}

/** What a step refused, as the caller is told it, and why, as others are. `params` is what the step was given. */
function refusalProblem(origin: StepOrigin, refusal: Refusal, params: WriteStep["params"]): Problem {
  const { plan, table, pointer: at } = origin;
  const { path } = table;
  const pointer = `${at}${refusal.pointer ?? ""}`;
  switch (refusal.code) {
    case "not_found":
      return new Problem("not_found", `There is no such row in ${path}.`, { explanation: hiddenRow(origin) });
    case "precondition_failed":
      return new Problem("precondition_failed", "The row has changed since, or is not there any more. Read it again.");
    case "too_many_selected":
      return tooManySelected(table, "target" in plan && "most" in plan.target ? plan.target.most : 0);
    case "limit_exceeded":
      return new Problem("limit_exceeded", "The delete would take more rows with it than the limit for one request.");
    case "forbidden":
      return closedHalf(plan, pointer);
    case "not_allowed":
      return new Problem("forbidden", `The rules of ${path} do not allow this with this row.`, {
        explanation: plan.writer.explain(table, actionsOf(plan)),
      });
    case "column_not_allowed": {
      const name = nameOf(refusal.pointer);
      const message = `${name} may not be written in this row.`;
      const explanation = plan.writer.explain(table, [{ column: name }]);
      return invalid(path, [{ pointer, code: "read_only", message }], { explanation });
    }
    case "first_run_over":
      return new Problem("first_run_over", "Somebody else has become the first administrator.");
    case "not_anonymous":
      return new Problem("refused", "This account is no anonymous one.");
    case "hidden_clash":
      return taken({ table, at }, [nameOf(refusal.pointer)], { explanation: plan.writer.explain(table, ["read"]) });
    case "refused_by_database":
      return new Problem("refused_by_database", "A trigger of the database refused the write.");
    case "read_only": {
      const message = `${nameOf(refusal.pointer)} is filled by the server and differs from what is stored.`;
      return invalid(path, [{ pointer, code: "read_only", message }]);
    }
    default:
      return missingReference(path, pointer, hiddenReference(origin, nameOf(refusal.pointer), params));
  }
}

/** What a plan may turn out to do to a row. */
function actionsOf(plan: WritePlan): readonly TableAction[] {
  if (plan.write === "upsert") return ["create", "update"];
  return [plan.write === "insert" ? "create" : plan.write];
}

/** The row of a change: the caller is not told whether it is hidden or missing. */
function hiddenRow({ plan, table }: StepOrigin): Explanation | undefined {
  if (!("target" in plan) || !("key" in plan.target)) return undefined;
  return hidden(plan, { table, columns: table.key.map(({ name }) => name), values: plan.target.key });
}

/** The row that a new value refers to. */
function hiddenReference(
  { plan, table }: StepOrigin,
  name: string,
  params: WriteStep["params"],
): Explanation | undefined {
  const references = table.column.get(name)?.references;
  if (references === undefined) return undefined;
  return hidden(plan, { table: { name: references.table }, columns: [references.column], values: params.slice(0, 1) });
}

/** Undefined where the writer may read every row, so that none is hidden from it. */
function hidden(
  { writer }: WritePlan,
  row: {
    readonly table: Pick<TableModel, "name">;
    readonly columns: readonly string[];
    readonly values: readonly (Stored | EarlierValue | StepResult)[];
  },
): Explanation | undefined {
  const { table, columns, values } = row;
  if (certainly(writer.of(table).readable) === true) return undefined;
  const known = values.filter((value) => value === null || typeof value !== "object" || value instanceof Uint8Array);
  const sought = { table: table.name, columns, values: known as Stored[] };
  // What an earlier operation was to write was undone with it.
  return { ...writer.explain(table, ["read"]), ...(known.length === columns.length ? { sought } : {}) };
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
  const explanation = plan.writer.explain(plan.table, there ? ["update", "read"] : ["create"]);
  if (plan.writer.anonymous && closed.every(({ rule }) => rule !== "nobody"))
    return new Problem("sign_in_required", `${row} of ${path} ${why} without signing in.`, {
      headers: { "www-authenticate": "Bearer" },
      explanation,
    });
  return new Problem("forbidden", `${row} of ${path} ${why}.`, { explanation });
}

/** The name in a pointer of one level, which may be escaped. */
function nameOf(pointer = ""): string {
  return pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
}

import type { DatabaseFailure } from "../database/database.ts";
import { type FieldError, Problem, type ProblemOptions } from "../errors/problem.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { TableModel } from "../schema/model.ts";
import type { StepOrigin } from "./step-list.ts";
import { machineProblem } from "./machine-problem.ts";

/** What a constraint of the database refused, told by the names of the columns. */
export function constraintProblem(origin: StepOrigin, failure: DatabaseFailure): Problem {
  const { plan, table, pointer: at } = origin;
  switch (failure.kind) {
    case "unique": {
      if (plan.preconditions.noneMatch === "*" && table === plan.table)
        return new Problem("precondition_failed", "A row with this key is there already.");
      return taken({ table, at }, failure.columns ?? [], { cause: failure.message });
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
      return invalid(table.path, [checkError(origin, failure.constraint ?? "")], {
        cause: failure.message,
      });
    case "not_null":
      return invalid(table.path, columnErrors({ table, at }, failure, "null"), { cause: failure.message });
    case "type":
    case "overflow": {
      // JSON of a wrong type is refused before: what is left are numbers that grew too large.
      const columns = failure.columns ?? incrementedColumns(plan);
      if (failure.kind === "overflow" && columns.length === 0) return machineProblem(failure, failure.message);
      return invalid(table.path, columnErrors({ table, at }, { ...failure, columns }, "out_of_range"), {
        cause: failure.message,
      });
    }
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

/** A database that names no column: only an increment makes a number that was not checked. */
function incrementedColumns(plan: StepOrigin["plan"]): string[] {
  if (plan.write !== "update") return [];
  return plan.assignments.filter(({ increment }) => increment === true).map(({ column }) => column.name);
}

/** Another row has the same value in a unique column. */
export function taken({ table, at }: { table: TableModel; at: string }, columns: readonly string[], why: Why): Problem {
  const errors = columns.map(
    (column): FieldError => ({
      pointer: `${at}${pointerTo(column)}`,
      code: "unique",
      message: `${column} is already taken.`,
    }),
  );
  return new Problem("unique", `Another row of ${table.path} has this ${columns.join(", ") || "value"}.`, {
    errors,
    ...why,
  });
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

/** A column's own CHECK is called `table.column`; any other name is a declared check, or one that a file brought along. */
function checkError(origin: StepOrigin, constraint: string): FieldError {
  const { plan, table, pointer: at } = origin;
  const name = constraint.startsWith(`${table.name}.`) ? constraint.slice(table.name.length + 1) : "";
  const column = plan.writer.of(table).seen.column.get(name);
  if (column?.role === "document")
    return { pointer: at, code: "too_long", message: `A document takes ${column.kind.expects}.` };
  if (column !== undefined)
    return {
      pointer: `${at}${pointerTo(name)}`,
      code: "out_of_range",
      message: `${name} takes ${column.kind.expects}.`,
    };
  // The name of a check tells what it compares.
  const which = isCheckSeen(origin, constraint) ? `The check ${constraint}` : "A check";
  return { pointer: at, code: "check", message: `${which} does not hold.` };
}

/** Whether the writer sees every column that a check is about, which is any of the table where it was not declared. */
function isCheckSeen({ plan: { writer }, table }: StepOrigin, constraint: string): boolean {
  const { column: seen } = writer.of(table).seen;
  const declared = table.checks.find(({ name }) => name === constraint);
  if (declared !== undefined)
    return declared.comparisons.every(
      ({ column, operand }) => seen.has(column) && (!("column" in operand) || seen.has(operand.column)),
    );
  // A row that is referred to changes along, and has a column's CHECK of its own.
  const [, other, column = ""] = /^(\w+)\.(\w+)$/.exec(constraint) ?? [];
  if (other === undefined) return table.columns.every(({ name }) => seen.has(name));
  const leads = table.columns.some(({ references }) => references?.table === other);
  return leads && writer.of({ name: other }).seen.column.has(column);
}

/** What callers are not told of a problem. */
export type Why = Pick<ProblemOptions, "cause" | "explanation">;

/** Findings of a body, the first as the sentence for people. */
export function invalid(path: string, errors: readonly FieldError[], why: Why = {}): Problem {
  const first = errors[0]?.message;
  return new Problem("invalid_data", `The body does not fit ${path}.`, {
    errors,
    ...(first === undefined ? {} : { error: first }),
    ...why,
  });
}

import { type FieldError, Problem } from "../errors/problem.ts";
import type { ShapeModel } from "../schema/call-model.ts";
import { pointerThrough } from "../schema/json-pointer.ts";
import type { TableModel } from "../schema/model.ts";
import { plainValue } from "../schema/plain-value.ts";
import { issuePath, type StandardResult, type StandardSchema } from "../schema/standard-schema.ts";
import type { Json } from "../schema/stored.ts";
import type { BodyValidator, RowBody } from "./body-validator.ts";
import { REPORTED_ERRORS } from "./limits.ts";

/** What a shape makes of a value, or what is wrong with it. */
export type Verdict =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Checks a value. A validator may take its time; then so does this. */
export function checkShape(shape: ShapeModel, value: unknown, bodies: BodyValidator): Verdict | Promise<Verdict> {
  if (shape.is === "columns") return checkColumns(shape.table, value, bodies);
  const result = shape.schema["~standard"].validate(value);
  return result instanceof Promise ? result.then((late) => verdictOf(late, value)) : verdictOf(result, value);
}

/** Checks a value at once. A validator that waits cannot be asked here: `where` says so. */
export function checkNow(schema: StandardSchema, value: unknown, where: string): Verdict {
  const result = schema["~standard"].validate(value);
  if (!(result instanceof Promise)) return verdictOf(result, value);
  // Its rejection would otherwise end the process.
  result.catch(() => undefined);
  throw new Error(`${where}: its validator waits (an async check), which a json column cannot; check it in a route.`);
}

function checkColumns(table: TableModel, value: unknown, bodies: BodyValidator): Verdict {
  let row: RowBody;
  try {
    row = bodies.check(table, value as Json, { use: "create" });
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0) throw error;
    return { ok: false, errors: error.errors };
  }
  const filled = table.columns.map((column) => {
    const sent = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
    return [column.name, plainValue(column.kind, sent ?? column.default ?? null)] as const;
  });
  return { ok: true, value: Object.fromEntries(filled) };
}

function verdictOf(result: StandardResult<unknown>, value: unknown): Verdict {
  if (result.issues === undefined) return { ok: true, value: result.value };
  // ArkType's lists are a class of their own, which cannot be sliced or mapped.
  const errors = Array.from(result.issues)
    .slice(0, REPORTED_ERRORS)
    .map((issue): FieldError => {
      const path = issuePath(issue);
      return {
        pointer: pointerThrough(path),
        code: valueAt(value, path) === undefined ? "required" : "invalid",
        message: String(issue.message).slice(0, 500),
      };
    });
  return { ok: false, errors };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

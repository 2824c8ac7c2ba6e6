import { Problem } from "../errors/problem.ts";
import type { Assignment, EarlierValue } from "../schema/assignment.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { TableModel } from "../schema/model.ts";
import type { Json, Stored } from "../schema/stored.ts";
import { invalidData } from "./body-validator.ts";
import type { DeleteCommand, ReadCommand, UpdateCommand, WriteTarget } from "./command.ts";
import { BULK_ROWS, CASCADE_ROWS } from "./limits.ts";
import { assign } from "./parse-create.ts";
import { quoted } from "./quoted.ts";
import { splitBody } from "./split-body.ts";
import {
  answerColumns,
  type BodyChecks,
  checked,
  demandIfMatch,
  demandRowByRow,
  isOpen,
  refusePreconditions,
  type WriteRequest,
  written,
} from "./write-request.ts";

/** A change of one row: PATCH in part, PUT as a whole. */
export function parseUpdate(
  request: WriteRequest & {
    readonly action: "update" | "replace";
    readonly key: readonly (Stored | EarlierValue)[];
  },
  body: Json | undefined,
  checks: BodyChecks,
): UpdateCommand {
  const { table, action, key, preconditions } = request;
  demandIfMatch(table, preconditions);
  const { sent, fixed } = changes(request, body, checks);
  const unchanged = fixed.filter((assignment) => !keepsKey(assignment, table, key));
  return checked({
    action,
    table,
    target: { key },
    assignments: sent,
    unchanged,
    preconditions,
    ...answerColumns(request),
  });
}

/** The same change of every row that a filter selects. */
export function parseBulkUpdate(
  request: WriteRequest & { readonly selection: ReadCommand },
  body: Json | undefined,
  checks: BodyChecks,
): UpdateCommand {
  const { table, preconditions } = request;
  const target = bulkTarget(request);
  const { sent, fixed } = changes({ ...request, action: "update" }, body, checks);
  const [first] = fixed;
  if (first !== undefined) {
    const { name } = first.column;
    throw invalidData(table, [
      { pointer: pointerTo(name), code: "read_only", message: `${name} differs from row to row.` },
    ]);
  }
  return checked({
    action: "update",
    table,
    target,
    assignments: sent,
    unchanged: [],
    preconditions,
    ...answerColumns(request),
  });
}

export function parseDelete(
  request: WriteRequest & { readonly key: readonly (Stored | EarlierValue)[] },
): DeleteCommand {
  demandIfMatch(request.table, request.preconditions);
  const unknown = request.query[0];
  if (unknown !== undefined)
    throw new Problem("unknown_parameter", `A delete takes no parameter ${quoted(unknown.name)}.`);
  return deletion(request, { key: request.key });
}

export function parseBulkDelete(request: WriteRequest & { readonly selection: ReadCommand }): DeleteCommand {
  return deletion(request, bulkTarget(request));
}

function deletion(request: WriteRequest, target: WriteTarget): DeleteCommand {
  const { table, preconditions } = request;
  const { seen } = written(request);
  return checked({
    action: "delete",
    table,
    seen,
    target,
    preconditions,
    answer: seen.columns,
    shown: undefined,
    cascadeLimit: CASCADE_ROWS,
  });
}

function bulkTarget(request: WriteRequest & { readonly selection: ReadCommand }): WriteTarget {
  const { table, preconditions, selection } = request;
  demandRowByRow(table);
  refusePreconditions(preconditions);
  return { selection, most: BULK_ROWS };
}

function changes(
  request: WriteRequest & { readonly action: "update" | "replace" },
  body: Json | undefined,
  checks: BodyChecks,
): { readonly sent: readonly Assignment[]; readonly fixed: readonly Assignment[] } {
  const { table, action, earlier } = request;
  const mine = written(request);
  const split = splitBody(mine.change, body, { earlier, increments: action === "update", at: "" });
  const given = split.decided.map(({ column }) => column);
  const row = checks.bodies.check(mine.change, split.plain, { use: action, given });
  const changes = (column: Assignment["column"]): boolean => isOpen(mine.change, column) && column.role !== "key";
  const decidedKey = split.decided.find(({ column }) => column.role === "key");
  if (decidedKey !== undefined) {
    const { name } = decidedKey.column;
    throw invalidData(table, [{ pointer: pointerTo(name), code: "read_only", message: `${name} is the row's key.` }]);
  }
  const sent = assign(row, table.columns, changes).map((assignment) =>
    action === "update" && assignment.column.role === "document" ? { ...assignment, merge: true } : assignment,
  );
  return {
    sent: [...sent, ...split.decided],
    // As the caller sees them: whether a value is the stored one is told only where that may be read.
    fixed: assign(row, table.columns, (column) => !changes(column)).map((assignment) => ({
      ...assignment,
      column: mine.seen.column.get(assignment.column.name) ?? assignment.column,
    })),
  };
}

/** A key column of the body that equals the path says nothing new; another value is a 400 in the service's words. */
function keepsKey(assignment: Assignment, table: TableModel, key: readonly (Stored | EarlierValue)[]): boolean {
  const at = table.key.indexOf(assignment.column);
  return at !== -1 && key[at] === assignment.value;
}

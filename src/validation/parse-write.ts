import { Problem } from "../errors/problem.ts";
import { type ColumnModel, isWritable, type TableModel } from "../schema/model.ts";
import type { Json, Stored } from "../schema/stored.ts";
import type { BodyValidator, RowBody } from "./body-validator.ts";
import type { Assignment } from "../schema/assignment.ts";
import type { Checked, CreateCommand, DeleteCommand, Preconditions, ReadCommand, UpdateCommand } from "./command.ts";
import { parseFields } from "./parse-include.ts";
import { CASCADE_ROWS } from "./limits.ts";
import { quoted } from "./parse-filter.ts";
import type { QueryParameter } from "./query-string.ts";

/** What every write brings: the query (only `fields`), and the conditions of its headers. */
export interface WriteRequest {
  readonly table: TableModel;
  readonly query: readonly QueryParameter[];
  readonly preconditions: Preconditions;
}

/** A new row. Below a parent its reference comes from the path; a body that says otherwise is refused. */
export function parseCreate(
  request: WriteRequest & {
    readonly parent: { readonly read: ReadCommand; readonly reference: Assignment } | undefined;
  },
  body: Json | undefined,
  validator: BodyValidator,
): CreateCommand {
  const { table, parent } = request;
  const row = validator.check(table, "create", parent === undefined ? body : withReference(parent.reference, body));
  const assignments = assign(row, table.columns.filter(isWritable));
  if (parent !== undefined) refuseOtherParent(assignments, parent.reference);
  return checked({
    action: "create",
    table,
    assignments,
    preconditions: request.preconditions,
    answer: answerColumns(request),
    parent: parent?.read,
  });
}

/** A change of one row: PATCH in part, PUT as a whole. */
export function parseUpdate(
  request: WriteRequest & { readonly action: "update" | "replace"; readonly key: readonly Stored[] },
  body: Json | undefined,
  validator: BodyValidator,
): UpdateCommand {
  const { table, action, key, preconditions } = request;
  if (table.requiresIfMatch) demandIfMatch(preconditions);
  const row = validator.check(table, action, body);
  const assignments = assign(
    row,
    table.columns.filter((column) => isWritable(column) && column.role !== "key"),
  );
  const fixed = assign(
    row,
    table.columns.filter((column) => !isWritable(column) || column.role === "key"),
  );
  const unchanged = fixed.filter((assignment) => !keepsKey(assignment, table, key));
  return checked({ action, table, key, assignments, unchanged, preconditions, answer: answerColumns(request) });
}

/** A row that a new database starts with: as a POST, but it may also hold what the server would fill. */
export function parseSeedRow(table: TableModel, body: Json, validator: BodyValidator): CreateCommand {
  const row = validator.check(table, "seed", body);
  const preconditions = { match: undefined, noneMatch: undefined };
  return checked({
    action: "create",
    table,
    assignments: assign(row, table.columns),
    preconditions,
    answer: table.columns,
    parent: undefined,
  });
}

export function parseDelete(request: WriteRequest & { readonly key: readonly Stored[] }): DeleteCommand {
  const { table, key, preconditions, query } = request;
  if (table.requiresIfMatch) demandIfMatch(preconditions);
  const unknown = query[0];
  if (unknown !== undefined)
    throw new Problem("unknown_parameter", `A delete takes no parameter ${quoted(unknown.name)}.`);
  return checked({ action: "delete", table, key, preconditions, answer: table.columns, cascadeLimit: CASCADE_ROWS });
}

/** A key column of the body that equals the path says nothing new; another value is a 400 in the service's words. */
function keepsKey(assignment: Assignment, table: TableModel, key: readonly Stored[]): boolean {
  const at = table.key.indexOf(assignment.column);
  return at !== -1 && key[at] === assignment.value;
}

function assign(row: RowBody, columns: readonly ColumnModel[]): Assignment[] {
  const assignments: Assignment[] = [];
  for (const column of columns) {
    // A column may be called like something that every object inherits.
    const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
    if (value !== undefined) assignments.push({ column, value: value === null ? null : column.kind.store(value) });
  }
  return assignments;
}

/** The reference of a nested create, put into the body as JSON would hold it, unless the body has one. */
function withReference(reference: Assignment, body: Json | undefined): Json | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body) || Object.hasOwn(body, reference.column.name))
    return body;
  const value = typeof reference.value === "bigint" ? String(reference.value) : (reference.value as Json);
  return { ...body, [reference.column.name]: value };
}

function refuseOtherParent(assignments: readonly Assignment[], reference: Assignment): void {
  const sent = assignments.find((assignment) => assignment.column === reference.column);
  if (sent?.value === reference.value) return;
  const { name } = reference.column;
  throw new Problem("invalid_data", "The body names another parent than the path.", {
    errors: [{ pointer: `/${name}`, code: "read_only", message: `${name} comes from the path here.` }],
  });
}

function answerColumns(request: WriteRequest): readonly ColumnModel[] {
  let columns: readonly ColumnModel[] = request.table.columns;
  let seen = false;
  for (const { name, value } of request.query) {
    if (name !== "fields")
      throw new Problem("unknown_parameter", `A write takes no parameter ${quoted(name)}; it takes fields.`);
    if (seen) throw new Problem("repeated_parameter", "fields was sent twice.");
    seen = true;
    columns = parseFields(request.table, value);
  }
  return columns;
}

function demandIfMatch(preconditions: Preconditions): void {
  if (preconditions.match === undefined)
    throw new Problem("precondition_required", "Send the row's ETag as If-Match, so that nobody's change is lost.");
}

/** The one place where writes get the brand of a checked command. */
function checked<Command>(command: Omit<Command, keyof Checked>): Command {
  return command as Command;
}

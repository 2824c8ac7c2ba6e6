import { Problem } from "../errors/problem.ts";
import { type Access, type TableAccess, tableAccess } from "../auth/policy/access.ts";
import { type ColumnModel, isWritable, type TableModel } from "../schema/model.ts";
import type { BodyValidator } from "./body-validator.ts";
import type { Checked, CreateCommand, Preconditions } from "./command.ts";
import type { EarlierOperations } from "./earlier-operations.ts";
import { quoted } from "./quoted.ts";
import { type AnswerColumns, parseFields, wholeRow } from "./parse-fields.ts";
import type { QueryParameter } from "./query-string.ts";

/** What every write brings: its table, the query (only `fields`), and the conditions of its headers. */
export interface WriteRequest {
  readonly table: TableModel;
  /** What the caller may do. */
  readonly access: Access;
  readonly query: readonly QueryParameter[];
  readonly preconditions: Preconditions;
  /** In a batch: the operations in front of this one. */
  readonly earlier: EarlierOperations | undefined;
}

/** What bodies are checked with. */
export interface BodyChecks {
  readonly bodies: BodyValidator;
}

/** The caller's side of the table that is written. */
export function written(request: Pick<WriteRequest, "access" | "table">): TableAccess {
  return tableAccess(request.access, request.table);
}

/** Whether a body may choose the value of a column of the table. */
export function isOpen(body: TableModel, { name }: ColumnModel): boolean {
  const column = body.column.get(name);
  return column !== undefined && isWritable(column);
}

/** The columns of the answer: those that `fields` names, or all. */
export function answerColumns(
  request: Pick<WriteRequest, "access" | "table" | "query">,
): Pick<CreateCommand, "seen" | "answer" | "shown"> {
  const { seen } = written(request);
  let chosen: AnswerColumns = wholeRow(seen);
  let named = false;
  for (const { name, value } of request.query) {
    if (name !== "fields")
      throw new Problem("unknown_parameter", `A write takes no parameter ${quoted(name)}; it takes fields.`);
    if (named) throw new Problem("repeated_parameter", "fields was sent twice.");
    named = true;
    chosen = parseFields(seen, value);
  }
  return { seen, answer: chosen.columns, shown: chosen.shown };
}

/** A write of many rows has no one row that If-Match or If-None-Match could mean. */
export function refusePreconditions({ match, noneMatch }: Preconditions): void {
  if (match !== undefined || noneMatch !== undefined)
    throw new Problem("invalid_precondition", "If-Match and If-None-Match belong to a write of one row.");
}

export function demandIfMatch(table: TableModel, preconditions: Preconditions): void {
  if (table.requiresIfMatch && preconditions.match === undefined)
    throw new Problem("precondition_required", "Send the row's ETag as If-Match, so that nobody's change is lost.");
}

/** A table that demands If-Match takes no write that names no row by itself: it could not send the ETag of each. */
export function demandRowByRow(table: TableModel): void {
  if (table.requiresIfMatch)
    throw new Problem(
      "precondition_required",
      `${table.path} takes changes row by row, each with its ETag as If-Match.`,
    );
}

/** The one place where writes get the brand of a checked command. */
export function checked<Command>(command: Omit<Command, keyof Checked>): Command {
  return command as Command;
}

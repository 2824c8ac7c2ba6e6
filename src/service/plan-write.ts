import type { ColumnModel, TableModel } from "../schema/model.ts";
import { isWritable } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { Assignment } from "../schema/assignment.ts";
import type { CreateCommand, DeleteCommand, UpdateCommand } from "../validation/command.ts";
import type { DeletePlan, InsertPlan, UpdatePlan } from "./write-plan.ts";

/** What the service takes from outside: the clock, and identifiers. */
export interface Sources {
  /** The time as it is stored: `2024-10-28T10:30:00.000Z`. */
  readonly now: () => string;
  readonly uuid: () => string;
}

/** Decides every column of a new row: the caller's, the defaults, and those the server fills. */
export function planInsert(command: CreateCommand, sources: Sources): InsertPlan {
  const { table } = command;
  const sent = new Map(command.assignments.map((assignment) => [assignment.column, assignment.value]));
  const now = sources.now();
  // Only the first rows of a database bring their time along; they have not changed since.
  const created = command.assignments.find(({ column }) => column.role === "created_at")?.value;
  const assignments: Assignment[] = [];
  const copies: InsertPlan["copies"][number][] = [];
  for (const column of table.columns) {
    const given = sent.get(column);
    if (given !== undefined) assignments.push({ column, value: given });
    else if (column.role === "updated_at" && created !== undefined) assignments.push({ column, value: created });
    else if (column.filled?.by === "copy") {
      const source = copySource(table, column.filled);
      copies.push({
        column,
        value: sent.get(source.reference) ?? null,
        from: { ...source.target, column: column.filled.column },
      });
    } else {
      const value = serverValue(column, { now, uuid: sources.uuid });
      if (value !== undefined) assignments.push({ column, value });
    }
  }
  return { write: "insert", table, preconditions: command.preconditions, answer: command.answer, assignments, copies };
}

function serverValue(column: ColumnModel, given: { now: string; uuid: () => string }): Stored | undefined {
  if (column.role === "created_at" || column.role === "updated_at") return given.now;
  if (column.filled?.by === "uuid") return given.uuid();
  if (column.default !== undefined) return column.kind.store(column.default);
  return undefined;
}

function copySource(
  table: TableModel,
  filled: { readonly reference: string },
): { reference: ColumnModel; target: { table: string; key: string } } {
  const reference = table.column.get(filled.reference);
  if (reference?.references === undefined) throw new Error(`${table.name} has no reference ${filled.reference}`);
  return { reference, target: { table: reference.references.table, key: reference.references.column } };
}

/** PATCH writes what was sent; PUT also empties what was not. Columns the server fills keep their value. */
export function planUpdate(command: UpdateCommand, sources: Sources): UpdatePlan {
  const { table } = command;
  const assignments = [...command.assignments];
  if (command.action === "replace") {
    const sent = new Set(command.assignments.map((assignment) => assignment.column));
    for (const column of table.columns) {
      if (!isWritable(column) || column.role === "key" || sent.has(column)) continue;
      assignments.push({ column, value: column.default === undefined ? null : column.kind.store(column.default) });
    }
  }
  const updated = table.columns.find((column) => column.role === "updated_at");
  if (assignments.length > 0 && updated !== undefined) assignments.push({ column: updated, value: sources.now() });
  const { preconditions, answer, key, unchanged } = command;
  return { write: "update", table, preconditions, answer, key, assignments, unchanged };
}

export function planDelete(command: DeleteCommand): DeletePlan {
  const { table, preconditions, answer, key, cascadeLimit } = command;
  return { write: "delete", table, preconditions, answer, key, cascadeLimit };
}

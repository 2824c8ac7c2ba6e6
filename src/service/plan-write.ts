import type { Assignment } from "../schema/assignment.ts";
import { type ColumnModel, isWritable, type TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { DeleteCommand, NewRow, UpdateCommand } from "../validation/command.ts";
import type { CopyPlan, DeletePlan, RowPlan, TargetPlan, UpdatePlan } from "./write-plan.ts";

/** What the service takes from outside: the clock, and identifiers. */
export interface Sources {
  /** The time as it is stored: `2024-10-28T10:30:00.000Z`. */
  readonly now: () => string;
  readonly uuid: () => string;
}

/** What is the same for every row of one write. */
export interface RowSources {
  readonly now: string;
  readonly uuid: () => string;
}

/** The table of a new row, and the column that takes the key of the row it stands below. */
export interface RowPlace {
  readonly table: TableModel;
  readonly below?: ColumnModel;
}

/** Decides every column of a new row, and of the rows below it: the caller's, the defaults, and those the server fills. */
export function planRow(place: RowPlace, row: NewRow, sources: RowSources): RowPlan {
  const { table, below } = place;
  const sent = new Map(row.assignments.map((assignment) => [assignment.column, assignment.value]));
  // Only the first rows of a database bring their time along; they have not changed since.
  const created = row.assignments.find(({ column }) => column.role === "created_at")?.value;
  const assignments: Assignment[] = [];
  const copies: CopyPlan[] = [];
  for (const column of table.columns) {
    if (column === below) continue;
    const given = sent.get(column);
    if (given !== undefined) assignments.push({ column, value: given });
    else if (column.role === "updated_at" && created !== undefined) assignments.push({ column, value: created });
    else if (column.filled?.by === "copy") copies.push(copyOf(table, column, sent));
    else {
      const value = serverValue(column, sources);
      if (value !== undefined) assignments.push({ column, value });
    }
  }
  const children = row.children.map((group) => ({
    relation: group.relation,
    table: group.table,
    reference: group.reference,
    rows: group.rows.map((child) => planRow({ table: group.table, below: group.reference }, child, sources)),
  }));
  return { assignments, copies, children, pointer: row.pointer };
}

function serverValue(column: ColumnModel, given: RowSources): Stored | undefined {
  if (column.role === "created_at" || column.role === "updated_at") return given.now;
  if (column.filled?.by === "uuid") return given.uuid();
  if (column.default !== undefined) return column.kind.store(column.default);
  return undefined;
}

function copyOf(table: TableModel, column: ColumnModel, sent: ReadonlyMap<ColumnModel, Assignment["value"]>): CopyPlan {
  const filled = column.filled?.by === "copy" ? column.filled : undefined;
  const through = table.column.get(filled?.reference ?? "");
  if (filled === undefined || through?.references === undefined)
    throw new Error(`${table.name}.${column.name} is copied from nowhere`);
  const { table: from, column: key } = through.references;
  return { column, value: sent.get(through) ?? null, from: { table: from, key, column: filled.column }, through };
}

/** PATCH writes what was sent; PUT also empties what was not. Columns the server fills keep their value. */
export function planUpdate(command: UpdateCommand, target: TargetPlan, now: string): UpdatePlan {
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
  if (assignments.length > 0 && updated !== undefined) assignments.push({ column: updated, value: now });
  const { preconditions, answer, unchanged } = command;
  return { write: "update", table, preconditions, answer, now, target, assignments, unchanged };
}

export function planDelete(
  command: DeleteCommand,
  target: TargetPlan,
  { now, tells }: { readonly now: string; readonly tells: boolean },
): DeletePlan {
  const { table, preconditions, answer, cascadeLimit } = command;
  return { write: "delete", table, preconditions, answer, now, target, cascadeLimit, tells };
}

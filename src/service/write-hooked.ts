import { type Assignment, type EarlierValue, isEarlierValue } from "../schema/assignment.ts";
import type { TableModel } from "../schema/model.ts";
import type { Json, Stored } from "../schema/stored.ts";
import type {
  CreateCommand,
  DeleteCommand,
  NewRow,
  UpdateCommand,
  UpsertCommand,
  WriteCommand,
} from "../validation/command.ts";
import { type DocumentChecks, mergesChecked, withMerged } from "./checked-documents.ts";
import type { Preparing } from "./hooked-commands.ts";
import { atOperation, inRow } from "./placed-problem.ts";
import type { OperationAnswer } from "./record-answer.ts";
import type { RowEvent } from "./write-hooks.ts";

/** What `before` hooks are called with, and how the rows behind them are read and written. */
export interface BeforeScope extends Preparing {
  /** Holds documents to their schemas. */
  readonly documents: DocumentChecks;
  /** The rows that a change or delete is about, as JSON texts. */
  rowsOf(command: UpdateCommand | DeleteCommand, place: number): Promise<readonly string[]>;
  write(command: WriteCommand, place: number): Promise<OperationAnswer>;
}

interface PlacedScope extends BeforeScope {
  /** The place of the operation. */
  readonly place: number;
}

/**
 * Writes commands with their `before` hooks, in order: each row directly behind its own. A hook that counts rows sees
 * those in front of it in the same request, and no operation reaches a row that its hooks were not asked about.
 */
export async function writeHooked(
  commands: readonly WriteCommand[],
  scope: BeforeScope,
): Promise<readonly OperationAnswer[]> {
  const answers: OperationAnswer[] = [];
  for (const [place, command] of commands.entries()) {
    const known = withEarlier(command, answers);
    const at: PlacedScope = { ...scope, place };
    answers.push(await atOperation({ at: place, batch: scope.batch }, () => writeCommand(known, at)));
  }
  return answers;
}

async function writeCommand(command: WriteCommand, scope: PlacedScope): Promise<OperationAnswer> {
  if ("rows" in command) return writeRows(command, scope);
  const rowByRow = scope.hooks.meets(command.table, "before") || mergesChecked(command);
  return rowByRow ? changeRows(command, scope) : scope.write(command, scope.place);
}

async function writeRows(command: CreateCommand | UpsertCommand, scope: PlacedScope): Promise<OperationAnswer> {
  const parts: OperationAnswer[] = [];
  for (const row of command.rows) {
    await beforeRow(command.table, row, scope);
    parts.push(await scope.write({ ...command, rows: [row] }, scope.place));
  }
  return merged(parts);
}

/** The rows inside a row are written with it in one step, so their hooks are all asked in front of it. */
async function beforeRow(table: TableModel, row: NewRow, scope: PlacedScope): Promise<void> {
  const { hooks, caller, records } = scope;
  if (hooks.meets(table, "before")) {
    const event: RowEvent = { action: "create", table, assignments: row.assignments, row: undefined };
    await inRow(row, () => hooks.before(event, caller, records));
  }
  for (const group of row.children) for (const child of group.rows) await beforeRow(group.table, child, scope);
}

/** Which rows a filter selects is decided once; each is read again by its key when it is its turn. */
async function changeRows(command: UpdateCommand | DeleteCommand, scope: PlacedScope): Promise<OperationAnswer> {
  const { target, table } = command;
  if ("key" in target) {
    const [row] = await scope.rowsOf(command, scope.place);
    return scope.write(row === undefined ? command : await beforeChange(command, row, scope), scope.place);
  }
  const parts: OperationAnswer[] = [];
  for (const selected of await scope.rowsOf(command, scope.place)) {
    const values = JSON.parse(selected) as Record<string, Json>;
    const one = { ...command, target: { key: table.key.map((column) => storedAgain(column, values)) } };
    const [row] = await scope.rowsOf(one, scope.place);
    // A hook of a row in front of this one may have deleted it.
    if (row === undefined) continue;
    parts.push(await scope.write(await beforeChange(one, row, scope), scope.place));
  }
  return merged(parts);
}

/** Asks the hooks of a row; answers the change as it is to be written. */
async function beforeChange(
  command: UpdateCommand | DeleteCommand,
  row: string,
  scope: PlacedScope,
): Promise<UpdateCommand | DeleteCommand> {
  const { table } = command;
  const { hooks, documents } = scope;
  const asked = hooks.meets(table, "before");
  if (asked) {
    const [action, assignments] =
      command.action === "delete" ? (["delete", []] as const) : (["update", command.assignments] as const);
    await hooks.before({ action, table, assignments, row }, scope.caller, scope.records);
  }
  if (!mergesChecked(command)) return command;
  // A hook may have changed the very row.
  const [now] = asked ? await scope.rowsOf(command, scope.place) : [row];
  return now === undefined ? command : withMerged(command, now, documents);
}

function merged(parts: readonly OperationAnswer[]): OperationAnswer {
  return {
    rows: parts.flatMap(({ rows }) => rows),
    count: parts.reduce((sum, { count }) => sum + count, 0),
    written: parts.flatMap(({ written }) => written),
  };
}

/** The command with what earlier operations wrote in the place of references to it. */
function withEarlier(command: WriteCommand, answers: readonly OperationAnswer[]): WriteCommand {
  const known = (value: Stored | EarlierValue): Stored => {
    if (!isEarlierValue(value)) return value;
    const made = answers[value.operation]?.written[0];
    if (made === undefined) throw new Error(`operation ${value.operation} wrote no row to refer to`);
    return storedAgain(value.column, JSON.parse(made.json) as Record<string, Json>);
  };
  const assigned = (assignments: readonly Assignment[]): Assignment[] =>
    assignments.map((assignment) => ({ ...assignment, value: known(assignment.value) }));
  const row = (given: NewRow): NewRow => ({
    ...given,
    assignments: assigned(given.assignments),
    children: given.children.map((group) => ({ ...group, rows: group.rows.map(row) })),
  });
  if ("rows" in command) return { ...command, rows: command.rows.map(row) };
  const { target } = command;
  const found = "key" in target ? { key: target.key.map(known) } : target;
  if (command.action === "delete") return { ...command, target: found };
  const { assignments, unchanged } = command;
  return { ...command, target: found, assignments: assigned(assignments), unchanged: assigned(unchanged) };
}

function storedAgain({ name, kind }: EarlierValue["column"], row: Readonly<Record<string, Json>>): Stored {
  const value = row[name] ?? null;
  return value === null ? null : kind.store(value);
}

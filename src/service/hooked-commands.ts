import type { TableModel } from "../schema/model.ts";
import type { NewChildren, NewRow, UpdateCommand, UpsertCommand, WriteCommand } from "../validation/command.ts";
import { atOperation, inRow } from "./placed-problem.ts";
import type { HookCaller, HookMoment, Records, RowEvent, WriteHooks } from "./write-hooks.ts";

/** Whether a row of some table that these commands write meets hooks of a moment. */
export function anyMeets(hooks: WriteHooks, commands: readonly WriteCommand[], moment: HookMoment): boolean {
  for (const command of commands) {
    if (hooks.meets(command.table, moment)) return true;
    if ("rows" in command && childrenMeet(hooks, command.rows, moment)) return true;
  }
  return false;
}

function childrenMeet(hooks: WriteHooks, rows: readonly NewRow[], moment: HookMoment): boolean {
  for (const { children } of rows)
    for (const group of children)
      if (hooks.meets(group.table, moment) || childrenMeet(hooks, group.rows, moment)) return true;
  return false;
}

/** The commands with what `prepare` hooks made of their values, row by row in the order of the body. */
export async function prepareCommands(commands: readonly WriteCommand[], at: Preparing): Promise<WriteCommand[]> {
  const prepared: WriteCommand[] = [];
  for (const [place, command] of commands.entries())
    prepared.push(await atOperation({ at: place, batch: at.batch }, () => prepareCommand(command, at)));
  return prepared;
}

async function prepareCommand(command: WriteCommand, at: Preparing): Promise<WriteCommand> {
  const { table } = command;
  const { hooks, caller, records } = at;
  switch (command.action) {
    case "create":
      return { ...command, rows: await prepareRows(table, command.rows, at) };
    case "upsert": {
      const rows = await prepareRows(table, command.rows, at);
      requireConflict(command, rows);
      return { ...command, rows };
    }
    case "delete":
      if (hooks.meets(table, "prepare"))
        await hooks.prepare({ action: "delete", table, assignments: [], row: undefined }, caller, records);
      return command;
    default:
      return hooks.meets(table, "prepare") ? prepareUpdate(command, at) : command;
  }
}

/** What hooks are called with. */
export interface Preparing {
  readonly hooks: WriteHooks;
  readonly caller: HookCaller;
  readonly records: Records;
  /** Whether the commands are operations of a batch. */
  readonly batch: boolean | undefined;
}

async function prepareUpdate(command: UpdateCommand, { hooks, caller, records }: Preparing): Promise<UpdateCommand> {
  const { table, assignments } = command;
  return {
    ...command,
    assignments: await hooks.prepare({ action: "update", table, assignments, row: undefined }, caller, records),
  };
}

/** A hook may choose the values that decide whether a row is there already; without one no row is ever found. */
function requireConflict({ table, conflict }: UpsertCommand, rows: readonly NewRow[]): void {
  for (const { assignments } of rows)
    for (const column of conflict.columns)
      if ((assignments.find((assignment) => assignment.column === column)?.value ?? null) === null)
        throw new Error(`a prepare hook of ${table.name} emptied ${column.name}, by which an upsert finds its row`);
}

async function prepareRows(table: TableModel, rows: readonly NewRow[], at: Preparing): Promise<NewRow[]> {
  const prepared: NewRow[] = [];
  for (const row of rows) {
    const { assignments } = row;
    const event: RowEvent = { action: "create", table, assignments, row: undefined };
    const values = at.hooks.meets(table, "prepare")
      ? await inRow(row, () => at.hooks.prepare(event, at.caller, at.records))
      : assignments;
    const children: NewChildren[] = [];
    for (const group of row.children) children.push({ ...group, rows: await prepareRows(group.table, group.rows, at) });
    prepared.push({ ...row, assignments: values, children });
  }
  return prepared;
}

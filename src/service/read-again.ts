import { tableAccess } from "../auth/policy/access.ts";
import type { Principal } from "../auth/principal.ts";
import { entityTag } from "../schema/entity-tag.ts";
import { certainly } from "../schema/filter.ts";
import type { TableModel } from "../schema/model.ts";
import type { Json, Stored } from "../schema/stored.ts";
import { UNREADABLE } from "../schema/unreadable-row.ts";
import type { WriteCommand } from "../validation/command.ts";
import type { WriteAnswer } from "./record-answer.ts";

type JsonRow = { readonly [member: string]: Json };

/** Reads the row of a key as a caller sees it now; undefined where it sees none. */
export type ReadRow = (table: TableModel, key: readonly Stored[], principal: Principal) => Promise<string | undefined>;

/**
 * A kept answer as its caller may still read it: rights may have gone since it was given. Rows that it may not read any
 * more are answered without members, and columns that it may not see any more are left out or null.
 */
export async function stillReadable(
  commands: readonly WriteCommand[],
  answer: WriteAnswer,
  by: { readonly principal: Principal; readonly read: ReadRow },
): Promise<WriteAnswer> {
  const again = new ReadAgain(by.principal, by.read);
  const operations = await Promise.all(
    answer.operations.map(async (operation, at) => {
      const command = commands[at];
      if (command === undefined || isOpen(command, by.principal)) return operation;
      const { table } = command;
      const rows = await Promise.all(
        operation.rows.map(async (row) => {
          const json = await again.text(table, row.json, keyOfText(table, row.key as string));
          return json === row.json ? row : { ...row, json, tag: entityTag(json) };
        }),
      );
      return { ...operation, rows };
    }),
  );
  return { ...answer, operations };
}

/** Whether every row and column of what a command wrote is everybody's to read, of its kind of callers. */
function isOpen(command: WriteCommand, { access }: Principal): boolean {
  const { whole, seen, actions } = tableAccess(access, command.table);
  const isNested = "rows" in command && command.rows.some(({ children }) => children.length > 0);
  return certainly(actions.read) === true && seen.columns === whole.columns && !isNested;
}

class ReadAgain {
  readonly #principal: Principal;
  readonly #read: ReadRow;

  constructor(principal: Principal, read: ReadRow) {
    this.#principal = principal;
    this.#read = read;
  }

  /** The row's JSON text without what the caller may not read any more. */
  async text(table: TableModel, json: string, key: readonly Stored[] | undefined): Promise<string> {
    if (json === UNREADABLE) return json;
    const made = await this.#row(table, JSON.parse(json) as JsonRow, key);
    return made === undefined
      ? UNREADABLE
      : `{${made.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
  }

  /** The members that are left, as JSON texts; undefined where the row itself is not readable. */
  async #row(
    table: TableModel,
    stored: JsonRow,
    known: readonly Stored[] | undefined,
  ): Promise<readonly (readonly [name: string, value: string])[] | undefined> {
    const { whole, seen, actions } = tableAccess(this.#principal.access, table);
    const key = known ?? whole.key.map(({ name, kind }) => kind.store(stored[name] as Json));
    const text = await this.#read(whole, key, this.#principal);
    // A row that is gone was theirs to read where every row is.
    if (text === undefined && certainly(actions.read) !== true) return undefined;
    const now = JSON.parse(text ?? UNREADABLE) as JsonRow;
    const left: (readonly [string, string])[] = [];
    for (const [name, value] of Object.entries(stored)) {
      const column = seen.column.get(name);
      const relation = whole.column.has(name) ? undefined : seen.relations.get(name);
      if (column !== undefined) {
        const hidden = column.visible !== undefined && (now[name] ?? null) === null;
        left.push([name, hidden ? "null" : JSON.stringify(value)]);
      } else if (relation !== undefined && Array.isArray(value)) {
        const target = tableAccess(this.#principal.access, { name: relation.table }).whole;
        const rows = await Promise.all(
          (value as readonly JsonRow[]).map((row) => this.text(target, JSON.stringify(row), undefined)),
        );
        left.push([name, `[${rows.join(",")}]`]);
      }
    }
    return left;
  }
}

function keyOfText(table: TableModel, text: string): Stored[] {
  const parts = text.split(",");
  return table.key.map(({ kind }, at) => kind.parse(decodeURIComponent(parts[at] as string)) as Stored);
}

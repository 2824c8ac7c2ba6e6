import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import type { EarlierValue } from "../schema/assignment.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import { quoted } from "./quoted.ts";

/** An operation of a batch that has been read, as far as later ones may refer to it. */
export interface EarlierOperation {
  /** What the caller calls it; its place serves as well. */
  readonly name: string | undefined;
  /** The table of the one row it writes, as the caller sees it; undefined where it writes none or many. */
  readonly table: TableModel | undefined;
  /** Whether the caller may read that row, whatever is in it. */
  readonly readable: boolean;
}

/** The operations of a batch in front of the one that is being read. */
export class EarlierOperations {
  readonly #operations: EarlierOperation[] = [];

  add(operation: EarlierOperation): void {
    this.#operations.push(operation);
  }

  has(name: string): boolean {
    return this.#place(name) !== -1;
  }

  /** `0.id` or `order.id` → the value that the operation's row will have there, if `wanted` can hold it. */
  value(reference: string, wanted: ColumnModel): EarlierValue {
    const dot = reference.indexOf(".");
    const operation = this.#place(dot === -1 ? reference : reference.slice(0, dot));
    const { table, readable = false } = this.#operations[operation] ?? {};
    if (dot === -1 || table === undefined) {
      throw new Problem(
        "invalid_reference",
        `${quoted(reference)} is not of the form operation.column with an earlier operation that writes one row.`,
      );
    }
    const name = reference.slice(dot + 1);
    const open = referable(table, readable);
    const column = open.get(name);
    if (column === undefined) {
      const known = didYouMean(name, open.keys());
      throw new Problem(
        "invalid_reference",
        `${quoted(reference)}: ${table.path} has no column ${quoted(name)} to refer to.${known}`,
      );
    }
    if (!isStoredAlike(column, wanted)) {
      const kinds = `${quoted(reference)} is a ${column.kind.name}, ${wanted.name} takes ${wanted.kind.expects}`;
      throw new Problem("invalid_reference", `${kinds}.`);
    }
    return { operation, column };
  }

  #place(name: string): number {
    const named = this.#operations.findIndex((operation) => operation.name === name);
    if (named !== -1) return named;
    return /^(?:0|[1-9]\d{0,3})$/.test(name) && Number(name) < this.#operations.length ? Number(name) : -1;
  }
}

/**
 * The columns whose values the caller would be answered in any case: another's would be told by what it is written into.
 * The key is open beyond that, since rows are made below rows that their maker may not read.
 */
function referable(table: TableModel, readable: boolean): ReadonlyMap<string, ColumnModel> {
  const isOpen = ([name, { visible }]: [string, ColumnModel]): boolean =>
    visible === undefined && (readable || table.key.some((part) => part.name === name));
  return new Map([...table.column].filter(isOpen));
}

/** Whether a stored value of one column means the same in the other. */
function isStoredAlike(column: ColumnModel, wanted: ColumnModel): boolean {
  const [from, to] = [column.kind.storage, wanted.kind.storage];
  if (from.as === "json" || from.as !== to.as) return false;
  return from.as !== "decimal" || to.as !== "decimal" || from.scale === to.scale;
}

import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import { memberIn } from "./parse-member.ts";
import { quoted } from "./quoted.ts";

/** What is read of a row, and what is answered of it where columns are computed. */
export interface AnswerColumns {
  readonly columns: readonly ColumnModel[];
  readonly shown: readonly ColumnModel[] | undefined;
}

/** A row as it is without `fields`. */
export function wholeRow(table: TableModel): AnswerColumns {
  return { columns: table.columns, shown: table.computed.size === 0 ? undefined : table.shown };
}

/** `id,title` → columns, in the order asked for. What a computed one needs is read with them. */
export function parseFields(table: TableModel, value: string): AnswerColumns {
  const shown: ColumnModel[] = [];
  for (const name of value.split(",")) {
    const column = memberIn(table, name, "json") ?? table.column.get(name) ?? table.computed.get(name);
    if (column === undefined) {
      const known = table.shown.map((candidate) => candidate.name);
      throw new Problem("unknown_column", `${table.path} has no column ${quoted(name)}.${didYouMean(name, known)}`);
    }
    if (shown.some((other) => other.name === name))
      throw new Problem("repeated_parameter", `fields names ${quoted(name)} twice.`);
    shown.push(column);
  }
  if (!shown.some((column) => column.computed !== undefined)) return { columns: shown, shown: undefined };
  const columns = new Set(shown.flatMap((column) => column.computed?.needs ?? [column]));
  // A constant needs nothing; a row is read all the same, so that it is known to be there.
  return { columns: columns.size === 0 ? table.key : [...columns], shown };
}

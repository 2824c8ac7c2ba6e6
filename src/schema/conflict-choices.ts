import { type ColumnModel, columnOf, isWritable, type TableModel } from "./model.ts";

/** Columns by which an upsert finds the row that is there: a key that callers send, or something unique. */
export interface ConflictChoice {
  readonly columns: readonly ColumnModel[];
  /** Whether the primary key decides, and no unique index. */
  readonly isKey: boolean;
}

/** The sets of columns of which callers send every value, and which no two rows have alike. */
export function conflictChoices(table: TableModel): ConflictChoice[] {
  const unique = table.indexes
    .filter((index) => index.unique)
    .filter((index) => index.columns.every(({ name }) => table.column.has(name)))
    .map((index) => ({ columns: index.columns.map(({ name }) => columnOf(table, name)), isKey: false }));
  return [{ columns: table.key, isKey: true }, ...unique].filter(({ columns }) => columns.every(isWritable));
}

/** How `on_conflict` names a choice. */
export function choiceName(choice: ConflictChoice): string {
  return choice.columns.map(({ name }) => name).join(",");
}

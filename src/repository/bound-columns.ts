import type { Stored, StepResult } from "../database/database.ts";
import type { InsertColumn } from "../database/sql/compile-write.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";

/** A column with its value, ready for a statement. */
export interface BoundColumn extends InsertColumn {
  readonly value: Stored | StepResult;
}

/** When a row says that it changed. */
export function timeOf(table: TableModel, columns: readonly BoundColumn[]): string | undefined {
  const time = ["updated_at", "created_at"].flatMap(
    (role) => table.columns.find((column) => column.role === role) ?? [],
  );
  const [value] = time.map((column) => valueOf(columns, column));
  return typeof value === "string" ? value : undefined;
}

/** What is bound for a column; null where nothing is. */
export function valueOf(columns: readonly BoundColumn[], column: ColumnModel): Stored | StepResult {
  return columns.find((candidate) => candidate.column === column)?.value ?? null;
}

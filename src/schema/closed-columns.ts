import type { SchemaModel } from "./model.ts";

/** The names of columns that not everybody may read who reads the row, in lower case, as databases compare them. */
export function closedColumns(schema: SchemaModel): Set<string> {
  const columns = [...schema.tables.values()].flatMap((table) => table.columns);
  return new Set(columns.filter(({ readable }) => readable.rule !== "everyone").map(({ name }) => name.toLowerCase()));
}

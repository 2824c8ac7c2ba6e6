import { DeclarationError } from "../errors/declaration-error.ts";
import type { ColumnModel } from "./model.ts";
import type { TableSpec } from "./table.ts";

/** Refuses what only rows that are stored can have. */
export function checkView(name: string, spec: TableSpec): void {
  const where = `view ${name}`;
  if (spec.key === undefined)
    throw new DeclarationError(where, "it has no key", 'Name what tells its rows apart: .primaryKey("user_id")');
  for (const action of Object.keys(spec.rules ?? {})) {
    if (action !== "read")
      throw new DeclarationError(where, `nobody can ${action} rows of a view`, "Write .allow({ read: … }) alone");
  }
  for (const [column, { spec: declared }] of Object.entries(spec.columns)) {
    const option = optionOf(declared);
    if (option !== undefined)
      throw new DeclarationError(
        `${where}, column ${column}`,
        `its query makes the column, so it takes no ${option}`,
        `Remove ${option}`,
      );
  }
}

function optionOf(spec: TableSpec["columns"][string]["spec"]): string | undefined {
  if (spec.unique) return ".unique()";
  if (spec.index) return ".index()";
  if (spec.filled !== undefined) return ".generated(), .sumOf() or .copyOf()";
  if (spec.default !== undefined) return ".default()";
  return spec.reference === undefined || spec.reference.onDelete === "restrict" ? undefined : "onDelete";
}

/** A column as a view has it: whatever its query answers, it is the server's, and only the key is never missing. */
export function viewColumn(column: ColumnModel): ColumnModel {
  const inKey = column.role === "key" || column.role === "generated_key";
  return { ...column, role: inKey ? "key" : "plain", optional: !inKey, unchecked: true };
}

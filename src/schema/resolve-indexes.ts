import { DeclarationError } from "../errors/declaration-error.ts";
import type { IndexModel, IndexPart } from "./model.ts";
import { refuseComputed } from "./resolve-computed.ts";
import { documentIndexes } from "./resolve-documents.ts";
import type { TableDraft } from "./table-draft.ts";
import type { TableSpec } from "./table.ts";

/**
 * The indexes of a table. An index on a column also holds the default order behind it, so that
 * "this category, newest first" is one walk along the index and no sort.
 */
export function resolveIndexes(draft: TableDraft, spec: TableSpec): void {
  // What a view reads has the indexes.
  if (draft.view !== undefined) return;
  const { name } = draft;
  const indexes: IndexModel[] = [];
  const newestFirst = draft.order.map((column) => ({ name: column.name, descending: true }));
  const add = (columns: IndexModel["columns"], unique: boolean): void => {
    const index = `${name}_${columns.map(indexedName).join("_")}${unique ? "_unique" : ""}`;
    if (!indexes.some((other) => other.name === index)) indexes.push({ name: index, columns, unique });
  };
  const keyAlone = newestFirst.length === draft.key.length;
  if (!keyAlone) add(newestFirst, false);
  for (const column of draft.columns) {
    if (column.unique && !(draft.key.length === 1 && draft.key[0] === column))
      add([{ name: column.name, descending: false }], true);
    const inFront = { name: column.name, descending: false };
    if (column.index || column.references !== undefined)
      add([inFront, ...newestFirst.filter((part) => part.name !== column.name)], false);
  }
  for (const columns of spec.uniques) add(listed(draft, columns), true);
  for (const columns of spec.indexes) add(listed(draft, columns), false);
  for (const columns of documentIndexes(draft, spec)) add(columns, false);
  draft.indexes = indexes;
}

function indexedName({ name, member }: IndexPart): string {
  return member === undefined ? name : `${member.path.join(".")}_${member.as}`;
}

function listed(draft: TableDraft, names: readonly string[]): IndexModel["columns"] {
  return names.map((name) => {
    refuseComputed(`table ${draft.name}`, name, draft.computed.values());
    const column = draft.column.get(name);
    if (column === undefined)
      throw new DeclarationError(`table ${draft.name}`, `an index names no column ${name}`, "Declare the column");
    if (!column.kind.ordered)
      throw new DeclarationError(
        `table ${draft.name}, column ${name}`,
        `a ${column.kind.name} column cannot be in an index`,
        "Leave it out",
      );
    return { name, descending: false };
  });
}

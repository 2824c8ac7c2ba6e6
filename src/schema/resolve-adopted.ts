import { DeclarationError } from "../errors/declaration-error.ts";
import type { AnyDeclaration } from "./application.ts";
import type { Kind } from "./kind.ts";
import type { ColumnModel } from "./model.ts";
import { formOf } from "./stored-form.ts";
import type { TableSpec } from "./table.ts";

/** The names that SQLite has for a row's own number; a column may have taken one of them. */
const ROW_NUMBERS = ["rowid", "_rowid_", "oid"] as const;

/** Refuses what would change an adopted file, and what only such a file can have. */
export function checkAdoption(name: string, spec: TableSpec, { adopted = false, seed }: AnyDeclaration): void {
  if (adopted && seed !== undefined)
    throw new DeclarationError(
      "seed",
      "an adopted file has its rows already",
      "Remove seed, or fill the file with its own tools",
    );
  if (spec.options.rowid === true) checkRowNumber(name, spec, adopted);
  for (const [column, { spec: declared }] of Object.entries(spec.columns)) {
    const where = `table ${name}, column ${column}`;
    const form = declared.kind === undefined ? undefined : formOf(declared.kind.storage);
    if (!adopted && form !== undefined)
      throw new DeclarationError(
        where,
        `.stored("${form}") is for columns that an adopted file has already`,
        "Remove it, or write servery({ adopted: true, … })",
      );
    if (!adopted && declared.filled?.by === "database")
      throw new DeclarationError(
        where,
        ".filledByDatabase() is for columns that an adopted file has already",
        "Remove it, or write servery({ adopted: true, … })",
      );
    if (adopted && declared.search)
      throw new DeclarationError(
        where,
        ".search() needs an index and triggers in the file, and an adopted file is never changed",
        "Remove .search(); a filter finds text too: ?column[icontains]=…",
      );
  }
}

function checkRowNumber(name: string, spec: TableSpec, adopted: boolean): void {
  const where = `table ${name}`;
  if (!adopted || spec.view !== undefined)
    throw new DeclarationError(where, "rowid is for tables of an adopted file", "Remove rowid: true");
  if (spec.key !== undefined)
    throw new DeclarationError(where, "it has a key, so it needs no rowid", "Remove rowid: true or .primaryKey()");
}

/** The name under which a table without a key of its own answers the row's number. */
export function rowNumberName(name: string, spec: TableSpec): string {
  const taken = new Set(Object.keys(spec.columns).map((column) => column.toLowerCase()));
  const free = ROW_NUMBERS.find((candidate) => !taken.has(candidate));
  if (free === undefined)
    throw new DeclarationError(
      `table ${name}`,
      `its columns take every name that SQLite has for a row's number (${ROW_NUMBERS.join(", ")})`,
      'Name a key: .primaryKey("…")',
    );
  return free;
}

/** A column as an adopted file has it: what is stored there was never held to the kind. */
export function adoptedColumn(table: string, column: ColumnModel): ColumnModel {
  return { ...column, kind: comparedAsStored(column.kind), unchecked: true, adopted: table };
}

/** Only an index that Servery made folds the case of addresses. */
function comparedAsStored(kind: Kind): Kind {
  if (kind.storage.as !== "text" || kind.storage.foldCase !== true) return kind;
  const { foldCase: _, ...storage } = kind.storage;
  return { ...kind, storage };
}

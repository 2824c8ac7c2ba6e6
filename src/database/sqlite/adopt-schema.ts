import { DeclarationError } from "../../errors/declaration-error.ts";
import { didYouMean } from "../../errors/nearest-name.ts";
import { type ColumnModel, declaredTables, type SchemaModel, type TableModel } from "../../schema/model.ts";
import { OWN_TABLE } from "../own-table.ts";
import type { Connection } from "./connection.ts";

/** The file while nothing of it is used yet. */
type Examined = Pick<Connection, "query">;

/** A table or view of the file, as the declaration is compared with it. */
interface FileTable {
  readonly type: "table" | "view";
  readonly withoutRowId: boolean;
  readonly columns: ReadonlyMap<string, FileColumn>;
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** The key has an index of its own, so it is not the row's own number. */
  readonly keyHasIndex: boolean;
  /** The columns of each unique index that holds for all rows. */
  readonly uniques: readonly (readonly string[])[];
}

interface FileColumn {
  readonly type: string;
  readonly generated: boolean;
}

/**
 * Compares a declaration with the file that it adopts, and answers the tables whose key is one whole number that SQLite
 * does not count by itself. Nothing is changed. Throws a `DeclarationError` for the first thing that is missing.
 */
export function adoptSchema(file: Examined, schema: SchemaModel): ReadonlySet<string> {
  const found = new Map(
    file
      .query("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'")
      .map(([name, type, wr]) => [String(name), { isView: type === "view", withoutRowId: wr === 1 }]),
  );
  if (found.has(OWN_TABLE))
    throw new DeclarationError("database", "Servery made this file", "Remove adopted: true from the declaration");
  const uncounted = new Set<string>();
  for (const model of declaredTables(schema)) {
    const named = found.get(model.name);
    if (named === undefined) throw missingTable(model, found);
    const table = describe(file, model.name, named);
    compare(model, table);
    if (model.view === undefined && !countsKey(model, table)) uncounted.add(model.name);
  }
  return uncounted;
}

function describe(
  file: Examined,
  name: string,
  { isView, withoutRowId }: { readonly isView: boolean; readonly withoutRowId: boolean },
): FileTable {
  const columns = file.query("SELECT name, upper(type), pk, hidden FROM pragma_table_xinfo(?)", [name]);
  const key = columns
    .filter(([, , pk]) => Number(pk) > 0)
    .toSorted(([, , one], [, , other]) => Number(one) - Number(other));
  const indexes = file.query(
    `SELECT list.name, info.name, list.origin FROM pragma_index_list(?) AS list JOIN pragma_index_info(list.name) AS info WHERE list."unique" = 1 AND list.partial = 0 ORDER BY list.seq, info.seqno`,
    [name],
  );
  const uniques = new Map<string, string[]>();
  for (const [index, column] of indexes)
    uniques.set(String(index), [...(uniques.get(String(index)) ?? []), String(column)]);
  return {
    type: isView ? "view" : "table",
    withoutRowId,
    columns: new Map(
      columns.map(([column, type, , hidden]) => [
        String(column),
        { type: String(type), generated: Number(hidden) > 1 },
      ]),
    ),
    key: key.map(([column]) => String(column)),
    keyHasIndex: indexes.some(([, , origin]) => origin === "pk"),
    uniques: [...uniques.values()],
  };
}

function compare(model: TableModel, table: FileTable): void {
  const isView = model.view !== undefined;
  const where = `${isView ? "view" : "table"} ${model.name}`;
  if (isView !== (table.type === "view"))
    throw new DeclarationError(
      where,
      `in the file it is a ${table.type}`,
      `Write ${table.type === "view" ? 'view({...}, "SELECT …")' : "table({...})"}`,
    );
  for (const column of model.columns) compareColumn(model, column, table);
  if (isView) return;
  compareKey(where, model, table);
  for (const { unique, columns } of model.indexes) {
    const names = columns.map(({ name }) => name);
    if (unique && !isUnique(names, table))
      throw new DeclarationError(
        where,
        `no unique index of the file holds ${names.join(", ")} alone`,
        "Remove .unique() from the declaration",
      );
  }
}

function compareColumn(model: TableModel, column: ColumnModel, table: FileTable): void {
  if (isRowNumber(model, column, table)) return;
  const where = `table ${model.name}, column ${column.name}`;
  const found = table.columns.get(column.name);
  if (found === undefined)
    throw new DeclarationError(
      where,
      "the file has no such column",
      didYouMean(column.name, table.columns.keys()).trim() || switchOff(column) || "Leave it out of the declaration",
    );
  if (found.generated && column.role !== "filled")
    throw new DeclarationError(where, "the database generates it", "Write .filledByDatabase()");
}

/** What makes a column go away that every table has by itself. */
function switchOff({ name, role }: ColumnModel): string {
  const isGiven = role === "created_at" || role === "updated_at" || (role === "generated_key" && name === "id");
  return isGiven ? `Switch it off: table({...}, { ${name}: false })` : "";
}

/** Whether the key is the row's own number, which is no column of the table. */
function isRowNumber(model: TableModel, column: ColumnModel, table: FileTable): boolean {
  const isKey = column.role === "generated_key" && model.key.includes(column);
  return isKey && ["rowid", "_rowid_", "oid"].includes(column.name) && !table.columns.has(column.name);
}

function compareKey(where: string, model: TableModel, table: FileTable): void {
  const names = model.key.map(({ name }) => name);
  const [key] = model.key;
  if (key !== undefined && isRowNumber(model, key, table)) {
    if (!table.withoutRowId) return;
    throw new DeclarationError(
      where,
      "it is a table WITHOUT ROWID, so its rows have no number",
      `Name its key: .primaryKey(${table.key.map((name) => JSON.stringify(name)).join(", ")})`,
    );
  }
  if (sameNames(names, table.key) || isUnique(names, table)) return;
  throw new DeclarationError(
    where,
    `in the file ${names.join(", ")} is neither the primary key nor unique`,
    table.key.length === 0
      ? "Take the row's number: table({...}, { rowid: true })"
      : `Write .primaryKey(${table.key.map((name) => JSON.stringify(name)).join(", ")})`,
  );
}

function isUnique(names: readonly string[], table: FileTable): boolean {
  return [table.key, ...table.uniques].some((columns) => sameNames(names, columns));
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}

/** SQLite counts a key that is the row's own number: one column declared INTEGER, letter for letter. */
function countsKey(model: TableModel, table: FileTable): boolean {
  const [key] = model.key;
  if (key?.role !== "generated_key" || isRowNumber(model, key, table)) return true;
  const isOnlyKey = table.key.length === 1 && table.key[0] === key.name && !table.withoutRowId;
  return isOnlyKey && table.columns.get(key.name)?.type === "INTEGER" && !table.keyHasIndex;
}

function missingTable(model: TableModel, found: ReadonlyMap<string, unknown>): DeclarationError {
  const there = [...found.keys()].filter((name) => !name.startsWith("sqlite_"));
  return new DeclarationError(
    `${model.view === undefined ? "table" : "view"} ${model.name}`,
    `the file has none of this name`,
    didYouMean(model.name, there).trim() || `It has ${there.slice(0, 5).join(", ") || "no tables"}`,
  );
}

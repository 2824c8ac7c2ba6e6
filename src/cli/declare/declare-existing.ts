import type {
  ExistingColumn,
  ExistingDatabase,
  ExistingTable,
} from "../../database/sqlite/existing/existing-database.ts";
import { ROWID_NAMES } from "../../database/sqlite/existing/read-table.ts";
import { chooseDefault } from "./choose-default.ts";
import { chooseKind, type KindChoice } from "./choose-kind.ts";
import { declareReferences } from "./declare-references.ts";
import { type Draft, type DraftColumn, type DraftTable, isLeftOut, type LeftOut } from "./draft.ts";
import { nameRelations } from "./name-relations.ts";
import { columnNameProblem, pathOption, TakenNames, tableNameProblem } from "./names.ts";

/** The declaration of a database that another program designed. What it cannot have is in it with the reason. */
export function declareExisting(database: ExistingDatabase, title: string): Draft {
  const taken = new TakenNames();
  const tables: DraftTable[] = [];
  const leftOut: LeftOut[] = database.unreadable
    .filter(({ reason }) => reason !== "SQLite keeps it for itself")
    .map(({ name, reason }) => ({ leftOut: name, reason }));
  const names = database.tables.map((table) => table.name);
  for (const existing of database.tables) {
    const table = namedTable(existing, taken) ?? declareTable(existing, names);
    if ("leftOut" in table) leftOut.push(table);
    else tables.push(table);
  }
  return { title, adopted: true, tables: nameRelations(declareReferences(tables, database.tables)), leftOut };
}

function namedTable(table: ExistingTable, taken: TakenNames): LeftOut | undefined {
  const problem = tableNameProblem(table.name, true);
  if (problem !== undefined) return { leftOut: table.name, reason: problem };
  const other = taken.take(table.name);
  return other === undefined
    ? undefined
    : { leftOut: table.name, reason: `its name differs from ${other} in case alone` };
}

function declareTable(table: ExistingTable, names: readonly string[]): DraftTable | LeftOut {
  const taken = new TakenNames();
  const columns = table.columns.map((column) => {
    const problem = columnNameProblem(table.name, column.name, true);
    if (problem !== undefined) return { leftOut: column.name, reason: problem };
    const other = taken.take(column.name);
    if (other !== undefined) return { leftOut: column.name, reason: `its name differs from ${other} in case alone` };
    return declareColumn(table, column);
  });
  const key = keyOf(table, columns);
  if ("leftOut" in key) return key;
  const draft: DraftTable = {
    name: table.name,
    is: table.is,
    columns,
    key: key.names,
    options: { ...pathOption(table.name, names), ...(key.names.length === 0 ? { rowid: true as const } : {}) },
    uniques: uniquesOf(table, columns),
    notes: [...key.notes, ...(table.sampled ? ["its kinds were chosen by its first and last rows"] : [])],
    rows: table.rows,
  };
  const cannotCreate = table.is === "table" ? blockedBy(table, columns) : undefined;
  return cannotCreate === undefined ? draft : { ...draft, cannotCreate };
}

function declareColumn(table: ExistingTable, column: ExistingColumn): DraftColumn | LeftOut {
  const choice = chooseKind(column);
  if ("leftOut" in choice) return { leftOut: column.name, reason: choice.leftOut };
  const inKey = table.key.includes(column.name);
  const { kind, note } = table.is === "table" && table.key.length === 1 && inKey ? keyKind(column, choice) : choice;
  const given = chooseDefault(table.is === "view" || inKey ? undefined : column.default, kind);
  const filled = table.is === "table" && (column.generated || given.is === "expression");
  const unique = table.uniques.some((names) => names.length === 1 && names[0] === column.name);
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(given.is === "unusable" ? [`the database's own default ${column.default ?? ""} is no such value`] : []),
    ...(column.generated ? ["the database works it out"] : []),
  ];
  return {
    name: column.name,
    kind,
    ...(given.is === "value" ? { default: given.value } : {}),
    optional: !inKey && (table.is === "view" ? column.values.missing > 0 : !column.required),
    unique: unique && !inKey && kind.uses !== "json",
    filled,
    notes,
  };
}

/** A key of one whole number is counted, and so takes what JSON holds exactly; one beyond that is a bigint. */
function keyKind({ values }: ExistingColumn, choice: KindChoice): KindChoice {
  const isWhole = choice.kind.uses === "integer" || choice.kind.uses === "bigint";
  const isSafe = values.smallest >= Number.MIN_SAFE_INTEGER && values.largest <= Number.MAX_SAFE_INTEGER;
  return isWhole && isSafe ? { kind: { call: "integer()", uses: "integer" } } : choice;
}

/** How the rowid is asked for: by the first of its names that is no column. One that is left out would be taken for it. */
function rowidName(table: ExistingTable, columns: readonly (DraftColumn | LeftOut)[]): string | undefined {
  const taken = table.columns.map((column) => column.name.toLowerCase());
  const leftOut = columns.flatMap((column) => (isLeftOut(column) ? [column.leftOut.toLowerCase()] : []));
  const free = ROWID_NAMES.find((name) => !taken.includes(name));
  return ROWID_NAMES.some((name) => leftOut.includes(name)) ? undefined : free;
}

function keyOf(
  table: ExistingTable,
  columns: readonly (DraftColumn | LeftOut)[],
): { readonly names: readonly string[]; readonly notes: readonly string[] } | LeftOut {
  const usable = (name: string): boolean =>
    columns.some((column) => !isLeftOut(column) && column.name === name && column.kind.uses !== "json");
  if (table.is === "view") {
    const { distinguishing } = table;
    if (distinguishing.length === 0 || !distinguishing.every(usable))
      return { leftOut: table.name, reason: "a view needs a key, and no column tells its rows apart" };
    return {
      names: distinguishing,
      notes: [`no two of its ${table.rows} rows have the same ${distinguishing.join(", ")}`],
    };
  }
  const missing = table.columns.find((column) => table.key.includes(column.name) && column.values.missing > 0);
  if (table.key.length > 0 && table.key.every(usable) && missing === undefined) return { names: table.key, notes: [] };
  const reason =
    table.key.length === 0
      ? "it has no primary key"
      : missing === undefined
        ? `its primary key (${table.key.join(", ")}) cannot stand in a URL`
        : `rows have no value in its primary key ${missing.name}`;
  if (!table.hasRowid || rowidName(table, columns) === undefined)
    return { leftOut: table.name, reason: `${reason}, and no rowid to tell its rows apart` };
  return { names: [], notes: [`${reason}: its rows are named by SQLite's rowid`] };
}

/** Unique over several columns, all of them declared. */
function uniquesOf(table: ExistingTable, columns: readonly (DraftColumn | LeftOut)[]): (readonly string[])[] {
  const usable = columns.flatMap((column) => (isLeftOut(column) || column.kind.uses === "json" ? [] : [column.name]));
  return table.uniques.filter(
    (names) =>
      names.length > 1 &&
      names.every((name) => usable.includes(name)) &&
      names.toSorted().join("\0") !== table.key.toSorted().join("\0"),
  );
}

/** Why no row can be created: a column that is left out must have a value. */
function blockedBy(table: ExistingTable, columns: readonly (DraftColumn | LeftOut)[]): string | undefined {
  const names = columns.flatMap((column) => (isLeftOut(column) ? [column.leftOut] : []));
  const blocking = table.columns.find(
    (column) => names.includes(column.name) && column.required && column.default === undefined && !column.generated,
  );
  return blocking === undefined
    ? undefined
    : `${blocking.name} is left out, and the database demands a value for it: no row can be created`;
}

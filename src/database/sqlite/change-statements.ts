import { droppedColumns } from "../migration/difference.ts";
import type { ColumnSource, SchemaChange, SchemaDifference } from "../migration/schema-change.ts";
import type { StoredTable } from "../../schema/stored-schema.ts";
import { countsItself, isCarriedAsIs, type TableChange } from "./carried-value.ts";
import { columnDefinition, indexStatement, referencesClause, storedLiteral, tableStatement } from "./create-table.ts";
import { viewStatement } from "./create-view.ts";
import { quoteName as quote } from "./quote-name.ts";
import { rebuildTable } from "./rebuild-table.ts";
import { createSearchIndex, dropSearchIndex, fillSearchIndex } from "./search-index.ts";

/**
 * The statements that lead from one schema to another, without semicolons at their ends. They run in one transaction
 * with foreign keys off. What goes, goes first, and indexes and views come last: tables, indexes and views share one
 * space of names, so that one may take the name that another gives up.
 */
export function changeStatements({ changes }: SchemaDifference): readonly string[] {
  return [
    ...changes.flatMap((change) => (change.is === "drop view" ? [`DROP VIEW ${quote(change.view.name)}`] : [])),
    ...changes.flatMap(withdrawn),
    ...changes.flatMap((change) => (change.is === "drop table" ? [`DROP TABLE ${quote(change.table.name)}`] : [])),
    ...changes.flatMap(tableStatements),
    ...changes.flatMap(indexStatements),
    ...changes.flatMap(searchStatements),
    ...changes.flatMap((change) => (change.is === "create view" ? [viewStatement(change.view)] : [])),
  ];
}

/** The indexes that a table has no longer; those that stay with a table that is rebuilt go and come with it. */
function withdrawn(change: SchemaChange): string[] {
  if (change.is === "drop table") return dropSearchIndex(change.table);
  if (change.is !== "change table") return [];
  const { from, to } = change;
  const wanted = new Set(statementsOfIndexes(to));
  const gone = from.indexes.filter((index) => !wanted.has(indexStatement(from, index)));
  return [
    ...(keepsSearchIndex(change) ? [] : dropSearchIndex(from)),
    ...gone.map((index) => `DROP INDEX ${quote(index.name)}`),
  ];
}

function tableStatements(change: SchemaChange): string[] {
  if (change.is === "create table") return [tableStatement(change.table, change.table.name)];
  if (change.is !== "change table") return [];
  return isRebuilt(change) ? rebuildTable(change) : addedColumns(change).map((source) => addColumn(change.to, source));
}

function indexStatements(change: SchemaChange): string[] {
  if (change.is === "create table") return statementsOfIndexes(change.table);
  if (change.is !== "change table") return [];
  const there = new Set(isRebuilt(change) ? [] : statementsOfIndexes(change.from));
  return statementsOfIndexes(change.to).filter((statement) => !there.has(statement));
}

function statementsOfIndexes(table: StoredTable): string[] {
  return table.indexes.map((index) => indexStatement(table, index));
}

function searchStatements(change: SchemaChange): string[] {
  if (change.is === "create table") return createSearchIndex(change.table);
  if (change.is !== "change table" || keepsSearchIndex(change)) return [];
  return [...createSearchIndex(change.to), ...fillSearchIndex(change.to)];
}

function keepsSearchIndex(change: TableChange): boolean {
  if (isRebuilt(change)) return false;
  return createSearchIndex(change.from).join() === createSearchIndex(change.to).join();
}

function addColumn(table: StoredTable, { column }: ColumnSource): string {
  const references = column.references === undefined ? "" : ` ${referencesClause(column.references)}`;
  return `ALTER TABLE ${quote(table.name)} ADD COLUMN ${columnDefinition(table, column)}${references}`;
}

function addedColumns({ columns }: TableChange): ColumnSource[] {
  return columns.filter((source) => source.from === undefined);
}

/** Whether what differs is more than indexes and columns that can be added to the rows as they lie there. */
function isRebuilt(change: TableChange): boolean {
  const { from, to, columns } = change;
  const added = addedColumns(change);
  return (
    from.name !== to.name ||
    from.key.join("\0") !== to.key.join("\0") ||
    checksOf(from) !== checksOf(to) ||
    droppedColumns(change).length > 0 ||
    !columns.every((source) => source.from === undefined || isUnchanged(change, source)) ||
    !added.every((source) => isAddable(change, source))
  );
}

function checksOf({ checks }: StoredTable): string {
  return checks
    .map((check) => JSON.stringify(check, (_name, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join();
}

function isUnchanged({ from, to }: TableChange, source: ColumnSource): boolean {
  if (source.from === undefined || source.from.name !== source.column.name || !isCarriedAsIs(source)) return false;
  const [before, after] = (
    [
      [from, source.from],
      [to, source.column],
    ] as const
  ).map(([table, column]) => `${columnDefinition(table, column)} ${JSON.stringify(column.references)}`);
  return before === after;
}

/**
 * What https://sqlite.org/lang_altertable.html#altertabaddcol takes, as far as the rows get what they should: a default
 * lies in every row that is there, and a moment or a UUID is no constant.
 */
function isAddable(change: TableChange, { column }: ColumnSource): boolean {
  if (change.to.key.includes(column.name) || countsItself(change, column.name)) return false;
  if (column.references !== undefined) return column.optional && column.default === undefined;
  if (column.fill !== undefined) return false;
  return column.optional || (column.default !== undefined && storedLiteral(column.default) !== "NULL");
}

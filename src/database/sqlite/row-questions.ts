import { describeStorage } from "../migration/describe-storage.ts";
import type { ColumnSource, RowQuestion, SchemaDifference } from "../migration/schema-change.ts";
import type { StoredTable } from "../../schema/stored-schema.ts";
import { carriedValue, countsItself, isCarriedAsIs, lacksValue, type TableChange } from "./carried-value.ts";
import { checkCondition, foldsCase } from "./create-table.ts";
import { quoteName as quote } from "./quote-name.ts";
import { sqliteStorage } from "./storage.ts";

/**
 * What has to be asked of the rows before a change: each question counts rows that stop it. All of them look at the
 * rows as they would lie in the new table, and none counts one where the change would succeed.
 */
export function rowQuestions(difference: SchemaDifference): readonly RowQuestion[] {
  return difference.changes.flatMap((change) =>
    change.is === "change table"
      ? [
          ...change.columns.flatMap((source) => columnQuestions(change, source)),
          ...checkQuestions(change),
          ...uniqueQuestions(change),
          ...change.columns.flatMap((source) => referenceQuestions(change, source, difference)),
        ]
      : [],
  );
}

function columnQuestions(change: TableChange, source: ColumnSource): RowQuestion[] {
  const table = change.from.name;
  const { column, from } = source;
  if (lacksValue(change, source)) {
    const finding = `have no value for ${column.name}, which is new and required`;
    return [{ table, finding, sql: `SELECT count(*) FROM ${quote(table)}` }];
  }
  if (from === undefined) return [];
  const questions: RowQuestion[] = [];
  if (from.optional && !column.optional) {
    const finding = `have no value in ${from.name}, which becomes required`;
    questions.push({ table, finding, sql: `SELECT count(*) FROM ${quote(table)} WHERE ${quote(from.name)} IS NULL` });
  }
  const name = quote(column.name);
  const check = countsItself(change, column.name) ? undefined : sqliteStorage(column.storage).check(name);
  const isHeld = check === sqliteStorage(from.storage).check(name);
  const refused = [
    ...(isCarriedAsIs(source) ? [] : [`typeof(${name}) = 'blob'`]),
    ...(check === undefined || (isHeld && isCarriedAsIs(source)) ? [] : [`NOT (${check})`]),
  ];
  if (refused.length > 0) {
    const finding = `hold a value in ${from.name} that does not fit ${describeStorage(column.storage)}`;
    const rows = `${newRows(change, [column.name])} WHERE ${name} IS NOT NULL AND (${refused.join(" OR ")})`;
    questions.push({ table, finding, sql: `SELECT count(*) FROM ${rows}` });
  }
  return questions;
}

function checkQuestions(change: TableChange): RowQuestion[] {
  const { from, to } = change;
  return to.checks.flatMap((check) => {
    const condition = checkCondition(check);
    const names = check.comparisons.flatMap(({ column, operand }) =>
      "column" in operand ? [column, operand.column] : [column],
    );
    const held = from.checks.some((old) => checkCondition(old) === condition);
    if (held && names.every((name) => isSameColumn(sourceOf(change, name)))) return [];
    const sql = `SELECT count(*) FROM ${newRows(change, names)} WHERE NOT (${condition})`;
    return [{ table: from.name, finding: `break the check ${check.name}`, sql }];
  });
}

/** Several columns of which no two rows may have the same values. */
interface Unique {
  readonly columns: readonly string[];
  readonly isKey: boolean;
}

function uniqueQuestions(change: TableChange): RowQuestion[] {
  const { from, to } = change;
  const held = uniques(from).map((unique) => spelling(from, unique));
  return uniques(to).flatMap((unique) => {
    const sources = unique.columns.map((name) => sourceOf(change, name));
    const former = sources.map(({ from: column }) => column?.name ?? "");
    const asBefore = sources.every(isCarriedAsIs) && held.includes(spelling(to, unique, former));
    // The database counts it, or draws it.
    const isNew = sources.some(({ column, from: old }) => old === undefined && isMade(change, column));
    if (asBefore || isNew) return [];
    const names = unique.columns.map(quote);
    const folded = unique.columns.map((name, at) => `${names[at]}${foldsCase(to, name, !unique.isKey)}`);
    const rows = `SELECT count(*) OVER (PARTITION BY ${folded.join(", ")}) AS alike FROM ${newRows(change, unique.columns)} WHERE ${names.map((name) => `${name} IS NOT NULL`).join(" AND ")}`;
    return [
      {
        table: from.name,
        finding: `have the same ${unique.columns.join(" and ")} as another`,
        sql: `SELECT count(*) FROM (${rows}) WHERE alike > 1`,
      },
    ];
  });
}

function uniques(table: StoredTable): Unique[] {
  const indexes = table.indexes.filter((index) => index.unique);
  return [
    { columns: table.key, isKey: true },
    ...indexes.map((index) => ({ columns: index.columns.map((part) => part.name), isKey: false })),
  ];
}

/** A set of columns under their old names, with what makes two values the same. */
function spelling(table: StoredTable, { columns, isKey }: Unique, former: readonly string[] = columns): string {
  const parts = columns.map((name, at) => `${quote(former[at] ?? name)}${foldsCase(table, name, !isKey)}`);
  return parts.toSorted((one, other) => (one < other ? -1 : 1)).join();
}

function referenceQuestions(
  change: TableChange,
  { column, from }: ColumnSource,
  { changes }: SchemaDifference,
): RowQuestion[] {
  const target = column.references;
  if (target === undefined || (from === undefined && (column.default ?? null) === null)) return [];
  const parent = changes.find((other) => other.is === "change table" && other.to.name === target.table);
  const isNew = changes.some((other) => other.is === "create table" && other.table.name === target.table);
  const changed = parent?.is === "change table" ? parent : undefined;
  const key = changed === undefined ? target.column : sourceOf(changed, target.column).from?.name;
  // Both columns are converted alike, since the one has the kind of the other.
  const asBefore = from?.references?.table === (changed?.from.name ?? target.table) && from.references.column === key;
  if (asBefore) return [];
  const parents = changed === undefined ? quote(target.table) : newRows(changed, [target.column]);
  const name = quote(column.name);
  const missing = isNew
    ? ""
    : ` AND NOT EXISTS (SELECT 1 FROM ${parents} AS parent WHERE parent.${quote(target.column)} = child.${name})`;
  return [
    {
      table: change.from.name,
      finding: `refer by ${column.name} to no row of ${target.table}`,
      sql: `SELECT count(*) FROM ${newRows(change, [column.name])} AS child WHERE child.${name} IS NOT NULL${missing}`,
    },
  ];
}

/** The rows as they would lie in the new table, in these columns. */
function newRows(change: TableChange, names: readonly string[]): string {
  const values = [...new Set(names)].map((name) => `${carriedValue(change, sourceOf(change, name))} AS ${quote(name)}`);
  return `(SELECT ${values.join(", ")} FROM ${quote(change.from.name)})`;
}

function isMade(change: TableChange, { name, fill }: ColumnSource["column"]): boolean {
  return countsItself(change, name) || fill === "uuid";
}

function isSameColumn(source: ColumnSource): boolean {
  return source.from?.name === source.column.name && isCarriedAsIs(source);
}

function sourceOf(change: TableChange, name: string): ColumnSource {
  const source = change.columns.find(({ column }) => column.name === name);
  if (source === undefined) throw new Error(`the table ${change.to.name} has no column ${name}`);
  return source;
}

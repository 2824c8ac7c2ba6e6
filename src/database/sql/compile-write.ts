import type { ConflictChoice } from "../../schema/conflict-choices.ts";
import type { ColumnModel, SumModel, TableModel, TransferModel } from "../../schema/model.ts";
import { formOf } from "../../schema/stored-form.ts";
import type { SqlDialect } from "./dialect.ts";

/**
 * SQL of writes. Each function answers text whose placeholders stand in the order its comment gives;
 * the repository binds them. Texts depend on the table and the columns written, never on values.
 */

/** The JSON of a row's columns, for RETURNING. */
export function returningJson(columns: readonly ColumnModel[], dialect: SqlDialect): string {
  return dialect.jsonObject(
    columns.map((column) => ({
      key: column.name,
      value: { text: dialect.jsonValue(column, dialect.quote(column.name)), binds: [] },
    })),
  ).text;
}

/** A column of an insert: a bound value, or a value copied from the row a reference names (bound: that key). */
export interface InsertColumn {
  readonly column: ColumnModel;
  readonly copy?: { readonly table: string; readonly key: string; readonly from: string };
}

/** Bound: one value for each column, in order. */
export function insertSql(table: TableModel, columns: readonly InsertColumn[], dialect: SqlDialect): string {
  const { quote } = dialect;
  const into = `INSERT INTO ${quote(table.name)}`;
  const newKey = columns.some(({ column }) => column.role === "generated_key") ? undefined : dialect.newKey(table);
  if (columns.length === 0 && newKey === undefined) return `${into} DEFAULT VALUES`;
  const values = columns.map(({ column, copy }) =>
    copy === undefined
      ? dialect.stored(column, "?")
      : `(SELECT ${quote(copy.from)} FROM ${quote(copy.table)} WHERE ${quote(copy.key)} = ?)`,
  );
  const names = columns.map(({ column }) => quote(column.name));
  if (newKey !== undefined) {
    names.push(...table.key.map((column) => quote(column.name)));
    values.push(newKey);
  }
  return `${into} (${names.join(", ")}) VALUES (${values.join(", ")})`;
}

/** A condition on the rows of one table whose placeholders are bound by the repository; `width` is how many there are. */
export interface RowsCondition {
  readonly text: string;
  readonly width: number;
}

/** A column as it is compared with a key: by its own collation, so that its index finds the row. */
function held(column: ColumnModel, dialect: SqlDialect): string {
  const name = dialect.quote(column.name);
  return formOf(column.kind.storage) === undefined ? name : dialect.value(column, name);
}

/** The row of a key. Bound: the key's parts. */
export function keyCondition(table: TableModel, dialect: SqlDialect): RowsCondition {
  return {
    text: table.key.map((column) => `${held(column, dialect)} = ?`).join(" AND "),
    width: table.key.length,
  };
}

/** The rows that a selection found. Bound: the JSON array of their keys. */
export function selectedCondition(table: TableModel, dialect: SqlDialect): RowsCondition {
  return { text: dialect.isSelected(table.key), width: 1 };
}

/** The row that an insert with these values would clash with. Bound: one for each column. */
export function sameCondition({ columns, isKey }: ConflictChoice, dialect: SqlDialect): RowsCondition {
  const by = isKey ? "key" : "index";
  return { text: columns.map((column) => dialect.isSame(column, by)).join(" AND "), width: columns.length };
}

/** A column that is written by an update: taken as it is bound, or added to. */
export interface UpdateColumn {
  readonly column: ColumnModel;
  readonly increment?: boolean | undefined;
}

/** Bound: one value for each column, then the condition's. */
export function updateSql(
  table: TableModel,
  columns: readonly UpdateColumn[],
  { rows, dialect }: { readonly rows: RowsCondition; readonly dialect: SqlDialect },
): string {
  const set = columns.map(({ column, increment }) => {
    const name = dialect.quote(column.name);
    // A missing value counts as zero.
    const value = increment === true ? `(coalesce(${held(column, dialect)}, 0) + ?)` : "?";
    return `${name} = ${dialect.stored(column, value)}`;
  });
  return `UPDATE ${dialect.quote(table.name)} SET ${set.join(", ")} WHERE ${rows.text}`;
}

/**
 * An insert that replaces the row that is there already: what callers may write becomes what was sent, or
 * its default; the key, the time it was made and what else the server filled stay.
 */
export function upsertSql(
  table: TableModel,
  columns: readonly InsertColumn[],
  { conflict, dialect }: { readonly conflict: ConflictChoice; readonly dialect: SqlDialect },
): string {
  const replaced = table.columns.filter((column) => column.role === "updated_at" || column.role === "plain");
  const target = dialect.conflictTarget(conflict.columns, conflict.isKey ? "key" : "index");
  const set = replaced.map(({ name }) => `${dialect.quote(name)} = excluded.${dialect.quote(name)}`);
  // Where nothing is left to replace, the row must still be answered.
  if (set.length === 0)
    set.push(...conflict.columns.map(({ name }) => `${dialect.quote(name)} = ${dialect.quote(name)}`));
  return `${insertSql(table, columns, dialect)} ON CONFLICT (${target}) DO UPDATE SET ${set.join(", ")}`;
}

/** Bound: the condition's. */
export function deleteSql(table: TableModel, rows: RowsCondition, dialect: SqlDialect): string {
  return `DELETE FROM ${dialect.quote(table.name)} WHERE ${rows.text}`;
}

/** What a write answers of a row beside its plain JSON. */
export interface WrittenColumns {
  /** The columns of the answer, where they are others than the table's. */
  readonly other?: readonly ColumnModel[] | undefined;
  /** Columns that later steps of the same write refer to. */
  readonly exposed?: readonly ColumnModel[];
}

/** The plain row for its tag, the key as text, the answer where it is another, and what later steps refer to. */
export function writtenColumns(
  table: TableModel,
  { other, exposed = [] }: WrittenColumns,
  dialect: SqlDialect,
): string {
  const key = table.key.map((column) => `CAST(${dialect.jsonValue(column, dialect.quote(column.name))} AS TEXT)`);
  return [
    returningJson(table.columns, dialect),
    ...key,
    ...(other === undefined ? [] : [returningJson(other, dialect)]),
    ...exposed.map((column) => dialect.exposedValue(column)),
  ].join(", ");
}

/** Bound: the key. Answers the expressions of the row. */
export function rowSql(table: TableModel, expressions: string, dialect: SqlDialect): string {
  return `SELECT ${expressions} FROM ${dialect.quote(table.name)} WHERE ${keyCondition(table, dialect).text}`;
}

/** Bound: the condition's. Answers the expressions of its rows, in the order of a list. */
export function selectSql(
  table: TableModel,
  { expressions, rows }: { readonly expressions: string; readonly rows: RowsCondition },
  dialect: SqlDialect,
): string {
  const order = table.order.map((column) => `${dialect.quote(column.name)} DESC`).join(", ");
  return `SELECT ${expressions} FROM ${dialect.quote(table.name)} WHERE ${rows.text} ORDER BY ${order}`;
}

/** Bound: the condition's. A row `[1, ...columns]` when there is one. */
export function lookSql(
  table: TableModel,
  { columns, rows }: { readonly columns: readonly ColumnModel[]; readonly rows: RowsCondition },
  dialect: SqlDialect,
): string {
  const expressions = ["1", ...columns.map((column) => dialect.exposedValue(column))];
  return `SELECT ${expressions.join(", ")} FROM ${dialect.quote(table.name)} WHERE ${rows.text}`;
}

/** Bound: the condition's, then the key. A row when the row that is there has another key. */
export function otherKeySql(table: TableModel, rows: RowsCondition, dialect: SqlDialect): string {
  return `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${rows.text} AND NOT (${keyCondition(table, dialect).text})`;
}

/** Bound: the key, then the value; a row when the column has exactly this value. */
export function unchangedSql(table: TableModel, column: ColumnModel, dialect: SqlDialect): string {
  return `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${keyCondition(table, dialect).text} AND ${held(column, dialect)} IS ?`;
}

/** Bound: the value, twice. A row when the reference's target is there, or there is no value. */
export function optionalReferenceSql(column: ColumnModel, dialect: SqlDialect): string {
  return `SELECT 1 WHERE ? IS NULL OR EXISTS (${referenceSql(column, dialect)})`;
}

/** Bound: the value. A row when the reference's target is there. */
export function referenceSql(column: ColumnModel, dialect: SqlDialect): string {
  const { table, column: key } = column.references ?? { table: "", column: "" };
  return `SELECT 1 FROM ${dialect.quote(table)} WHERE ${dialect.quote(key)} = ${dialect.stored(column, "?")}`;
}

/** Bound: the time where a column holds it, the amount, then the key of the row that gains or loses it. */
export function transferSql(transfer: TransferModel, dialect: SqlDialect): string {
  const column = dialect.quote(transfer.column);
  const key = dialect.quote(transfer.reference.references?.column ?? "");
  const sum = `${column} = ${column} ${transfer.sign === 1 ? "+" : "-"} ?`;
  return `UPDATE ${dialect.quote(transfer.table)} SET ${touch(transfer.touches, dialect)}${sum} WHERE ${key} = ?`;
}

/**
 * Recomputes a sum for the parents of the rows that `rows` selects, those rows counted or not.
 * Bound: the time where a column holds it; the values of `rows` once for the parents, and once more when
 * they are left out.
 */
export function sumSql(
  sum: SumModel,
  changed: { readonly table: TableModel; readonly rows: string; readonly leaveOut: boolean },
  dialect: SqlDialect,
): string {
  const { quote } = dialect;
  const without = changed.leaveOut ? ` AND NOT (${changed.rows})` : "";
  const parents = `SELECT ${quote(sum.reference.name)} FROM ${quote(changed.table.name)} WHERE ${changed.rows}`;
  return recomputed(sum, { child: changed.table, without, parents }, dialect);
}

/** Recomputes a sum for parents by their keys. Bound: the time where a column holds it, then `count` keys. */
export function parentSumSql(
  sum: SumModel,
  { child, count }: { readonly child: TableModel; readonly count: number },
  dialect: SqlDialect,
): string {
  const parents = Array.from({ length: count }, () => "?").join(", ");
  return recomputed(sum, { child, without: "", parents }, dialect);
}

function recomputed(
  sum: SumModel,
  of: { readonly child: TableModel; readonly without: string; readonly parents: string },
  dialect: SqlDialect,
): string {
  const { quote } = dialect;
  const [parent, column] = [quote(sum.table), quote(sum.column)];
  const key = quote(sum.reference.references?.column ?? "");
  const product = sum.factors.map((factor) => `child.${quote(factor.name)}`).join(" * ");
  // A table may sum up itself: without another name for the rows, the parent's key would be theirs.
  const rows = `${quote(of.child.name)} AS child WHERE child.${quote(sum.reference.name)} = ${parent}.${key}${of.without}`;
  const set = `${touch(sum.touches, dialect)}${column} = (SELECT coalesce(sum(${product}), 0) FROM ${rows})`;
  return `UPDATE ${parent} SET ${set} WHERE ${key} IN (${of.parents})`;
}

/** Sets the time of a row that changes along. Bound: the time. */
export function touch(column: string | undefined, dialect: SqlDialect): string {
  return column === undefined ? "" : `${dialect.quote(column)} = ?, `;
}

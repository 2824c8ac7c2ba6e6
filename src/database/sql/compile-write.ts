import type { ColumnModel, SumModel, TableModel } from "../../schema/model.ts";
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
  if (columns.length === 0) return `${into} DEFAULT VALUES`;
  const values = columns.map(({ copy }) =>
    copy === undefined ? "?" : `(SELECT ${quote(copy.from)} FROM ${quote(copy.table)} WHERE ${quote(copy.key)} = ?)`,
  );
  return `${into} (${columns.map(({ column }) => quote(column.name)).join(", ")}) VALUES (${values.join(", ")})`;
}

/** Bound: one value for each column, then the key. */
export function updateSql(table: TableModel, columns: readonly ColumnModel[], dialect: SqlDialect): string {
  const { quote } = dialect;
  return `UPDATE ${quote(table.name)} SET ${columns.map((column) => `${quote(column.name)} = ?`).join(", ")} WHERE ${keyCondition(table, dialect)}`;
}

/** Bound: the key. */
export function deleteSql(table: TableModel, dialect: SqlDialect): string {
  return `DELETE FROM ${dialect.quote(table.name)} WHERE ${keyCondition(table, dialect)}`;
}

/** What a write answers: the plain row for its tag, the key, and other columns where the answer has others. */
export function writtenColumns(
  table: TableModel,
  other: readonly ColumnModel[] | undefined,
  dialect: SqlDialect,
): string {
  const key = table.key.map((column) => `CAST(${dialect.jsonValue(column, dialect.quote(column.name))} AS TEXT)`);
  return [
    returningJson(table.columns, dialect),
    ...key,
    ...(other === undefined ? [] : [returningJson(other, dialect)]),
  ].join(", ");
}

/** Bound: the key. Answers the expressions of the row. */
export function rowSql(table: TableModel, expressions: string, dialect: SqlDialect): string {
  return `SELECT ${expressions} FROM ${dialect.quote(table.name)} WHERE ${keyCondition(table, dialect)}`;
}

/** Bound: the key, then the value; a row when the column has exactly this value. */
export function unchangedSql(table: TableModel, column: ColumnModel, dialect: SqlDialect): string {
  return `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${keyCondition(table, dialect)} AND ${dialect.quote(column.name)} IS ?`;
}

/** Bound: the value. A row when the reference's target is there. */
export function referenceSql(reference: NonNullable<ColumnModel["references"]>, dialect: SqlDialect): string {
  return `SELECT 1 FROM ${dialect.quote(reference.table)} WHERE ${dialect.quote(reference.column)} = ?`;
}

/** Bound: the amount, then the key of the row that gains or loses it. */
export function transferSql(
  transfer: { readonly table: string; readonly column: string; readonly sign: 1 | -1; readonly key: string },
  dialect: SqlDialect,
): string {
  const column = dialect.quote(transfer.column);
  return `UPDATE ${dialect.quote(transfer.table)} SET ${column} = ${column} ${transfer.sign === 1 ? "+" : "-"} ? WHERE ${dialect.quote(transfer.key)} = ?`;
}

/**
 * Recomputes a sum for the parents of the rows that `rows` selects, those rows counted or not.
 * Bound: the values of `rows` once for the parents, and once more when they are left out.
 */
export function sumSql(
  sum: SumModel,
  changed: { readonly table: TableModel; readonly rows: string; readonly leaveOut: boolean },
  dialect: SqlDialect,
): string {
  const { quote } = dialect;
  const [parent, column, reference] = [quote(sum.table), quote(sum.column), quote(sum.reference.name)];
  const key = quote(sum.reference.references?.column ?? "");
  const product = sum.factors.map((factor) => quote(factor.name)).join(" * ");
  const without = changed.leaveOut ? ` AND NOT (${changed.rows})` : "";
  const total = `SELECT coalesce(sum(${product}), 0) FROM ${quote(changed.table.name)} WHERE ${reference} = ${parent}.${key}${without}`;
  return `UPDATE ${parent} SET ${column} = (${total}) WHERE ${key} IN (SELECT ${reference} FROM ${quote(changed.table.name)} WHERE ${changed.rows})`;
}

/** `"id" = ?`, one for each part of the key. */
export function keyCondition(table: TableModel, dialect: SqlDialect): string {
  return table.key.map((column) => `${dialect.quote(column.name)} = ?`).join(" AND ");
}

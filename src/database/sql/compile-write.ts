import type { ConflictChoice } from "../../schema/conflict-choices.ts";
import type { ColumnModel, SumModel, TableModel, TransferModel } from "../../schema/model.ts";
import { formOf } from "../../schema/stored-form.ts";
import type { FilterNode } from "../../schema/filter.ts";
import { FilterCompiler } from "./compile-filter.ts";
import type { SqlDialect } from "./dialect.ts";
import { type Fragment, joined, raw, sql } from "./fragment.ts";

/**
 * SQL of writes. Each function answers text whose placeholders stand in the order its comment gives;
 * the repository binds them. Texts depend on the table and the columns written, never on values.
 */

/** The JSON of a row as it is stored, for RETURNING. */
export function returningJson(table: TableModel, dialect: SqlDialect): string {
  return new FilterCompiler(dialect, ALIAS).object(table.columns, dialect.quote(table.name)).text;
}

/** A column of an insert: a bound value, or a value copied from the row a reference names (bound: that key). */
export interface InsertColumn {
  readonly column: ColumnModel;
  readonly copy?: {
    readonly table: string;
    readonly key: string;
    /** The reference that names the row. */
    readonly by: ColumnModel;
    readonly from: string;
  };
}

/** Bound: one value for each column, in order. */
export function insertSql(table: TableModel, columns: readonly InsertColumn[], dialect: SqlDialect): string {
  const { quote } = dialect;
  const into = `INSERT INTO ${quote(table.name)}`;
  const newKey = columns.some(({ column }) => column.role === "generated_key") ? undefined : dialect.newKey(table);
  if (columns.length === 0 && newKey === undefined) return `${into} DEFAULT VALUES`;
  const values = columns.map(({ column, copy }) =>
    copy === undefined
      ? dialect.stored(column, dialect.given(column, "?"))
      : `(SELECT ${quote(copy.from)} FROM ${quote(copy.table)} WHERE ${quote(copy.key)} = ${dialect.given(copy.by, "?")})`,
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
    text: table.key.map((column) => `${held(column, dialect)} = ${dialect.given(column, "?")}`).join(" AND "),
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
  /** What is bound is a merge patch. */
  readonly merge?: boolean | undefined;
}

/** Bound: one value for each column, then the condition's. */
export function updateSql(
  table: TableModel,
  columns: readonly UpdateColumn[],
  { rows, dialect }: { readonly rows: RowsCondition; readonly dialect: SqlDialect },
): string {
  const set = columns.map(({ column, increment, merge }) => {
    const name = dialect.quote(column.name);
    if (merge === true) return `${name} = ${dialect.mergedDocument(name, "?")}`;
    // A missing value counts as zero.
    const given = dialect.given(column, "?");
    const value = increment === true ? `(coalesce(${held(column, dialect)}, 0) + ${given})` : given;
    return `${name} = ${dialect.stored(column, value)}`;
  });
  return `UPDATE ${dialect.quote(table.name)} SET ${set.join(", ")} WHERE ${rows.text}`;
}

/**
 * An insert that replaces the row that is there already: the named columns become what was sent, or their default; the
 * key, the time it was made and everything else stay.
 */
export function upsertSql(
  table: TableModel,
  columns: readonly InsertColumn[],
  by: {
    readonly conflict: ConflictChoice;
    readonly replaces: readonly ColumnModel[];
    readonly dialect: SqlDialect;
  },
): string {
  const { conflict, dialect } = by;
  const replaced = table.columns.filter((column) => column.role === "updated_at" || by.replaces.includes(column));
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

/** No table has a name that begins like this. */
const ALIAS = "_servery_";

/** What a write answers of a row. */
export interface WrittenColumns {
  /** What the writer sees of the table. */
  readonly columns: readonly ColumnModel[];
  /** The rows that the writer may read; of others it is answered an object without members. */
  readonly readable: FilterNode;
  /** The columns of the answer, where they are others. */
  readonly other?: readonly ColumnModel[] | undefined;
  /** Whether the row is answered as it is stored too, for code that takes part in the write. */
  readonly full?: boolean;
  /** Columns that later steps of the same write refer to. */
  readonly exposed?: readonly ColumnModel[];
}

/**
 * The plain row for its tag, the key as text, the answer where it is another, the stored row, and what later steps refer
 * to. Bound: the caller's own values, as the binds say.
 */
export function writtenColumns(table: TableModel, written: WrittenColumns, dialect: SqlDialect): Fragment {
  const { columns, readable, other, full = false, exposed = [] } = written;
  const compiler = new FilterCompiler(dialect, ALIAS);
  const name = dialect.quote(table.name);
  const key = table.key.map((column) => raw(dialect.keyText(column, dialect.quote(column.name))));
  return joined(
    [
      compiler.rowJson(columns, name, readable),
      ...key,
      ...(other === undefined ? [] : [compiler.rowJson(other, name, readable)]),
      ...(full ? [raw(returningJson(table, dialect))] : []),
      ...exposed.map((column) => raw(dialect.exposedValue(column))),
    ],
    ", ",
  );
}

/** Bound: what the expressions bind, then the key. */
export function rowSql(table: TableModel, expressions: Fragment, dialect: SqlDialect): Fragment {
  return sql`SELECT ${expressions} FROM ${dialect.quote(table.name)} WHERE ${keyCondition(table, dialect).text}`;
}

/** The plain row as its writer sees it, where it may read it. Bound: the caller's values, the key, the caller's values. */
export function readableRowSql(
  table: TableModel,
  { columns, readable }: Pick<WrittenColumns, "columns" | "readable">,
  dialect: SqlDialect,
): { readonly row: Fragment; readonly readable: Fragment } {
  const compiler = new FilterCompiler(dialect, ALIAS);
  const name = dialect.quote(table.name);
  const row = rowSql(table, compiler.rowJson(columns, name), dialect);
  return { row, readable: isEverything(readable) ? raw("") : sql` AND ${compiler.compile(readable, name)}` };
}

/** Bound: what the expressions bind, then the condition's. Answers the expressions of its rows, in the order of a list. */
export function selectSql(
  table: TableModel,
  { expressions, rows }: { readonly expressions: Fragment; readonly rows: RowsCondition },
  dialect: SqlDialect,
): Fragment {
  const order = table.order
    // With the table's name: PostgreSQL else sorts by what is answered under that of the column, a text.
    .map(({ name }) => raw(`${dialect.quote(table.name)}.${dialect.quote(name)}`))
    .map((column) => dialect.order(column, { descending: true, mayBeNull: false }).text)
    .join(", ");
  return sql`SELECT ${expressions} FROM ${dialect.quote(table.name)} WHERE ${rows.text} ORDER BY ${order}`;
}

/** Bound: the condition's, then the caller's values. A row for each of those of which a policy holds, or does not. */
export function policySql(
  table: TableModel,
  of: { readonly rows: RowsCondition; readonly policy: FilterNode; readonly holds: boolean },
  dialect: SqlDialect,
): { readonly text: string; readonly caller: Fragment } {
  const name = dialect.quote(table.name);
  const policy = new FilterCompiler(dialect, ALIAS).compile(of.policy, name);
  const caller = of.holds ? policy : dialect.isNot(policy);
  return { text: `SELECT 1 FROM ${name} WHERE ${of.rows.text} AND ${caller.text} LIMIT 1`, caller };
}

/** Asks a question only where a row was there before, or only where it was not. Bound: what a look answered, then the question's. */
export function onlyWhen(question: string, when: "new" | "there"): string {
  return `SELECT 1 WHERE CAST(? AS CHAR(1)) IS ${when === "new" ? "" : "NOT "}NULL AND EXISTS (${question})`;
}

/** Whether a condition holds of every row by its form. */
export function isEverything(node: FilterNode): boolean {
  return node.is === "constant" && node.value;
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

/** Bound: the key, the value, then the caller's; a row when the column has exactly this value, and the caller sees it. */
export function unchangedSql(
  table: TableModel,
  column: ColumnModel,
  dialect: SqlDialect,
): { readonly text: string; readonly caller: Fragment } {
  const name = dialect.quote(table.name);
  const { visible } = column;
  const caller =
    visible === undefined ? raw("") : sql` AND ${new FilterCompiler(dialect, ALIAS).compile(visible, name)}`;
  const text = `SELECT 1 FROM ${name} WHERE ${keyCondition(table, dialect).text} AND ${held(column, dialect)} IS NOT DISTINCT FROM ${dialect.given(column, "?")}`;
  return { text: `${text}${caller.text}`, caller };
}

/** Bound: the value, twice, then the caller's. A row when the reference's target is there, or there is no value. */
export function optionalReferenceSql(column: ColumnModel, readable: FilterNode, dialect: SqlDialect): Fragment {
  return sql`SELECT 1 WHERE CAST(? AS CHAR(1)) IS NULL OR EXISTS (${referenceSql(column, readable, dialect)})`;
}

/** Bound: the value, then the caller's. A row when the reference's target is there, and the caller may read it. */
export function referenceSql(column: ColumnModel, readable: FilterNode, dialect: SqlDialect): Fragment {
  const { table, column: key } = column.references ?? { table: "", column: "" };
  const name = dialect.quote(table);
  const seen = isEverything(readable)
    ? raw("")
    : sql` AND ${new FilterCompiler(dialect, ALIAS).compile(readable, name)}`;
  return sql`SELECT 1 FROM ${name} WHERE ${dialect.quote(key)} = ${dialect.stored(column, dialect.given(column, "?"))}${seen}`;
}

/** Bound: the time where a column holds it, the amount, then the key of the row that gains or loses it. */
export function transferSql(transfer: TransferModel, dialect: SqlDialect): string {
  const column = dialect.quote(transfer.column);
  const key = dialect.quote(transfer.reference.references?.column ?? "");
  const sum = `${column} = ${column} ${transfer.sign === 1 ? "+" : "-"} ${dialect.given(transfer.amount, "?")}`;
  return `UPDATE ${dialect.quote(transfer.table)} SET ${touch(transfer.touches, dialect)}${sum} WHERE ${key} = ${dialect.given(transfer.reference, "?")}`;
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
  const without = changed.leaveOut ? ` AND NOT (${changed.rows})` : "";
  const parents = sumParents(sum, changed, dialect);
  return recomputed(sum, { child: changed.table, without, parents }, dialect);
}

/** Selects the parents of the rows of a condition. Bound: the condition's. */
export function sumParents(
  sum: SumModel,
  { table, rows }: { readonly table: TableModel; readonly rows: string },
  { quote }: SqlDialect,
): string {
  return `SELECT ${quote(sum.reference.name)} FROM ${quote(table.name)} WHERE ${rows}`;
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

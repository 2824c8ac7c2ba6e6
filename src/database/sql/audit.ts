import type { OwnTable } from "./own-table-statements.ts";
import { AUDIT_TABLE, PRIVATE_VALUE, privateColumns } from "../../schema/audit-table.ts";
import type { ColumnModel, SumModel, TableModel } from "../../schema/model.ts";
import { formOf } from "../../schema/stored-form.ts";
import type { SqlDialect } from "./dialect.ts";
import { raw } from "./fragment.ts";

/**
 * SQL of the changes of audited rows. In front of a statement its rows are entered as they are, each once for an
 * operation; when the operation is done, its entries get the rows as they are then. `row` names a row for these
 * statements as `key` does for readers; `hidden` has a bit for each private column that changed. An entry without a row
 * before was a create, one without a row after a delete.
 */

const ENTRY = "_servery_entry";
const COLUMNS =
  '"change", "created_at", "request_id", "actor", "actor_table", "actor_key", "reason", "table", "row", "key"';

export const createAudit: OwnTable["create"] = (own) => [
  `CREATE TABLE ${AUDIT_TABLE} ("id" ${own.counted}, "table" ${own.name} NOT NULL, "key" ${own.name} NOT NULL, "row" ${own.name} NOT NULL, "action" ${own.text} NOT NULL GENERATED ALWAYS AS (CASE WHEN "before" IS NULL THEN 'create' WHEN "after" IS NULL THEN 'delete' ELSE 'update' END) ${own.generated}, "actor" ${own.text} NOT NULL, "actor_table" ${own.text}, "actor_key" ${own.text}, "reason" ${own.text}, "request_id" ${own.text}, "change" ${own.uuid} NOT NULL, "before" ${own.json}, "after" ${own.json}, "changed" ${own.json}, "hidden" ${own.integer} NOT NULL DEFAULT 0, "created_at" ${own.time} NOT NULL, UNIQUE ("change", "table", "row"))${own.end}`,
  `CREATE INDEX "${AUDIT_TABLE}.created_at" ON ${AUDIT_TABLE} ("created_at" DESC, "id" DESC)`,
  `CREATE INDEX "${AUDIT_TABLE}.row" ON ${AUDIT_TABLE} ("table", "key", "created_at" DESC, "id" DESC)`,
];

/**
 * Enters rows that this operation has not met yet, as they are: before they change, or after they were made. Bound: the
 * change, now, the request, who (kind, table, key), the reason, the table's name, then the condition's.
 */
export function enterSql(
  table: TableModel,
  { rows, as }: { readonly rows: string; readonly as: "before" | "after" },
  dialect: SqlDialect,
): string {
  const key = table.key.map((column) => dialect.keyText(column, dialect.quote(column.name)));
  const { uuid, time, json } = dialect.own;
  const known = `CAST(? AS ${uuid}), CAST(? AS ${time}), ?, ?, ?, ?, ?, ?`;
  const values = `${known}, ${rowName(table, dialect)}, ${key.join(" || ',' || ")}, CAST(${rowJson(table, dialect)} AS ${json})`;
  const from = `FROM ${dialect.quote(table.name)} WHERE (${rows})`;
  return `INSERT INTO ${AUDIT_TABLE} (${COLUMNS}, "${as}") SELECT ${values} ${from} ON CONFLICT ("change", "table", "row") DO NOTHING`;
}

/** Whether an entry is a create, an update or a delete shows in which of both rows there is; which rows they were nobody knows. */
const STATEMENT_SIDES = { insert: ["NULL", "'{}'"], update: ["'{}'", "'{}'"], delete: ["'{}'", "NULL"] } as const;

/** Enters a statement that somebody wrote. Bound: the change, now, the request, who (kind, table, key), its text, the table's name. */
export function enterStatementSql(verb: keyof typeof STATEMENT_SIDES): string {
  const [before, after] = STATEMENT_SIDES[verb];
  return `INSERT INTO ${AUDIT_TABLE} (${COLUMNS}, "before", "after") VALUES (?, ?, ?, ?, ?, ?, ?, ?, '*', '*', ${before}, ${after})`;
}

/** What private columns hold, for `markSql` alone: it is kept in memory. Bound: the condition's. Answers one row of JSON. */
export function hiddenSql(table: TableModel, rows: string, dialect: SqlDialect): string {
  const values = privateColumns(table).map((column) => dialect.exactText(column));
  const all = dialect.json.rows([rowName(table, dialect), ...values]);
  return `SELECT ${all} FROM ${dialect.quote(table.name)} WHERE (${rows})`;
}

/** Marks the private columns that are not as `hiddenSql` found them. Bound: what it answered, the change, the table's name. */
export function markSql(table: TableModel, dialect: SqlDialect): string {
  const { json } = dialect;
  const bits = privateColumns(table).map(
    (column, at) =>
      `CASE WHEN ${dialect.exactText(column)} IS DISTINCT FROM ${json.part("_servery_was", at + 1)} THEN ${2n ** BigInt(at)} ELSE 0 END`,
  );
  const was = `(SELECT value AS _servery_was FROM ${json.elements("?")} AS listed) AS before_it`;
  const name = json.part("_servery_was", 0);
  const found = `SELECT ${name} AS found, ${bits.join(" + ")} AS bits FROM ${was} CROSS JOIN ${dialect.quote(table.name)} WHERE ${isRow(table, name, dialect)}`;
  return `UPDATE ${AUDIT_TABLE} AS ${ENTRY} SET "hidden" = ${ENTRY}."hidden" | now.bits FROM (${found}) AS now WHERE ${ENTRY}."change" = ? AND ${ENTRY}."table" = ? AND ${ENTRY}."row" = now.found`;
}

/**
 * Ends the entries of a table: each gets the row as it is now, or none, and the names of what changed; a row that is as
 * it was leaves none. Each statement is bound to the change and the table's name.
 */
export function finishSql(table: TableModel, dialect: SqlDialect): readonly string[] {
  const mine = `${ENTRY}."change" = ? AND ${ENTRY}."table" = ?`;
  const now = `SELECT ${rowJson(table, dialect)} FROM ${dialect.quote(table.name)} WHERE ${isRow(table, `${ENTRY}."row"`, dialect)}`;
  const hidden = privateColumns(table).map(
    ({ name }, at) => ` OR (one.key = ${literal(name)} AND (${ENTRY}."hidden" & ${2n ** BigInt(at)}) <> 0)`,
  );
  const { members, list } = dialect.json;
  const pairs = `${members(`${ENTRY}."before"`)} AS one JOIN ${members(`${ENTRY}."after"`)} AS other ON other.key = one.key`;
  const names = `SELECT ${list("one.key")} FROM ${pairs} WHERE one.value IS DISTINCT FROM other.value${hidden.join("")}`;
  const { json } = dialect.own;
  return [
    `UPDATE ${AUDIT_TABLE} AS ${ENTRY} SET "after" = CAST((${now}) AS ${json}) WHERE ${mine}`,
    `UPDATE ${AUDIT_TABLE} AS ${ENTRY} SET "changed" = CAST((${names}) AS ${json}) WHERE ${mine} AND "before" IS NOT NULL AND "after" IS NOT NULL`,
    `DELETE FROM ${AUDIT_TABLE} AS ${ENTRY} WHERE ${mine} AND (CAST("changed" AS TEXT) = '[]' OR ("before" IS NULL AND "after" IS NULL))`,
  ];
}

/** The rows that a sum is kept in. Bound: what `parents` binds. */
export function summedRows(sum: SumModel, parents: string, dialect: SqlDialect): string {
  return `${dialect.quote(sum.reference.references?.column ?? "")} IN (${parents})`;
}

/** Removes old entries, some at a time. Bound: the time, how many at most. */
export const pruneAudit = `DELETE FROM ${AUDIT_TABLE} WHERE "id" IN (SELECT "id" FROM ${AUDIT_TABLE} WHERE "created_at" < ? ORDER BY "created_at" LIMIT ?)`;

/** A row as administrators may read it. */
function rowJson(table: TableModel, dialect: SqlDialect): string {
  const closed = privateColumns(table);
  const members = table.columns.map((column) => ({
    key: column.name,
    value: raw(
      closed.includes(column)
        ? dialect.jsonText(literal(PRIVATE_VALUE))
        : dialect.jsonValue(column, dialect.quote(column.name)),
    ),
  }));
  return dialect.jsonObject(members).text;
}

/** The key as JSON that loses nothing when it is compared again. */
function rowName({ key }: TableModel, dialect: SqlDialect): string {
  const parts = key.map((column) => ({ column, value: raw(held(column, dialect)) }));
  return `CAST(${dialect.keysJson(parts).text} AS TEXT)`;
}

function isRow({ key }: TableModel, name: string, dialect: SqlDialect): string {
  return key
    .map((column, at) => `${held(column, dialect)} = ${dialect.given(column, dialect.json.part(name, at))}`)
    .join(" AND ");
}

/** A column in the form in which its values are compared: as it is, where that is the one. */
function held(column: ColumnModel, dialect: SqlDialect): string {
  const name = dialect.quote(column.name);
  return formOf(column.kind.storage) === undefined ? name : dialect.value(column, name);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

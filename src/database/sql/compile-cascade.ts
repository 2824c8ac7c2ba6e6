import { changeTime, type ColumnModel, isAccountsTable, type SumModel, type TableModel } from "../../schema/model.ts";
import { forgetAccounts } from "./accounts.ts";
import { summedRows } from "./audit.ts";
import { type RowsCondition, sumParents, sumSql, touch } from "./compile-write.ts";
import type { SqlDialect } from "./dialect.ts";

/**
 * One statement of a delete: how many values of the condition are bound in it, and whether the time stands in front of
 * them. A `guard` changes nothing: it answers a row when more rows than the limit would go with it.
 */
export interface CascadeStatement {
  readonly sql: string;
  readonly keys: number;
  readonly touches: boolean;
  readonly guard?: boolean;
  /** It changes rows of Servery's own, which do not count. */
  readonly own?: boolean;
  /** The rows that it changes or deletes, and how many values are bound in their condition. */
  readonly changed?: ChangedRows;
}

export interface ChangedRows {
  readonly table: TableModel;
  readonly rows: string;
  readonly keys: number;
  readonly gone: boolean;
}

/** What is deleted, and how many rows may go with it. */
export interface Cascade {
  readonly table: TableModel;
  readonly rows: RowsCondition;
  readonly limit: number;
}

interface Doomed {
  readonly table: TableModel;
  /** A condition that selects the rows to go, and how many placeholders it has. */
  readonly condition: string;
  readonly keys: number;
}

/** What every part of a cascade is made with. */
interface Making {
  readonly tables: ReadonlyMap<string, TableModel>;
  readonly dialect: SqlDialect;
  readonly limit: number;
}

/**
 * What a delete takes with it, children first: rows that cascade, references that are emptied, sums
 * that change. Plain statements, so that they travel and are grouped like every write. A reference
 * that restricts has none: the database refuses the delete.
 */
export function cascadeStatements(
  { table, rows, limit }: Cascade,
  tables: ReadonlyMap<string, TableModel>,
  dialect: SqlDialect,
): CascadeStatement[] {
  const making = { tables, dialect, limit };
  const row: Doomed = { table, condition: rows.text, keys: rows.width };
  const doomed = withDescendants(row, making);
  const statements = [
    ...(doomed === row ? [] : [guard(doomed, making)]),
    ...childStatements(doomed, making),
    ...sumStatements(doomed, making),
    ...accountStatements(doomed, dialect),
  ];
  if (doomed !== row) {
    // The descendants go in one statement; the row itself follows, and says whether it was there.
    const rows = `(${doomed.condition}) AND NOT (${row.condition})`;
    const keys = doomed.keys + row.keys;
    statements.push({
      sql: `DELETE FROM ${dialect.quote(table.name)} WHERE ${rows}`,
      keys,
      touches: false,
      changed: { table, rows, keys, gone: true },
    });
  }
  return statements;
}

/** Looks whether more rows than the limit would go, before any of them does: a refusal must not cost their deletion. */
function guard({ table, condition, keys }: Doomed, { dialect, limit }: Making): CascadeStatement {
  const sql = `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${condition} LIMIT 1 OFFSET ${limit}`;
  return { sql, keys, touches: false, guard: true };
}

function childStatements(doomed: Doomed, making: Making): CascadeStatement[] {
  const { tables, dialect } = making;
  const statements: CascadeStatement[] = [];
  for (const referrer of doomed.table.referrers) {
    const child = tables.get(referrer.table);
    if (
      child === undefined ||
      referrer.onDelete === "restrict" ||
      (child === doomed.table && referrer.onDelete === "cascade")
    )
      continue;
    const condition = referring(referrer.column, doomed, dialect);
    statements.push(guard({ table: child, condition, keys: doomed.keys }, making));
    if (referrer.onDelete === "set null") {
      const set = `${touch(changeTime(child), dialect)}${dialect.quote(referrer.column.name)} = NULL`;
      statements.push({
        sql: `UPDATE ${dialect.quote(child.name)} SET ${set} WHERE ${condition}`,
        keys: doomed.keys,
        touches: changeTime(child) !== undefined,
        changed: { table: child, rows: condition, keys: doomed.keys, gone: false },
      });
      continue;
    }
    const direct = { table: child, condition, keys: doomed.keys };
    const rows = withDescendants(direct, making);
    if (rows !== direct) statements.push(guard(rows, making));
    statements.push(...childStatements(rows, making), ...sumStatements(rows, making, doomed.table.name));
    statements.push(...accountStatements(rows, dialect));
    statements.push({
      sql: `DELETE FROM ${dialect.quote(child.name)} WHERE ${rows.condition}`,
      keys: rows.keys,
      touches: false,
      changed: { table: child, rows: rows.condition, keys: rows.keys, gone: true },
    });
  }
  return statements;
}

/** Sums over rows that go, except those of a parent that goes too. */
function sumStatements(doomed: Doomed, { tables, dialect }: Making, parent?: string): CascadeStatement[] {
  const sums = doomed.table.sums.filter((sum) => sum.table !== parent);
  return sums.map((sum) => ({
    sql: sumSql(sum, { table: doomed.table, rows: doomed.condition, leaveOut: true }, dialect),
    keys: doomed.keys * 2,
    touches: sum.touches !== undefined,
    ...summed(sum, doomed, { tables, dialect }),
  }));
}

/** The rows that hold a sum over rows that go. */
function summed(
  sum: SumModel,
  { table: child, condition, keys }: Doomed,
  { tables, dialect }: Pick<Making, "tables" | "dialect">,
): Pick<CascadeStatement, "changed"> {
  const table = tables.get(sum.table);
  if (table === undefined) return {};
  const rows = summedRows(sum, sumParents(sum, { table: child, rows: condition }, dialect), dialect);
  return { changed: { table, rows, keys, gone: false } };
}

/** The accounts of rows that go: whoever is signed in as one of them is nobody from then on. */
function accountStatements({ table, condition, keys }: Doomed, dialect: SqlDialect): CascadeStatement[] {
  if (!isAccountsTable(table)) return [];
  const { revoke, forget } = forgetAccounts(table, condition, dialect);
  return [
    { sql: revoke, keys, touches: true, own: true },
    { sql: forget, keys, touches: false, own: true },
  ];
}

function referring(column: ColumnModel, doomed: Doomed, dialect: SqlDialect): string {
  const { quote } = dialect;
  const key = quote(column.references?.column ?? "");
  return `${quote(column.name)} IN (SELECT ${key} FROM ${quote(doomed.table.name)} WHERE ${doomed.condition})`;
}

/**
 * The rows and every row below them, in a table that cascades into itself; elsewhere the rows. The walk ends where the
 * guard refuses: twice the limit leaves room for the rows themselves.
 */
function withDescendants(rows: Doomed, { dialect, limit }: Making): Doomed {
  const { table } = rows;
  const own = table.referrers.find((referrer) => referrer.table === table.name && referrer.onDelete === "cascade");
  if (own === undefined) return rows;
  const { quote } = dialect;
  const key = quote(own.column.references?.column ?? "");
  const name = quote(table.name);
  const first = `SELECT ${key} FROM ${name} WHERE ${rows.condition}`;
  const below = `SELECT c.${key} FROM ${name} AS c JOIN below ON c.${quote(own.column.name)} = below.k`;
  const walk = `WITH RECURSIVE below(k) AS (${first} UNION ${below}) SELECT k FROM below LIMIT ${limit * 2}`;
  return { ...rows, condition: `${key} IN (${walk})` };
}

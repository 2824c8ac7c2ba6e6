import type { ColumnModel, TableModel } from "../../schema/model.ts";
import { keyCondition, sumSql } from "./compile-write.ts";
import type { SqlDialect } from "./dialect.ts";

/** One statement of a delete, and how often the key of the deleted row is bound in it. */
export interface CascadeStatement {
  readonly sql: string;
  readonly keys: number;
}

interface Doomed {
  readonly table: TableModel;
  /** A condition that selects the rows to go; its placeholders are the key, `keys` times. */
  readonly condition: string;
  readonly keys: number;
}

/**
 * What a delete takes with it, children first: rows that cascade, references that are emptied, sums
 * that change. Plain statements, so that they travel and are grouped like every write. A reference
 * that restricts has none: the database refuses the delete.
 */
export function cascadeStatements(
  table: TableModel,
  tables: ReadonlyMap<string, TableModel>,
  dialect: SqlDialect,
): CascadeStatement[] {
  const row: Doomed = { table, condition: keyCondition(table, dialect), keys: table.key.length };
  const doomed = withDescendants(row, dialect);
  const statements = [...childStatements(doomed, tables, dialect), ...sumStatements(doomed, dialect)];
  if (doomed !== row) {
    // The descendants go in one statement; the row itself follows, and says whether it was there.
    statements.push({
      sql: `DELETE FROM ${dialect.quote(table.name)} WHERE (${doomed.condition}) AND NOT (${row.condition})`,
      keys: doomed.keys + row.keys,
    });
  }
  return statements;
}

function childStatements(
  doomed: Doomed,
  tables: ReadonlyMap<string, TableModel>,
  dialect: SqlDialect,
): CascadeStatement[] {
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
    if (referrer.onDelete === "set null") {
      statements.push({
        sql: `UPDATE ${dialect.quote(child.name)} SET ${dialect.quote(referrer.column.name)} = NULL WHERE ${condition}`,
        keys: doomed.keys,
      });
      continue;
    }
    const rows = withDescendants({ table: child, condition, keys: doomed.keys }, dialect);
    statements.push(...childStatements(rows, tables, dialect), ...sumStatements(rows, dialect, doomed.table.name));
    statements.push({ sql: `DELETE FROM ${dialect.quote(child.name)} WHERE ${rows.condition}`, keys: rows.keys });
  }
  return statements;
}

/** Sums over rows that go, except those of a parent that goes too. */
function sumStatements(doomed: Doomed, dialect: SqlDialect, parent?: string): CascadeStatement[] {
  const sums = doomed.table.sums.filter((sum) => sum.table !== parent);
  return sums.map((sum) => ({
    sql: sumSql(sum, { table: doomed.table, rows: doomed.condition, leaveOut: true }, dialect),
    keys: doomed.keys * 2,
  }));
}

function referring(column: ColumnModel, doomed: Doomed, dialect: SqlDialect): string {
  const { quote } = dialect;
  const key = quote(column.references?.column ?? "");
  return `${quote(column.name)} IN (SELECT ${key} FROM ${quote(doomed.table.name)} WHERE ${doomed.condition})`;
}

/** The rows and every row below them, in a table that cascades into itself; elsewhere the rows. */
function withDescendants(rows: Doomed, dialect: SqlDialect): Doomed {
  const { table } = rows;
  const own = table.referrers.find((referrer) => referrer.table === table.name && referrer.onDelete === "cascade");
  if (own === undefined) return rows;
  const { quote } = dialect;
  const key = quote(own.column.references?.column ?? "");
  const name = quote(table.name);
  const first = `SELECT ${key} FROM ${name} WHERE ${rows.condition}`;
  const below = `SELECT c.${key} FROM ${name} AS c JOIN below ON c.${quote(own.column.name)} = below.k`;
  return { ...rows, condition: `${key} IN (WITH RECURSIVE below(k) AS (${first} UNION ${below}) SELECT k FROM below)` };
}

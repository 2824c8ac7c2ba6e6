import type { SqlDialect } from "./dialect.ts";

/** How many rows a table has. */
export function countRows(table: string, dialect: Pick<SqlDialect, "quote">): string {
  return `SELECT count(*) FROM ${dialect.quote(table)}`;
}

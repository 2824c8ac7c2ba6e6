import type { SqlRead } from "../database.ts";

/** The statements that made the tables, indexes, triggers and views that are there. Answers `[table, statement]`. */
export const storedStatements: SqlRead = {
  sql: "SELECT tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 0 ELSE 1 END, rowid",
  scans: false,
};

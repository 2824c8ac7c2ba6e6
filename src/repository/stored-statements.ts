import type { Database } from "../database/database.ts";
import { storedStatements } from "../database/sql/stored-statements.ts";
import { ownRows } from "./own-statements.ts";

/** The SQL of what the database holds, by the name of the table. A problem where the database cannot answer. */
export async function statementsByTable(
  database: Pick<Database, "read">,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const byTable = new Map<string, string[]>();
  for (const [table, sql] of await ownRows(database, storedStatements, [])) {
    const name = String(table);
    byTable.set(name, [...(byTable.get(name) ?? []), String(sql)]);
  }
  return byTable;
}

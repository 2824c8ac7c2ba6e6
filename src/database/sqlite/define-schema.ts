import type { DatabaseFailure } from "../database.ts";
import type { Connection } from "./connection.ts";
import { mapError } from "./map-error.ts";

/**
 * Runs statements that change the schema, all of them or none, and answers the failure, if any.
 *
 * Foreign keys are not enforced meanwhile, as SQLite asks for: a table is rebuilt by dropping the old one, which would
 * count as deleting its rows. What is there at the end is checked instead (https://sqlite.org/lang_altertable.html).
 */
export function defineSchema(connection: Connection, statements: readonly string[]): DatabaseFailure | undefined {
  // The pragma does nothing inside a transaction.
  connection.exec("PRAGMA foreign_keys = OFF");
  try {
    connection.exec("BEGIN IMMEDIATE");
    const mayBreakReferences = statements.some((sql) => !/^\s*CREATE\b/i.test(sql));
    const before = mayBreakReferences ? brokenReferences(connection) : 0;
    for (const sql of statements) connection.exec(sql);
    const after = mayBreakReferences ? brokenReferences(connection) : 0;
    if (after > before) {
      const message = `The new schema leaves ${after - before} rows that refer to rows which are missing.`;
      connection.exec("ROLLBACK");
      return { kind: "foreign_key", message };
    }
    connection.exec("COMMIT");
    return undefined;
  } catch (error) {
    if (connection.inTransaction) connection.exec("ROLLBACK");
    return mapError(error);
  } finally {
    connection.forgetSchema();
    connection.exec("PRAGMA foreign_keys = ON");
  }
}

function brokenReferences(connection: Connection): number {
  const [row] = connection.query("SELECT count(*) FROM pragma_foreign_key_check");
  return Number(row?.[0] ?? 0);
}

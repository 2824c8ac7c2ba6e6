import { DeclarationError } from "../../errors/declaration-error.ts";
import { type StoredSchema, writeStoredSchema } from "../../schema/stored-schema.ts";
import { emptySchema } from "../migration/schema-hash.ts";
import type { DatabaseState } from "../migration/next-steps.ts";
import { OWN_TABLE } from "../own-table.ts";
import { foreignTables, keptSchema } from "../kept-schema.ts";
import { appliedMigrations } from "./applied-migrations.ts";
import type { Connection } from "./connection.ts";

/** Writes down which schema the tables have, within the transaction that gave it to them. */
export function keepSchema(connection: Connection, schema: StoredSchema): void {
  connection.prepare(`UPDATE ${OWN_TABLE} SET value = ? WHERE key = 'schema'`).run([writeStoredSchema(schema)]);
}

/** What a file holds. Throws `DeclarationError` for tables that Servery did not make. */
export function databaseState(connection: Connection): DatabaseState {
  const names = connection
    .query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
    .map(([name]) => String(name));
  if (names.length === 0) return { is: "new", schema: emptySchema, applied: [] };
  if (!names.includes(OWN_TABLE)) throw foreignTables(names);
  const [row] = connection.query(`SELECT value FROM ${OWN_TABLE} WHERE key = 'schema'`);
  const schema = keptSchema(row?.[0]);
  if (schema === undefined)
    throw new DeclarationError(
      "database",
      "it does not say which schema its tables have: an earlier version of Servery made it, or somebody changed that",
      "Restore a copy of it, or begin with a new file",
    );
  return { is: "ours", schema, applied: appliedMigrations(connection) };
}

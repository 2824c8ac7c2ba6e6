import { DeclarationError } from "../../errors/declaration-error.ts";
import { foreignTables, keptSchema } from "../kept-schema.ts";
import type { AppliedMigration, DatabaseState } from "../migration/next-steps.ts";
import { emptySchema } from "../migration/schema-hash.ts";
import { OWN_TABLE } from "../own-table.ts";
import type { Connection } from "./connection.ts";

/** Tables and views that somebody has made where ours are. */
export const tableNames =
  "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname";

const MIGRATIONS = "_servery_migrations";

/** What a database says of itself. Rejected with `DeclarationError` for tables that Servery did not make. */
export async function databaseState(connection: Connection): Promise<DatabaseState> {
  const { rows } = await connection.run(tableNames);
  const names = rows.map(([name]) => String(name));
  if (names.length === 0) return { is: "new", schema: emptySchema, applied: [] };
  if (!names.includes(OWN_TABLE)) throw foreignTables(names);
  const kept = await connection.run(`SELECT value FROM ${OWN_TABLE} WHERE key = 'schema'`);
  const schema = keptSchema(kept.rows[0]?.[0]);
  if (schema === undefined)
    throw new DeclarationError(
      "database",
      "it does not say which schema its tables have: somebody changed that",
      "Restore a copy of it, or begin with a new database",
    );
  return { is: "ours", schema, applied: names.includes(MIGRATIONS) ? await appliedMigrations(connection) : [] };
}

async function appliedMigrations(connection: Connection): Promise<AppliedMigration[]> {
  const { rows } = await connection.run(
    `SELECT number, name, checksum, applied_at, took_ms FROM ${MIGRATIONS} ORDER BY number`,
  );
  return rows.map(([number, name, checksum, appliedAt, tookMs]) => ({
    number: Number(number),
    name: String(name),
    checksum: String(checksum),
    appliedAt: String(appliedAt),
    tookMs: Number(tookMs),
  }));
}

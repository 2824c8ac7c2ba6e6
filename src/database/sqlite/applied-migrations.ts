import type { AppliedMigration } from "../migration/next-steps.ts";
import type { Connection } from "./connection.ts";

const TABLE = "_servery_migrations";

const CREATE = `CREATE TABLE IF NOT EXISTS ${TABLE} (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL, took_ms INTEGER NOT NULL) STRICT`;

/** The migrations that a database has, in order. */
export function appliedMigrations(connection: Connection): AppliedMigration[] {
  const [found] = connection.query("SELECT count(*) FROM sqlite_schema WHERE name = ?", [TABLE]);
  if (found?.[0] !== 1) return [];
  return connection
    .query(`SELECT number, name, checksum, applied_at, took_ms FROM ${TABLE} ORDER BY number`)
    .map(([number, name, checksum, appliedAt, tookMs]) => ({
      number: Number(number),
      name: String(name),
      checksum: String(checksum),
      appliedAt: String(appliedAt),
      tookMs: Number(tookMs),
    }));
}

/** Records a migration, within the transaction that it ran in. */
export function recordMigration(connection: Connection, applied: AppliedMigration): void {
  connection.exec(CREATE);
  connection
    .prepare(`INSERT INTO ${TABLE} (number, name, checksum, applied_at, took_ms) VALUES (?, ?, ?, ?, ?)`)
    .run([applied.number, applied.name, applied.checksum, applied.appliedAt, applied.tookMs]);
}

import { randomBytes } from "node:crypto";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { readStoredSchema, type StoredSchema, writeStoredSchema } from "../../schema/stored-schema.ts";
import { emptySchema } from "../migration/schema-hash.ts";
import type { DatabaseState } from "../migration/next-steps.ts";
import { OWN_TABLE } from "../own-table.ts";
import { missingOwnTables } from "../sql/own-tables.ts";
import { appliedMigrations } from "./applied-migrations.ts";
import type { Connection } from "./connection.ts";
import { literal } from "./storage.ts";

const SECRET_BYTES = 32;

/**
 * What Servery keeps for itself in a new database: which schema the tables have, whether their first rows are in, its
 * secret, and the answers kept for repeated requests.
 */
export function createOwnTables(schema: StoredSchema): string[] {
  const rows = {
    schema: writeStoredSchema(schema),
    seeded: "false",
    secret: randomBytes(SECRET_BYTES).toString("base64url"),
  };
  return [
    `CREATE TABLE ${OWN_TABLE} (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT`,
    ...Object.entries(rows).map(
      ([key, value]) => `INSERT INTO ${OWN_TABLE} (key, value) VALUES (${literal(key)}, ${literal(value)})`,
    ),
    ...missingOwnTables([]),
  ];
}

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

export function foreignTables(names: readonly string[]): DeclarationError {
  return new DeclarationError(
    "database",
    `the file holds tables that Servery did not make (${names.slice(0, 3).join(", ")})`,
    "Name an empty or a new file",
  );
}

/** The schema that the tables have; undefined where somebody else wrote there. */
export function keptSchema(value: unknown): StoredSchema | undefined {
  try {
    const read: unknown = typeof value === "string" ? readStoredSchema(value) : undefined;
    const isSchema = typeof read === "object" && read !== null && "tables" in read && "views" in read;
    return isSchema ? (read as StoredSchema) : undefined;
  } catch {
    return undefined;
  }
}

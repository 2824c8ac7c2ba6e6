import { DeclarationError } from "../../errors/declaration-error.ts";
import type { SchemaModel } from "../../schema/model.ts";
import { isSameSchema, storedSchema } from "../../schema/stored-schema.ts";
import type { Database, WriteStep } from "../database.ts";
import { MAINTENANCE_KEY, type Maintenance, maintenanceOf, OWN_TABLE } from "../own-table.ts";
import { missingOwnTables } from "../sql/own-tables.ts";
import { createViews } from "./create-view.ts";
import { sqliteDialect } from "./dialect.ts";
import { createOwnTables, foreignTables, keptSchema } from "./own-rows.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

export interface PreparedSchema {
  /** Whether this call made the tables. */
  readonly created: boolean;
  readonly seeded: boolean;
  /** Goes into the write that brings the first rows, so that they come whole or not at all. */
  readonly seededStep: WriteStep;
  readonly secret: string;
  /** What an earlier command has left switched on. */
  readonly maintenance: Maintenance | undefined;
}

/**
 * Makes the tables of a new database, or recognises those that are there. A file with other tables in
 * it, or tables of another declaration, is left as it is and ends the start.
 */
export async function prepareSchema(database: SqliteDatabase, schema: SchemaModel): Promise<PreparedSchema> {
  const models = [...schema.tables.values()];
  const wanted = storedSchema(schema, "sqlite");
  const tableStatements = wanted.tables.flatMap((table) => sqliteDialect.createTable(table));
  const statements = [...tableStatements, ...createViews(database, { tables: tableStatements, models })];
  const tables = (
    await select(
      database,
      "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    )
  ).map(([name]) => String(name));
  const created = tables.length === 0;
  if (created) await database.define([...statements, ...createOwnTables(wanted)]);
  else if (!tables.includes(OWN_TABLE)) throw foreignTables(tables);
  // A file of an earlier version may lack it.
  const missing = created ? [] : missingOwnTables(tables);
  if (missing.length > 0) await database.define(missing);
  const own = new Map(
    (await select(database, `SELECT key, value FROM ${OWN_TABLE}`)).map(([key, value]) => [String(key), String(value)]),
  );
  const stored = keptSchema(own.get("schema"));
  if (stored === undefined || !isSameSchema(stored, wanted)) {
    throw new DeclarationError(
      "database",
      "its tables were made from another declaration",
      "See what differs with servery migrate plan, and bring it there with servery migrate up",
    );
  }
  const maintenance = own.get(MAINTENANCE_KEY);
  return {
    created,
    seeded: own.get("seeded") === "true",
    seededStep: {
      sql: `UPDATE ${OWN_TABLE} SET value = 'true' WHERE key = 'seeded'`,
      params: [],
      returns: false,
      changes: true,
    },
    secret: own.get("secret") ?? "",
    maintenance: maintenance === undefined ? undefined : maintenanceOf(maintenance),
  };
}

async function select(database: Database, sql: string): Promise<readonly (readonly unknown[])[]> {
  return database.read({ sql, scans: false }, []);
}

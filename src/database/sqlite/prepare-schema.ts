import type { SchemaModel } from "../../schema/model.ts";
import { storedSchema } from "../../schema/stored-schema.ts";
import type { Database, Rows } from "../database.ts";
import { foreignTables, type PreparedSchema, preparedSchema, readOwnValues } from "../kept-schema.ts";
import { OWN_TABLE } from "../own-table.ts";
import { createOwnTables, missingOwnTables } from "../sql/own-tables.ts";
import { createViews } from "./create-view.ts";
import { sqliteDialect, tableStatements } from "./dialect.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/**
 * Makes the tables of a new database, or recognises those that are there. A file with other tables in
 * it, or tables of another declaration, is left as it is and ends the start.
 */
export async function prepareSchema(database: SqliteDatabase, schema: SchemaModel): Promise<PreparedSchema> {
  const models = [...schema.tables.values()];
  const wanted = storedSchema(schema, "sqlite");
  const made = wanted.tables.flatMap((table) => tableStatements(table));
  const statements = [...made, ...createViews(database, { tables: made, models })];
  const tables = (
    await select(
      database,
      "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    )
  ).map(([name]) => String(name));
  const created = tables.length === 0;
  if (created) await database.define([...statements, ...createOwnTables(wanted, sqliteDialect.own)]);
  else if (!tables.includes(OWN_TABLE)) throw foreignTables(tables);
  // A file of an earlier version may lack it.
  const missing = created ? [] : missingOwnTables(tables, sqliteDialect.own);
  if (missing.length > 0) await database.define(missing);
  return preparedSchema(await select(database, readOwnValues), { created, wanted });
}

async function select(database: Database, sql: string): Promise<Rows> {
  return database.read({ sql, scans: false }, []);
}

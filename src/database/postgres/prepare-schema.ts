import { DeclarationError } from "../../errors/declaration-error.ts";
import type { SchemaModel } from "../../schema/model.ts";
import { type StoredSchema, storedSchema } from "../../schema/stored-schema.ts";
import { foreignTables, type PreparedSchema, preparedSchema, readOwnValues } from "../kept-schema.ts";
import { OWN_TABLE } from "../own-table.ts";
import { createOwnTables, missingOwnTables } from "../sql/own-tables.ts";
import { createTable, referenceStatements } from "./create-table.ts";
import { tableNames } from "./database-state.ts";
import { createMerged } from "./document.ts";
import { postgresDialect } from "./dialect.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { quoteName as quote } from "./quote-name.ts";
import { createWords } from "./word-search.ts";

/** Nodes that start at the same moment make the tables one after the other. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('_servery'))";

/**
 * Makes the tables of a new database, or recognises those that are there. A database with other tables in it, or tables
 * of another declaration, is left as it is and ends the start.
 */
export async function prepareSchema(database: PostgresDatabase, schema: SchemaModel): Promise<PreparedSchema> {
  for (const { name, view } of schema.tables.values()) {
    if (typeof view === "object" && view.postgres === undefined)
      throw new DeclarationError(`view ${name}`, "it has no query for PostgreSQL", 'Write { postgres: "SELECT …" }');
  }
  const wanted = storedSchema(schema, "postgres");
  const created = (await namesIn(database)).length === 0 && (await createAll(database, wanted));
  const names = await namesIn(database);
  if (!names.includes(OWN_TABLE)) throw foreignTables(names);
  // A database of an earlier version may lack it.
  const missing = created ? [] : missingOwnTables(names, postgresDialect.own);
  if (missing.length > 0) await database.define([LOCK, ...missing]);
  return preparedSchema(await database.read({ sql: readOwnValues, scans: false }, []), { created, wanted });
}

/** The statements that make a whole schema in an empty database. */
function schemaStatements({ tables, views }: StoredSchema): string[] {
  return [
    ...(tables.some(({ search }) => search.length > 0) ? [createWords] : []),
    ...(tables.some(hasDocuments) ? [createMerged] : []),
    ...tables.flatMap(createTable),
    ...tables.flatMap(referenceStatements),
    ...views.map(({ name, query }) => `CREATE VIEW ${quote(name)} AS\n${query}\n`),
  ];
}

function hasDocuments({ columns }: StoredSchema["tables"][number]): boolean {
  return columns.some(({ storage }) => storage.as === "json" && storage.object !== undefined);
}

/** Whether this start made them: another may have been faster. */
async function createAll(database: PostgresDatabase, wanted: StoredSchema): Promise<boolean> {
  const statements = [...schemaStatements(wanted), ...createOwnTables(wanted, postgresDialect.own)];
  try {
    await database.define([LOCK, ...statements]);
    return true;
  } catch (error) {
    if ((await namesIn(database)).includes(OWN_TABLE)) return false;
    throw error;
  }
}

async function namesIn(database: PostgresDatabase): Promise<string[]> {
  return (await database.read({ sql: tableNames, scans: false }, [])).map(([name]) => String(name));
}

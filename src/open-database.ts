import type { WriteStep } from "./database/database.ts";
import type { Maintenance } from "./database/own-table.ts";
import type { SqlDialect } from "./database/sql/dialect.ts";
import { adoptSchema } from "./database/sqlite/adopt-schema.ts";
import { adoptedDialect, sqliteDialect } from "./database/sqlite/dialect.ts";
import { readOwnFile } from "./database/sqlite/own-file.ts";
import { prepareSchema } from "./database/sqlite/prepare-schema.ts";
import { openSqlite, type SqliteDatabase } from "./database/sqlite/sqlite-database.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { SchemaModel } from "./schema/model.ts";
import { renamesOf } from "./schema/stored-schema.ts";

/** What an engine says of its database. */
interface DatabaseOptions {
  /** `sqlite:PATH`. */
  readonly database: string;
  readonly sqliteDriver?: "auto" | "better-sqlite3" | "node-sqlite";
  /** Milliseconds after which a slow query is ended. */
  readonly queryTimeoutMs?: number;
}

/** An open database with its schema made, recognised or, where the file is not Servery's, compared. */
export interface Prepared {
  readonly created: boolean;
  /** Goes into the write that brings the first rows, where they are missing. */
  readonly seededStep: WriteStep | undefined;
  readonly secret: string;
  readonly maintenance: Maintenance | undefined;
  readonly dialect: SqlDialect;
}

/** Makes the schema of a new database, or recognises that of one that is there. */
export async function prepareDatabase(schema: SchemaModel, { database, dialect }: OpenDatabase): Promise<Prepared> {
  if (schema.adopted) return { ...(await readOwnFile(database)), created: false, seededStep: undefined, dialect };
  const { seeded, seededStep, ...prepared } = await prepareSchema(database, schema);
  return { ...prepared, seededStep: seeded ? undefined : seededStep, dialect };
}

/** An open database and how its SQL is spelled. */
export interface OpenDatabase {
  readonly database: SqliteDatabase;
  readonly dialect: SqlDialect;
}

/** Opens the database that the options name. */
export async function openDatabase(options: DatabaseOptions, schema: SchemaModel): Promise<OpenDatabase> {
  const path = /^sqlite:(.+)$/s.exec(options.database)?.[1];
  if (path === undefined) throw new DeclarationError("database", "only SQLite is available yet", "Write sqlite:PATH");
  let dialect = sqliteDialect;
  const adopt = (file: Parameters<typeof adoptSchema>[0]): void => {
    dialect = adoptedDialect(adoptSchema(file, schema));
  };
  const database = await openSqlite({
    path,
    driver: options.sqliteDriver ?? "auto",
    ...(schema.adopted ? { adopt, renamed: givenUp(schema) } : {}),
    ...(options.queryTimeoutMs === undefined ? {} : { slowReadDeadlineMs: options.queryTimeoutMs }),
  });
  return { database, dialect };
}

/** The names that tables had before and no table has now. */
function givenUp(schema: SchemaModel): ReadonlyMap<string, string> {
  return new Map([...renamesOf(schema).tables].filter(([, from]) => !schema.tables.has(from)));
}

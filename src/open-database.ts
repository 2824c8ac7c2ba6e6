import type { WriteStep } from "./database/database.ts";
import type { PreparedSchema } from "./database/kept-schema.ts";
import type { Maintenance } from "./database/own-table.ts";
import type { ServingDatabase } from "./database/serving-database.ts";
import type { SqlDialect } from "./database/sql/dialect.ts";
import { adoptSchema } from "./database/sqlite/adopt-schema.ts";
import { adoptedDialect, sqliteDialect } from "./database/sqlite/dialect.ts";
import { readOwnFile } from "./database/sqlite/own-file.ts";
import { prepareSchema } from "./database/sqlite/prepare-schema.ts";
import { openSqlite } from "./database/sqlite/sqlite-database.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { SchemaModel } from "./schema/model.ts";
import { renamesOf } from "./schema/stored-schema.ts";

/** What an engine says of its database. */
interface DatabaseOptions {
  /** `sqlite:PATH` or `postgres://user:password@host:port/database`. */
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

/** An open database. */
export interface OpenDatabase {
  readonly database: ServingDatabase;
  /** Makes the schema of a new database, or recognises that of one that is there. */
  readonly prepare: () => Promise<Prepared>;
}

/** Opens the database that the options name. */
export function openDatabase(options: DatabaseOptions, schema: SchemaModel): Promise<OpenDatabase> {
  const { database: url } = options;
  if (/^postgres(?:ql)?:/.test(url)) return openPostgres(options, schema);
  const path = /^sqlite:(.+)$/s.exec(url)?.[1];
  if (path === undefined)
    throw new DeclarationError(
      "database",
      "it names no database that Servery knows",
      "Write sqlite:PATH or postgres://…",
    );
  return openFile(path, options, schema);
}

async function openPostgres(
  { database: url, queryTimeoutMs }: DatabaseOptions,
  schema: SchemaModel,
): Promise<OpenDatabase> {
  // Whoever stays with a file never loads it.
  const { PostgresDatabase } = await import("./database/postgres/postgres-database.ts");
  const { postgresDialect: dialect } = await import("./database/postgres/dialect.ts");
  const { prepareSchema } = await import("./database/postgres/prepare-schema.ts");
  const database = await PostgresDatabase.open({
    url,
    ...(queryTimeoutMs === undefined ? {} : { statementTimeoutMs: queryTimeoutMs }),
  });
  return { database, prepare: async () => ({ ...seedingOf(await prepareSchema(database, schema)), dialect }) };
}

async function openFile(path: string, options: DatabaseOptions, schema: SchemaModel): Promise<OpenDatabase> {
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
  const prepare = async (): Promise<Prepared> =>
    schema.adopted
      ? { ...(await readOwnFile(database)), created: false, seededStep: undefined, dialect }
      : { ...seedingOf(await prepareSchema(database, schema)), dialect };
  return { database, prepare };
}

function seedingOf({ seeded, seededStep, ...prepared }: PreparedSchema): Omit<Prepared, "dialect"> {
  return { ...prepared, seededStep: seeded ? undefined : seededStep };
}

/** The names that tables had before and no table has now. */
function givenUp(schema: SchemaModel): ReadonlyMap<string, string> {
  return new Map([...renamesOf(schema).tables].filter(([, from]) => !schema.tables.has(from)));
}

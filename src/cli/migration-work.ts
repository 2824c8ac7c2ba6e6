import { compile } from "../application.ts";
import { loadDefault } from "../config/load-module.ts";
import { type Migrations, readMigrations } from "../database/migration/migrations-folder.ts";
import type { MigrationFile } from "../database/migration/migration-file.ts";
import { declaredSchema } from "../database/sqlite/generate-migration.ts";
import type { MigratedFile } from "../database/sqlite/migrate-database.ts";
import type { MigrationCode } from "../database/sqlite/migration-access.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { type Renames, renamesOf, type StoredSchema } from "../schema/stored-schema.ts";
import { databasePath, type LoadedApplication, loadApplication } from "./run-application.ts";
import { MIGRATIONS_FOLDER } from "../database/migration/migrations-path.ts";

/** Everything that the migrations of an application are about. */
export interface MigrationWork {
  /** The folder of the declaration. */
  readonly folder: string;
  readonly file: MigratedFile;
  /** What the declaration asks for now. */
  readonly wanted: StoredSchema;
  readonly renames: Renames;
  /** Undefined where the application has no such folder. */
  readonly migrations: Migrations | undefined;
}

/** Loads an application and its migrations. Throws `DeclarationError` with what to write instead. */
export async function loadMigrationWork(path: string): Promise<MigrationWork> {
  return migrationWork(await loadApplication(path, "start"));
}

export async function migrationWork(loaded: LoadedApplication): Promise<MigrationWork> {
  const { schema } = compile(loaded.declaration);
  if (schema.adopted)
    throw new DeclarationError(
      "migrate",
      "the tables are adopted, and Servery changes none of them",
      "Change them as they were made, then declare them as they are",
    );
  const driver = loaded.settings.sqliteDriver;
  return {
    folder: loaded.folder,
    file: { path: databasePath(loaded), driver },
    wanted: await declaredSchema(schema, driver),
    renames: renamesOf(schema),
    migrations: readMigrations(loaded.folder),
  };
}

/** The function that a TypeScript or JavaScript migration exports. */
export async function loadMigrationCode(file: MigrationFile): Promise<MigrationCode> {
  const where = `${MIGRATIONS_FOLDER}/${file.name}`;
  let exported: unknown;
  try {
    exported = await loadDefault(file.path);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new DeclarationError(where, `it cannot be loaded: ${words}`, "Correct it");
  }
  if (typeof exported === "function") return exported as MigrationCode;
  throw new DeclarationError(
    where,
    "it exports no function by default",
    "Write export default migration(async ({ query, run }) => { … })",
  );
}

import { lastSchema } from "../database/migration/migrations-folder.ts";
import { nextSteps } from "../database/migration/next-steps.ts";
import { migrateDatabase, type MigrationEvent, readDatabaseState } from "../database/sqlite/migrate-database.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { isSameSchema } from "../schema/stored-schema.ts";
import { loadMigrationCode, migrationWork } from "./migration-work.ts";
import type { LoadedApplication } from "./run-application.ts";
import { hasMigrations, MIGRATIONS_FOLDER } from "../database/migration/migrations-path.ts";

export interface BringUpOptions {
  /** What becomes of pending files where the database has tables already. A new database always gets them all. */
  readonly pending: "refuse" | "apply";
  /** Whether a declaration that has more than the files lead to ends the start. */
  readonly undeclared: "refuse" | "leave";
  readonly report: (event: MigrationEvent) => void;
}

/**
 * Brings the database of an application with a migrations folder to where its files lead, before it is opened; without
 * such a folder it does nothing. Throws `DeclarationError` where the database must not be served: a file is pending,
 * was edited or is missing, or the declaration has changes that no file holds.
 */
export async function bringUpDatabase(loaded: LoadedApplication, options: BringUpOptions): Promise<void> {
  if (!hasMigrations(loaded.folder)) return;
  const { migrations, file, wanted } = await migrationWork(loaded);
  if (migrations === undefined) return;
  if (options.undeclared === "refuse" && !isSameSchema(lastSchema(migrations), wanted))
    throw new DeclarationError(
      MIGRATIONS_FOLDER,
      "the declaration has changes that no file holds yet",
      "Write them with servery migrate new, and apply them with servery migrate up",
    );
  const state = await readDatabaseState(file);
  const steps = nextSteps(migrations, state);
  const [first, ...more] = steps.filter(({ is }) => is === "run");
  if (first !== undefined && state.is !== "new" && options.pending === "refuse")
    throw new DeclarationError(
      "database",
      `it has not applied ${first.file.name}${more.length === 0 ? "" : ` and ${more.length} more`}`,
      "See what that does with servery migrate plan, and do it with servery migrate up",
    );
  await migrateDatabase(file, migrations, { copies: true, loadCode: loadMigrationCode, report: options.report });
}

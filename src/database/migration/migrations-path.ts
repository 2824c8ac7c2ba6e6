import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folder beside the declaration. */
export const MIGRATIONS_FOLDER = "migrations";

/** The migrations beside a declaration. */
export function migrationsPath(applicationFolder: string): string {
  return join(applicationFolder, MIGRATIONS_FOLDER);
}

export function hasMigrations(applicationFolder: string): boolean {
  return existsSync(migrationsPath(applicationFolder));
}

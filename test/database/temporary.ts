import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Database } from "#servery/database/database.js";
import { openSqlite, type SqliteDatabase, type SqliteOptions } from "#servery/database/sqlite/sqlite-database.js";

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "servery-database-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Closes a database at the end of the test, unless it did so itself. */
export function closing<Opened extends Database>(database: Opened): Opened {
  onTestFinished(async () => database.close());
  return database;
}

/** A new database in a folder of its own, with a schema. Both go with the test. */
export async function temporaryDatabase(
  options: Partial<SqliteOptions> & Pick<SqliteOptions, "driver">,
  schema: readonly string[],
): Promise<SqliteDatabase & { readonly path: string }> {
  // The folder's end is planned first, so that it comes last.
  const path = options.path ?? join(temporaryFolder(), "test.db");
  // On a busy machine any read may seem slow, which is not what most tests are about.
  const database = closing(await openSqlite({ mainThreadMs: 10_000, ...options, path }));
  await database.define(schema);
  return Object.assign(database, { path });
}

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import type { SqliteConnection } from "#servery/database/sqlite/driver.js";
import { readExisting } from "#servery/database/sqlite/existing/read-existing.js";
import { declareExisting } from "#servery/cli/declare/declare-existing.js";
import type { Draft, DraftColumn, DraftTable } from "#servery/cli/declare/draft.js";
import { isLeftOut } from "#servery/cli/declare/draft.js";
import { writeSource } from "#servery/cli/declare/write-source.js";

const CHINOOK = fileURLToPath(new URL("../adopted/data/chinook.sqlite", import.meta.url));

/** An empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "servery-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of Chinook, so that a test that went wrong spoils nothing. */
export function chinookFile(): string {
  const file = join(temporaryFolder(), "Chinook_Sqlite.sqlite");
  cpSync(CHINOOK, file);
  return file;
}

/** A database file made by these statements. */
export async function databaseFile(...statements: readonly string[]): Promise<string> {
  const file = join(temporaryFolder(), "shop.sqlite");
  await inDatabase(file, (connection) => {
    for (const statement of statements) connection.exec(statement);
  });
  return file;
}

/** Work on a file, by the binding that is asked for: two bindings in one process do not see each other's locks. */
export async function inDatabase<Result>(
  file: string,
  work: (connection: SqliteConnection) => Result | Promise<Result>,
  preference: "auto" | "better-sqlite3" | "node-sqlite" = "auto",
): Promise<Result> {
  const { driver } = await chooseDriver(preference);
  const connection = driver.open(file, { readOnly: false });
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** What is declared of a file. */
export async function draftOf(
  file: string,
  driver: "auto" | "better-sqlite3" | "node-sqlite" = "auto",
): Promise<Draft> {
  return declareExisting(await readExisting({ path: file, driver }), "Shop");
}

/** The declaration of a file, as it is written. */
export async function sourceOf(file: string): Promise<string> {
  return writeSource(await draftOf(file), ["Introduction"]);
}

export function tableIn(draft: Draft, name: string): DraftTable {
  const table = draft.tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table ${name}: ${JSON.stringify(draft.leftOut)}`);
  return table;
}

/** A column as it is declared, or why it is not. */
export function columnIn(draft: Draft, table: string, name: string): DraftColumn | string {
  for (const entry of tableIn(draft, table).columns) {
    if (isLeftOut(entry) && entry.leftOut === name) return entry.reason;
    if (!isLeftOut(entry) && entry.name === name) return entry;
  }
  throw new Error(`no column ${table}.${name}`);
}

/** The call that makes a column's kind, or why it is left out. */
export function kindIn(draft: Draft, table: string, name: string): string {
  const column = columnIn(draft, table, name);
  return typeof column === "string" ? `left out: ${column}` : column.kind.call;
}

/** What is said about a column. */
export function notesIn(draft: Draft, table: string, name: string): readonly string[] {
  const column = columnIn(draft, table, name);
  return typeof column === "string" ? [column] : column.notes;
}

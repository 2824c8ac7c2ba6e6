import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyDeclaration, EngineOptions } from "servery";
import type { SqliteConnection, SqliteDriver } from "#servery/database/sqlite/driver.js";
import { onTestFinished } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

/** The original, which no test changes. */
export const CHINOOK = new URL("./data/chinook.sqlite", import.meta.url);

type Row = { readonly [column: string]: unknown };

/** A file that somebody else made, in a folder that goes with the test. */
export interface AdoptedFile {
  readonly path: string;
  /** Rows that hand-written SQL finds in the file now. */
  rows(sql: string): Row[];
  /** Everything that the file says about its tables, indexes, triggers and views. */
  schema(): Row[];
  exec(sql: string): void;
}

/**
 * Copies or makes a file. Its rows are read with the binding of the engine: another library in one process would, when it
 * closes the file, take the engine's locks away (https://sqlite.org/howtocorrupt.html, POSIX advisory locks).
 */
export function adoptedFile(from: URL | string, driver: SqliteDriver): AdoptedFile {
  const folder = mkdtempSync(join(tmpdir(), "servery-adopted-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "file.sqlite");
  const using = <Result>(work: (database: SqliteConnection) => Result): Result => {
    const database = driver.open(path, { readOnly: false });
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  if (from instanceof URL) copyFileSync(from, path);
  else using((database) => database.exec(from));
  const rows = (sql: string): Row[] =>
    using((database) => {
      const statement = database.prepare(sql);
      const names = statement.columns();
      return statement.rows([]).map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
    });
  return {
    path,
    rows,
    schema: () => rows("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master"),
    exec: (sql) => using((database) => database.exec(sql)),
  };
}

/** An engine over an adopted file; it ends with the test. */
export async function adopt(
  declaration: AnyDeclaration,
  file: AdoptedFile,
  options: Partial<EngineOptions> = {},
): Promise<EngineUnderTest> {
  const engine = await openEngine(declaration, { ...options, database: `sqlite:${file.path}` });
  onTestFinished(() => engine.close());
  return engine;
}

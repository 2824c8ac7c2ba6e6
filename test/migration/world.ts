import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import type { SqliteConnection } from "#servery/database/sqlite/driver.js";
import { type Running, servery } from "../binary/process.ts";

/** What a command has said and how it ended. */
export interface Ran {
  readonly code: number | string;
  readonly text: string;
}

/** An application in a folder of its own, with the real command to migrate it. All of it goes with the test. */
export interface MigratedApplication {
  readonly folder: string;
  readonly database: string;
  declare(tables: string): void;
  /** Writes a file of the migrations folder. */
  write(name: string, text: string): void;
  read(name: string): string;
  /** The names in the migrations folder. */
  files(): string[];
  /** `servery migrate …`, to its end. */
  migrate(...words: readonly string[]): Promise<Ran>;
  begin(words: readonly string[], environment?: Readonly<Record<string, string>>): Running;
  /** Runs statements by hand, as somebody with a database tool does. */
  byHand(...statements: readonly string[]): Promise<void>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

export function migratedApplication(
  tables: string,
  environment: Readonly<Record<string, string>> = {},
): MigratedApplication {
  const folder = mkdtempSync(join(tmpdir(), "servery-migration-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, ".servery", "data.db");
  const migrations = join(folder, "migrations");
  const declare = (text: string): void => writeFileSync(join(folder, "servery.ts"), declaration(text));
  declare(tables);
  const begin: MigratedApplication["begin"] = (words, more = {}) =>
    servery(words, { CI: "1", PORT: "0", HOST: "127.0.0.1", ...environment, ...more });
  return {
    folder,
    database,
    declare,
    write: (name, text) => {
      mkdirSync(migrations, { recursive: true });
      writeFileSync(join(migrations, name), text);
    },
    read: (name) => readFileSync(join(migrations, name), "utf8"),
    files: () =>
      existsSync(migrations) ? readdirSync(migrations).toSorted((one, other) => (one < other ? -1 : 1)) : [],
    begin,
    async migrate(...words) {
      const [action = "", ...rest] = words;
      // A name may stand before the folder.
      const running = begin(["migrate", action, ...(action === "new" ? named(rest) : rest), folder]);
      const code = await running.ended;
      return { code, text: running.output() };
    },
    byHand: (...statements) =>
      withConnection(database, (connection) => {
        for (const sql of statements) connection.exec(sql);
      }),
    rows: (sql) => withConnection(database, (connection) => connection.prepare(sql).rows([])),
  };
}

/** A row's own two times, as a list of values. */
export const TIMES = "'2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'";

export async function withConnection<Result>(
  path: string,
  use: (connection: SqliteConnection) => Result,
): Promise<Result> {
  const { driver } = await chooseDriver("auto");
  const connection = driver.open(path, { readOnly: false });
  try {
    return use(connection);
  } finally {
    connection.close();
  }
}

function named(words: readonly string[]): string[] {
  const [first] = words;
  return first === undefined || first.startsWith("--") ? ["step", ...words] : [...words];
}

function declaration(tables: string): string {
  return `import { boolean, everyone, integer, longText, ref, servery, table, text, view } from "servery";
const all = { read: everyone, create: everyone, update: everyone, delete: everyone };
export default servery({ title: "Notes", tables: { ${tables} } });
`;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, servery } from "servery";
import { newMigrations } from "#servery/cli/new-migrations.js";
import { loadMigrationCode, type MigrationWork } from "#servery/cli/migration-work.js";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import { readMigrations } from "#servery/database/migration/migrations-folder.js";
import { declaredSchema } from "#servery/database/sqlite/generate-migration.js";
import {
  migrateDatabase,
  type MigrateOptions,
  type MigrationEvent,
} from "#servery/database/sqlite/migrate-database.js";
import { renamesOf } from "#servery/schema/stored-schema.js";
import { temporaryFolder } from "../database/temporary.ts";
import type { Adapter } from "../database/adapters.ts";

type Tables = Parameters<typeof servery>[0]["tables"];

/** A migrations folder and its database, worked on in this process. */
export interface FolderWorld {
  readonly folder: string;
  readonly database: string;
  work(tables: Tables): Promise<MigrationWork>;
  /** Writes the migration that leads to these tables, whatever is lost. */
  generate(tables: Tables, name?: string): Promise<void>;
  write(name: string, text: string): void;
  /** Applies what is pending, and answers what happened. */
  up(options?: Partial<MigrateOptions>): Promise<MigrationEvent[]>;
  byHand(...statements: readonly string[]): void;
  rows(sql: string): readonly (readonly unknown[])[];
}

/** A folder that is given is removed by whoever made it. */
export function folderWorld({ preference, driver }: Adapter, folder = temporaryFolder()): FolderWorld {
  const database = join(folder, "data.db");
  mkdirSync(join(folder, "migrations"));
  const world: FolderWorld = {
    folder,
    database,
    async work(tables) {
      const { schema } = compile(servery({ tables }));
      return {
        folder,
        file: { path: database, driver: preference },
        wanted: await declaredSchema(schema, preference),
        renames: renamesOf(schema),
        migrations: readMigrations(folder),
      };
    },
    async generate(tables, name) {
      const work = await world.work(tables);
      const consented: string[] = [];
      for (;;) {
        const made = await newMigrations(work, { name, consented, ask: undefined });
        if (made.unconsented.length === 0) return;
        consented.push(...made.unconsented.map((loss) => loss.name));
      }
    },
    write: (name, text) => writeFileSync(join(folder, "migrations", name), text),
    async up(options = {}) {
      const events: MigrationEvent[] = [];
      const migrations = readMigrations(folder);
      if (migrations === undefined) throw new Error("There is no folder.");
      const file = { path: database, driver: preference };
      await migrateDatabase(file, migrations, {
        copies: true,
        loadCode: loadMigrationCode,
        report: (event) => events.push(event),
        ...options,
      });
      return events;
    },
    byHand(...statements) {
      const connection = driver.open(database, { readOnly: false });
      for (const sql of statements) connection.exec(sql);
      connection.close();
    },
    rows(sql) {
      const connection = driver.open(database, { readOnly: false });
      const found = connection.prepare(sql).rows([]);
      connection.close();
      return found;
    },
  };
  return world;
}

/** The names of the files that were run or recorded. */
export function namesOf(events: readonly MigrationEvent[], is: "applied" | "recorded"): string[] {
  return events.flatMap((event) => (event.is === is ? [event.file.name] : []));
}

/**
 * The adapter that an engine chooses by itself. Two copies of SQLite in one process take each other's locks away, so what
 * works on the file of an engine beside it works with the same.
 */
export async function chosenAdapter(): Promise<Adapter> {
  const { driver } = await chooseDriver("auto");
  return { preference: driver.name === "better-sqlite3" ? "better-sqlite3" : "node-sqlite", driver };
}

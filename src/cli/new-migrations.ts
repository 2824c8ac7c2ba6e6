import { describeChanges } from "../database/migration/describe-changes.ts";
import { schemaDifference } from "../database/migration/difference.ts";
import { numberText } from "../database/migration/migration-file.ts";
import { snakeCase, suggestedName } from "../database/migration/migration-name.ts";
import {
  lastSchema,
  type Migrations,
  nextNumber,
  readMigrations,
  writeMigration,
} from "../database/migration/migrations-folder.ts";
import { appliedFindings } from "../database/migration/next-steps.ts";
import type { Loss } from "../database/migration/schema-change.ts";
import { emptyHistory, withMigration } from "../database/migration/schema-history.ts";
import { emptySchema, schemaHash } from "../database/migration/schema-hash.ts";
import { migrationText, rehearseMigration } from "../database/sqlite/generate-migration.ts";
import { migrateDatabase, readDatabaseState } from "../database/sqlite/migrate-database.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import type { Renames, StoredSchema } from "../schema/stored-schema.ts";
import { loadMigrationCode, type MigrationWork } from "./migration-work.ts";
import { MIGRATIONS_FOLDER, migrationsPath } from "../database/migration/migrations-path.ts";

const LARGEST_NUMBER = 9_999;
const noRenames: Renames = { tables: new Map(), columns: new Map() };

/** What `servery migrate new` has done, as `--json` prints it. */
export interface NewMigrations {
  /** Paths of the files, none when nothing differs or something would be lost. */
  readonly written: readonly string[];
  readonly changes: readonly string[];
  readonly losses: readonly Loss[];
  /** What would be lost and nobody consented to: then nothing was written. */
  readonly unconsented: readonly Loss[];
  /** Files that count as applied, since the database has what they lead to. */
  readonly recorded: readonly string[];
}

export interface NewMigrationOptions {
  readonly name: string | undefined;
  readonly consented: readonly string[];
  /** Asks a person for consent; undefined where nobody can be asked. */
  readonly ask: ((name: string, what: string) => Promise<boolean>) | undefined;
}

/** Writes what leads from the last migration to the declaration. Throws `DeclarationError` where it cannot. */
export async function newMigrations(work: MigrationWork, options: NewMigrationOptions): Promise<NewMigrations> {
  const begun: Migrations = work.migrations ?? { path: migrationsPath(work.folder), files: [], history: emptyHistory };
  const base = await baseSchema(work, begun);
  const from = base ?? lastSchema(begun);
  const difference = schemaDifference(from, work.wanted, work.renames);
  const { losses } = difference;
  refuseUnknown(
    options.consented,
    losses.map(({ name }) => name),
  );
  const unconsented: Loss[] = [];
  for (const loss of losses) {
    if (options.consented.includes(loss.name)) continue;
    if ((await options.ask?.(loss.name, loss.what)) !== true) unconsented.push(loss);
  }
  const changes = describeChanges(difference);
  if (unconsented.length > 0) return { written: [], changes, losses, unconsented, recorded: [] };
  const written: string[] = [];
  const at: Place = { work, migrations: begun, written };
  let migrations = begun;
  if (base !== undefined)
    migrations = await writeDifference(at, { from: emptySchema, to: base, name: "initial", renames: noRenames });
  if (difference.changes.length > 0)
    await writeDifference(
      { ...at, migrations },
      {
        from,
        to: work.wanted,
        name: migrationNameOf(options.name, difference.changes, migrations),
        renames: work.renames,
      },
    );
  return { written, changes, losses, unconsented, recorded: written.length === 0 ? [] : await recordThere(work) };
}

/** An empty file for a step by hand. Answers its path. */
export function writtenByHand(
  work: MigrationWork,
  wanted: { readonly name: string | undefined; readonly language: "sql" | "ts" },
): string {
  const migrations = work.migrations ?? { path: migrationsPath(work.folder), files: [] };
  const name = `${nextText(migrations)}_${givenName(wanted.name ?? "data")}.${wanted.language}`;
  const text = wanted.language === "sql" ? handSql(name) : handTypeScript;
  return writeMigration(migrations.path, { name, text, history: undefined });
}

interface Place {
  readonly work: MigrationWork;
  readonly migrations: Migrations;
  readonly written: string[];
}

/**
 * The schema of a database that was there before the first migration, when it is not the one that is declared: it needs
 * a file of its own to begin with.
 */
async function baseSchema(work: MigrationWork, { files }: Migrations): Promise<StoredSchema | undefined> {
  if (files.length > 0) return undefined;
  const state = await readDatabaseState(work.file);
  return state.is === "new" || schemaHash(state.schema) === schemaHash(work.wanted) ? undefined : state.schema;
}

async function writeDifference(
  { work, migrations, written }: Place,
  step: { readonly from: StoredSchema; readonly to: StoredSchema; readonly name: string; readonly renames: Renames },
): Promise<Migrations> {
  const { from, to, renames } = step;
  const name = `${nextText(migrations)}_${step.name}.sql`;
  const difference = schemaDifference(from, to, renames);
  const text = migrationText(name, { difference, from, to });
  const wrong = await rehearseMigration(text, { from, to, preference: work.file.driver });
  if (wrong.length > 0)
    throw new Error(`The generated migration does not lead to the declaration: ${wrong.join("; ")}`);
  const history = withMigration(migrations.history, { number: nextNumber(migrations), to, renames });
  written.push(writeMigration(migrations.path, { name, text, history }));
  const read = readMigrations(work.folder);
  if (read === undefined) throw new Error("The folder of the migrations is gone.");
  return read;
}

/** Records the new files in the database where it has what they lead to, and answers their names. */
async function recordThere(work: MigrationWork): Promise<string[]> {
  const recorded: string[] = [];
  const [migrations, state] = [readMigrations(work.folder), await readDatabaseState(work.file)];
  if (migrations === undefined || state.is === "new" || appliedFindings(migrations, state).length > 0) return [];
  const last = migrations.files.filter(({ leads }) => leads !== undefined);
  if (!last.some(({ leads }) => leads?.to === schemaHash(state.schema))) return [];
  await migrateDatabase(work.file, migrations, {
    copies: false,
    only: "record",
    loadCode: loadMigrationCode,
    report: (event) => {
      if (event.is === "recorded") recorded.push(event.file.name);
    },
  });
  return recorded;
}

function migrationNameOf(
  given: string | undefined,
  changes: Parameters<typeof suggestedName>[0],
  { files }: Migrations,
): string {
  return given === undefined ? suggestedName(changes, files.length === 0) : givenName(given);
}

function givenName(text: string): string {
  const name = snakeCase(text);
  if (name !== undefined) return name;
  throw new DeclarationError(
    "migrate new",
    `${JSON.stringify(text)} is no name for a file`,
    "Write one like add_slugs",
  );
}

function nextText(migrations: Pick<Migrations, "files">): string {
  const number = nextNumber(migrations);
  if (number <= LARGEST_NUMBER) return numberText(number);
  throw new DeclarationError(MIGRATIONS_FOLDER, `the numbers end with ${LARGEST_NUMBER}`, "Begin with a new folder");
}

function refuseUnknown(consented: readonly string[], losses: readonly string[]): void {
  const unknown = consented.find((name) => !losses.includes(name));
  if (unknown === undefined) return;
  const list = losses.length === 0 ? "Nothing would be lost: leave it out" : `What would be lost: ${losses.join(", ")}`;
  throw new DeclarationError(
    "migrate new",
    `--drop ${unknown} would not be lost`,
    didYouMean(unknown, losses).trim() || list,
  );
}

function handSql(name: string): string {
  return `-- ${name}\n-- Runs in one transaction. Changes to declared tables come from servery migrate new.\n\n`;
}

const handTypeScript = `import { migration } from "servery";

// Runs in one transaction: when it throws, nothing of it is kept.
export default migration(async ({ query, run }) => {
});
`;

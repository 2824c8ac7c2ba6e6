import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { StoredSchema } from "../../schema/stored-schema.ts";
import { type MigrationFile, migrationFile, migrationName, NUMBER_DIGITS, numberText } from "./migration-file.ts";
import {
  emptyHistory,
  readHistory,
  SCHEMA_FILE,
  schemaAfter,
  type SchemaHistory,
  writeHistory,
} from "./schema-history.ts";
import { emptySchema, schemaHash } from "./schema-hash.ts";
import { MIGRATIONS_FOLDER, migrationsPath } from "./migrations-path.ts";

/** The migrations of an application, in order, and the schemas that they lead to. */
export interface Migrations {
  /** The folder they are in. */
  readonly path: string;
  readonly files: readonly MigrationFile[];
  readonly history: SchemaHistory;
}

/**
 * Reads the migrations of an application; undefined where it has no such folder.
 * Throws `DeclarationError` for a file or a `schema.json` that does not fit the others.
 */
export function readMigrations(applicationFolder: string): Migrations | undefined {
  const path = migrationsPath(applicationFolder);
  if (!existsSync(path)) return undefined;
  const files = readdirSync(path)
    .filter((name) => /\.(?:sql|[cm]?[jt]s)$/i.test(name))
    .map((name) => readFile(path, name))
    .toSorted((one, other) => one.number - other.number || (one.name < other.name ? -1 : 1));
  refuseDoubles(files);
  const historyFile = join(path, SCHEMA_FILE);
  const text = existsSync(historyFile) ? readFileSync(historyFile, "utf8") : undefined;
  if (text === undefined && files.some(({ leads }) => leads !== undefined))
    throw new DeclarationError(
      `${MIGRATIONS_FOLDER}/${SCHEMA_FILE}`,
      "it is missing",
      "Restore it from your repository",
    );
  const migrations = { path, files, history: text === undefined ? emptyHistory : readHistory(text) };
  refuseGaps(migrations);
  return migrations;
}

/** The schema that the last migration leads to. */
export function lastSchema({ files, history }: Migrations): StoredSchema {
  const last = files.findLast(({ leads }) => leads !== undefined);
  return last === undefined ? emptySchema : schemaAfter(history, last.number);
}

/** The number that the next migration gets. */
export function nextNumber({ files }: Pick<Migrations, "files">): number {
  return (files.at(-1)?.number ?? 0) + 1;
}

/**
 * Writes a migration, and what it leads to where it leads to another schema. The schema comes first: what it knows of a
 * file that is not there counts for nothing, so a crash between the two leaves a folder that is whole.
 */
export function writeMigration(
  path: string,
  written: { readonly name: string; readonly text: string; readonly history: SchemaHistory | undefined },
): string {
  mkdirSync(path, { recursive: true });
  if (written.history !== undefined) replaceFile(join(path, SCHEMA_FILE), writeHistory(written.history));
  const file = join(path, written.name);
  replaceFile(file, written.text);
  return file;
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function readFile(folder: string, name: string): MigrationFile {
  const named = migrationName(name);
  if (named === undefined)
    throw new DeclarationError(
      `${MIGRATIONS_FOLDER}/${name}`,
      "its name is not one of a migration",
      `Begin it with ${NUMBER_DIGITS} digits, then small letters: 0002_add_slug.sql, or .ts`,
    );
  const path = join(folder, name);
  return migrationFile(named, { path, text: readFileSync(path, "utf8") });
}

function refuseDoubles(files: readonly MigrationFile[]): void {
  for (const [at, file] of files.entries()) {
    const before = files[at - 1];
    if (before?.number !== file.number) continue;
    const next = numberText(nextNumber({ files }));
    throw new DeclarationError(
      MIGRATIONS_FOLDER,
      `${before.name} and ${file.name} have one number, as when two branches come together`,
      `Give the one that no database has yet the number ${next}; one that was generated, remove and make again with servery migrate new`,
    );
  }
}

/** Each generated file begins where the one before ended, and the history knows where that is. */
function refuseGaps({ files, history }: Migrations): void {
  let at = { hash: schemaHash(emptySchema), name: "an empty database" };
  for (const { name, number, leads } of files) {
    if (leads === undefined) continue;
    if (leads.from !== at.hash)
      throw new DeclarationError(
        `${MIGRATIONS_FOLDER}/${name}`,
        `it begins with the schema ${leads.from}, but ${at.name} leads to ${at.hash}, as when two branches come together or a file is missing`,
        "Restore the missing file; or remove this one, if no database has it yet, and run servery migrate new",
      );
    if (schemaHash(schemaAfter(history, number)) !== leads.to)
      throw new DeclarationError(
        `${MIGRATIONS_FOLDER}/${SCHEMA_FILE}`,
        `it does not belong to ${name}`,
        "Restore both from your repository",
      );
    at = { hash: leads.to, name };
  }
}

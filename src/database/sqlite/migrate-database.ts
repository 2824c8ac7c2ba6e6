import { resolve } from "node:path";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { DatabaseError } from "../database.ts";
import { schemaDifference } from "../migration/difference.ts";
import { type MigrationFile, numberText, statementsOf } from "../migration/migration-file.ts";
import type { Migrations } from "../migration/migrations-folder.ts";
import { type DatabaseState, type MigrationStep, nextSteps } from "../migration/next-steps.ts";
import { renamesAt, schemaAfter } from "../migration/schema-history.ts";
import { emptySchema } from "../migration/schema-hash.ts";
import { recordMigration } from "./applied-migrations.ts";
import { chooseDriver, type DriverPreference } from "./choose-driver.ts";
import { Connection, prepareFile } from "./connection.ts";
import { copyDatabase } from "./copy-database.ts";
import { fileIdentity } from "./database-file.ts";
import type { SqliteDriver } from "./driver.ts";
import { mapError } from "./map-error.ts";
import type { MigrationCode } from "./migration-access.ts";
import { createOwnTables } from "../sql/own-tables.ts";
import { sqliteDialect } from "./dialect.ts";
import { databaseState } from "./own-rows.ts";
import { runMigration } from "./run-migration.ts";

/** How long a migration waits for another process that holds the database, in milliseconds: it may be migrating. */
const LOCK_WAIT_MS = 600_000;
/** How long one attempt takes: in between signals are seen. */
const LOCK_TRY_MS = 500;

/** The file that migrations are for. */
export interface MigratedFile {
  readonly path: string;
  readonly driver: DriverPreference;
  /** How long to wait for another process that holds the lock, in milliseconds. */
  readonly lockWaitMs?: number;
}

/** What happens while migrations are applied, as it happens. */
export type MigrationEvent =
  | { readonly is: "waiting" }
  | { readonly is: "began"; readonly file: MigrationFile }
  | { readonly is: "copied"; readonly file: MigrationFile; readonly path: string }
  | {
      readonly is: "statement";
      readonly file: MigrationFile;
      readonly at: number;
      /** 0 where nobody knows, as in code. */
      readonly of: number;
      readonly sql: string;
    }
  | { readonly is: "applied"; readonly file: MigrationFile; readonly tookMs: number }
  | { readonly is: "recorded"; readonly file: MigrationFile };

export interface MigrateOptions {
  /** The number of the last migration to apply; all without it. */
  readonly to?: number | undefined;
  /** Whether the database is copied before a migration that loses values. */
  readonly copies: boolean;
  /** `record`: what the database has already is written down, and nothing else is done. */
  readonly only?: "record";
  readonly loadCode: (file: MigrationFile) => Promise<MigrationCode>;
  readonly report: (event: MigrationEvent) => void;
}

/** What a file holds; a missing one is a new database. Changes nothing. Throws with a reason in one sentence. */
export async function readDatabaseState(file: MigratedFile): Promise<DatabaseState> {
  return readDatabase(file, databaseState, { is: "new", schema: emptySchema, applied: [] });
}

/** Asks a file something on a connection that cannot write; a missing file is answered with `missing`. */
export async function readDatabase<Answer>(
  file: MigratedFile,
  ask: (connection: Connection) => Answer,
  missing: Answer,
): Promise<Answer> {
  const path = resolve(file.path);
  if (fileIdentity(path) === null) return missing;
  const { driver } = await chooseDriver(file.driver);
  let connection: Connection | undefined;
  try {
    connection = new Connection({ driver, path, role: "child", lockWaitMs: file.lockWaitMs });
    return ask(connection);
  } catch (error) {
    throw explained(error, path);
  } finally {
    connection?.close();
  }
}

/**
 * Applies pending migrations in order, each in a transaction of its own. What another process has applied meanwhile is
 * not applied again. Throws `DeclarationError` or `DatabaseError` with a reason; files before the one that failed stay.
 */
export async function migrateDatabase(
  file: MigratedFile,
  migrations: Migrations,
  options: MigrateOptions,
): Promise<void> {
  const path = resolve(file.path);
  const { driver } = await chooseDriver(file.driver);
  // What is pending is read before anything is locked or run: it may be wrong.
  const state = await readDatabaseState(file);
  const pending = wantedSteps(migrations, state, options);
  if (pending.length === 0) return;
  const codes = new Map<number, MigrationCode>();
  for (const { is, file: each } of pending) {
    if (is === "run" && each.language === "sql") statementsOf(each);
    else if (is === "run") codes.set(each.number, await options.loadCode(each));
  }
  prepareFile({ driver, path, lockWaitMs: file.lockWaitMs });
  const connection = new Connection({ driver, path, role: "writer" });
  try {
    // It does nothing inside a transaction, and a table is rebuilt by dropping the old one.
    connection.exec("PRAGMA foreign_keys = OFF");
    while (await takeStep({ connection, driver, path, lockWaitMs: file.lockWaitMs, migrations, options, codes }));
  } catch (error) {
    throw explained(error, path);
  } finally {
    // With @photostructure/sqlite a closed connection keeps its lock until its statements are collected.
    if (connection.inTransaction) connection.exec("ROLLBACK");
    connection.close();
  }
}

interface OpenMigration {
  readonly connection: Connection;
  readonly driver: SqliteDriver;
  readonly path: string;
  readonly lockWaitMs: number | undefined;
  readonly migrations: Migrations;
  readonly options: MigrateOptions;
  readonly codes: ReadonlyMap<number, MigrationCode>;
}

/** Takes the first step that is left, in one transaction. Answers whether there was one. */
async function takeStep(open: OpenMigration): Promise<boolean> {
  const { connection, options } = open;
  await beginWaiting(open);
  const state = databaseState(connection);
  const [step] = wantedSteps(open.migrations, state, options);
  if (step === undefined) {
    connection.exec("ROLLBACK");
    return false;
  }
  const { file } = step;
  const began = performance.now();
  if (step.is === "run") await runStep(open, file, state);
  else if (state.is === "new") for (const sql of createOwnTables(emptySchema, sqliteDialect.own)) connection.exec(sql);
  const tookMs = step.is === "run" ? Math.round(performance.now() - began) : 0;
  const { number, name, checksum } = file;
  recordMigration(connection, { number, name, checksum, appliedAt: new Date().toISOString(), tookMs });
  connection.exec("COMMIT");
  connection.forgetSchema();
  options.report(step.is === "run" ? { is: "applied", file, tookMs } : { is: "recorded", file });
  return true;
}

async function runStep(open: OpenMigration, file: MigrationFile, state: DatabaseState): Promise<void> {
  const { connection, driver, options } = open;
  const to = file.leads === undefined ? state.schema : schemaAfter(open.migrations.history, file.number);
  options.report({ is: "began", file });
  // Nobody else can write from here on, so the copy holds all that the migration finds.
  if (options.copies && state.is === "ours" && file.losses.length > 0)
    options.report({ is: "copied", file, path: copyBefore(file, open) });
  await runMigration(connection, {
    driver,
    file,
    from: state.schema,
    to,
    changes: schemaDifference(state.schema, to, renamesAt(open.migrations.history, file.number)).changes,
    isNew: state.is === "new",
    code: open.codes.get(file.number),
    onStatement: (statement) => options.report({ is: "statement", file, ...statement }),
  });
}

function copyBefore(file: MigrationFile, { driver, path }: OpenMigration): string {
  const target = `${path}.before-${numberText(file.number)}`;
  try {
    return copyDatabase({ driver, path }, target);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new DeclarationError(
      "database",
      `it cannot be copied to ${target} (${words}), and ${file.name} loses values`,
      "Make room, or copy it yourself and say --no-backup. Nothing was changed",
    );
  }
}

function wantedSteps(migrations: Migrations, state: DatabaseState, options: MigrateOptions): MigrationStep[] {
  const steps = nextSteps(migrations, state).filter(
    ({ file }) => file.number <= (options.to ?? Number.POSITIVE_INFINITY),
  );
  return options.only === "record" ? steps.filter(({ is }) => is === "record") : steps;
}

async function beginWaiting({ connection, lockWaitMs = LOCK_WAIT_MS, options }: OpenMigration): Promise<void> {
  const until = performance.now() + lockWaitMs;
  for (let attempt = 1; ; attempt++) {
    try {
      connection.waitingOnly(Math.min(LOCK_TRY_MS, lockWaitMs), () => connection.exec("BEGIN IMMEDIATE"));
      return;
    } catch (error) {
      if (mapError(error).kind !== "busy" || performance.now() > until) throw error;
      if (attempt === 1) options.report({ is: "waiting" });
      await new Promise((proceed) => {
        setImmediate(proceed);
      });
    }
  }
}

function explained(error: unknown, path: string): unknown {
  if (error instanceof DatabaseError || error instanceof DeclarationError) return error;
  const failure = mapError(error);
  if (failure.kind === "other") return error;
  const reason = failure.kind === "busy" ? "another process holds its lock" : failure.message;
  return new DatabaseError(
    { ...failure, message: `The database ${path} cannot be used: ${reason}.` },
    { cause: error },
  );
}

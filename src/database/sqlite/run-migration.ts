import { DeclarationError } from "../../errors/declaration-error.ts";
import type { StoredSchema } from "../../schema/stored-schema.ts";
import { type MigrationFile, statementsOf } from "../migration/migration-file.ts";
import { emptySchema } from "../migration/schema-hash.ts";
import type { SchemaDifference } from "../migration/schema-change.ts";
import { carryAccounts } from "./carry-accounts.ts";
import { CarriedObjects, type WhatGoes } from "./carried-objects.ts";
import type { Connection } from "./connection.ts";
import type { SqliteDriver } from "./driver.ts";
import { migrationAccess, type MigrationCode } from "./migration-access.ts";
import { createOwnTables } from "../sql/own-tables.ts";
import { sqliteDialect } from "./dialect.ts";
import { keepSchema } from "./own-rows.ts";
import { freshObjects, schemaFindings } from "./schema-findings.ts";
import { namesIn, type SchemaObject } from "./schema-objects.ts";
import { MIGRATIONS_FOLDER } from "../migration/migrations-path.ts";

/** Findings that a message names; a changed table has many. */
const FINDINGS_TOLD = 3;
/** Letters of a statement in a message. */
const STATEMENT_LETTERS = 100;

export interface MigrationRun {
  readonly driver: SqliteDriver;
  readonly file: MigrationFile;
  /** The schema that the database has, and the one that it must have afterwards. */
  readonly from: StoredSchema;
  readonly to: StoredSchema;
  /** What leads from the one to the other. */
  readonly changes: SchemaDifference["changes"];
  /** The database has nothing of Servery's own yet. */
  readonly isNew: boolean;
  /** The function that a TypeScript or JavaScript file exports. */
  readonly code: MigrationCode | undefined;
  /** Told before each statement, from 1. */
  readonly onStatement: (statement: { readonly at: number; readonly of: number; readonly sql: string }) => void;
}

/**
 * Runs a file within the transaction that is open, with foreign keys off, and looks at what is there then.
 * Throws `DeclarationError` naming the file, the statement and SQLite's reason; the caller rolls back.
 */
export async function runMigration(connection: Connection, run: MigrationRun): Promise<void> {
  if (run.isNew) for (const sql of createOwnTables(emptySchema, sqliteDialect.own)) connection.exec(sql);
  const [wanted, before] = [freshObjects(run.driver, run.to), freshObjects(run.driver, run.from)];
  const broken = brokenReferences(connection);
  const carried = new CarriedObjects(connection, whatGoes(run.file, before));
  if (run.file.language === "sql") runStatements(connection, run, carried);
  else await runCode(connection, run, carried);
  carried.putBack();
  refuseBrokenReferences(run.file, broken, brokenReferences(connection));
  const findings = schemaFindings(connection, wanted, before);
  if (findings.length > 0) throw differs(run.file, findings);
  carryAccounts(connection, run);
  keepSchema(connection, run.to);
}

function runStatements(connection: Connection, run: MigrationRun, carried: CarriedObjects): void {
  const statements = statementsOf(run.file);
  for (const [index, { sql, line }] of statements.entries()) {
    const at = index + 1;
    run.onStatement({ at, of: statements.length, sql });
    const place = `${placeOf(run.file)}, statement ${at} of ${statements.length} (line ${line})`;
    try {
      carried.prepareFor(sql);
      connection.exec(sql);
    } catch (error) {
      throw failed(place, error, sql);
    }
    if (!connection.inTransaction) throw failed(place, new Error("it ended the transaction"), sql);
  }
}

async function runCode(connection: Connection, run: MigrationRun, carried: CarriedObjects): Promise<void> {
  const place = placeOf(run.file);
  let last = "";
  const access = migrationAccess(connection, (sql, at) => {
    last = sql;
    run.onStatement({ at, of: 0, sql });
    carried.prepareFor(sql);
  });
  try {
    await run.code?.(access.context);
  } catch (error) {
    throw failed(place, error, last);
  } finally {
    access.end();
  }
  if (!connection.inTransaction) throw failed(place, new Error("it ended the transaction"), last);
}

function failed(place: string, error: unknown, sql: string): DeclarationError {
  const words = error instanceof Error ? error.message : String(error);
  const [line = ""] = sql.split("\n", 1);
  const told = line.length > STATEMENT_LETTERS ? `${line.slice(0, STATEMENT_LETTERS)}…` : line;
  return new DeclarationError(
    place,
    `${words.replace(/\.$/, "")}${told === "" ? "" : `, in: ${told}`}`,
    "Nothing of this file was kept. Correct it, or the rows, and run servery migrate up again",
  );
}

function differs(file: MigrationFile, findings: readonly string[]): DeclarationError {
  const more = findings.length > FINDINGS_TOLD ? `, and ${findings.length - FINDINGS_TOLD} more` : "";
  return new DeclarationError(
    placeOf(file),
    `it leaves tables that are not those of ${MIGRATIONS_FOLDER}/schema.json: ${findings.slice(0, FINDINGS_TOLD).join("; ")}${more}`,
    file.leads === undefined
      ? "Nothing of it was kept. Change the declaration and let servery migrate new write what changes tables"
      : "Nothing of it was kept. Correct the file, so that it leads to what is declared",
  );
}

/** Rows that refer to missing ones, by the tables. */
function brokenReferences(connection: Connection): ReadonlyMap<string, number> {
  const rows = connection.query('SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2');
  return new Map(
    rows.map(([table, parent, count]) => [
      `rows of ${String(table)} refer to rows of ${String(parent)}`,
      Number(count),
    ]),
  );
}

function refuseBrokenReferences(
  file: MigrationFile,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): void {
  for (const [what, count] of after) {
    if (count <= (before.get(what) ?? 0)) continue;
    throw new DeclarationError(
      placeOf(file),
      `afterwards ${count} ${what} that are missing`,
      "Nothing of this file was kept. Correct those rows first, for example in a migration before it",
    );
  }
}

function whatGoes(file: MigrationFile, before: readonly SchemaObject[]): WhatGoes {
  // A file that Servery made says itself what becomes of what is declared, and which tables are lost.
  const declared = file.leads === undefined ? [] : before.map(({ name }) => name.toLowerCase());
  const lost = new Set(file.losses.map(({ name }) => name.toLowerCase()));
  return {
    itsOwn: new Set([...wordsOf(file), ...declared]),
    mayLose: (table) => file.leads === undefined || lost.has(table),
  };
}

/** Whatever a file names is its own business. Code is not read as SQL: an apostrophe is no quote there. */
function wordsOf({ language, text }: MigrationFile): Iterable<string> {
  return language === "sql" ? namesIn(text) : (text.toLowerCase().match(/[\w$]+/g) ?? []);
}

function placeOf(file: MigrationFile): string {
  return `${MIGRATIONS_FOLDER}/${file.name}`;
}

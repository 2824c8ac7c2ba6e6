import { resolve } from "node:path";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { isSameSchema, type Renames, type StoredSchema } from "../../schema/stored-schema.ts";
import { DatabaseError } from "../database.ts";
import { schemaDifference } from "../migration/difference.ts";
import type { SchemaDifference } from "../migration/schema-change.ts";
import { carryAccounts } from "./carry-accounts.ts";
import { CarriedObjects } from "./carried-objects.ts";
import { chooseDriver } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { copyDatabase } from "./copy-database.ts";
import type { SqliteDriver } from "./driver.ts";
import { mapError } from "./map-error.ts";
import { type MigratedFile, readDatabaseState } from "./migrate-database.ts";
import { type Forecast, forecastDifference } from "./migration-forecast.ts";
import { databaseState, keepSchema } from "./own-rows.ts";
import { freshObjects, schemaFindings } from "./schema-findings.ts";

/** What leads a database from the schema that it has straight to the one that is declared. */
export interface SchemaPlan extends Forecast {
  readonly from: StoredSchema;
  readonly to: StoredSchema;
  readonly difference: SchemaDifference;
}

/** Says what it would take, and changes nothing; undefined where the database is new, or has what is declared. */
export async function planSchema(
  file: MigratedFile,
  declared: { readonly wanted: StoredSchema; readonly renames: Renames },
): Promise<SchemaPlan | undefined> {
  const { wanted, renames } = declared;
  const { is, schema } = await readDatabaseState(file);
  if (is === "new" || isSameSchema(schema, wanted)) return undefined;
  const difference = schemaDifference(schema, wanted, renames);
  return { ...(await forecastDifference(file, difference)), from: schema, to: wanted, difference };
}

/**
 * Carries a plan out in one transaction, after a copy of the database where values go; answers the copy's path. Throws
 * `DeclarationError` or `DatabaseError` in one sentence when it cannot be done; then nothing was changed.
 */
export async function followPlan(file: MigratedFile, plan: SchemaPlan): Promise<string | undefined> {
  const path = resolve(file.path);
  const { driver } = await chooseDriver(file.driver);
  const connection = new Connection({ driver, path, role: "writer", lockWaitMs: file.lockWaitMs });
  try {
    // It does nothing inside a transaction, and a table is rebuilt by dropping the old one.
    connection.exec("PRAGMA foreign_keys = OFF");
    connection.exec("BEGIN IMMEDIATE");
    if (!isSameSchema(databaseState(connection).schema, plan.from))
      throw unfit("another process has changed its tables");
    // Nobody else can write from here on, so the copy holds all that goes.
    const copy = plan.losses.length === 0 ? undefined : copyDatabase({ driver, path }, `${path}.before-change`);
    changeTables(connection, driver, plan);
    carryAccounts(connection, plan.difference);
    keepSchema(connection, plan.to);
    connection.exec("COMMIT");
    return copy;
  } catch (error) {
    throw explained(error);
  } finally {
    // What was not committed goes with the connection.
    connection.close();
  }
}

function changeTables(
  connection: Connection,
  driver: SqliteDriver,
  { from, to, statements, losses }: SchemaPlan,
): void {
  const [before, wanted] = [freshObjects(driver, from), freshObjects(driver, to)];
  const broken = brokenReferences(connection);
  const lost = new Set(losses.map(({ name }) => name.toLowerCase()));
  const carried = new CarriedObjects(connection, {
    itsOwn: new Set([...before, ...wanted].map(({ name }) => name.toLowerCase())),
    mayLose: (table) => lost.has(table),
  });
  for (const sql of statements) {
    carried.prepareFor(sql);
    connection.exec(sql);
  }
  carried.putBack();
  if (brokenReferences(connection) > broken) throw unfit("afterwards rows would refer to rows that are missing");
  const [finding] = schemaFindings(connection, wanted, before);
  if (finding !== undefined) throw unfit(`afterwards its tables would not be those that are declared: ${finding}`);
}

function brokenReferences(connection: Connection): number {
  const [row] = connection.query("SELECT count(*) FROM pragma_foreign_key_check");
  return Number(row?.[0] ?? 0);
}

function unfit(problem: string): DeclarationError {
  return new DeclarationError(
    "database",
    problem,
    "Nothing was changed. Correct the declaration or the rows, or begin with a new file",
  );
}

function explained(error: unknown): unknown {
  if (error instanceof DeclarationError || error instanceof DatabaseError) return error;
  const { kind, message } = mapError(error);
  return unfit(kind === "busy" ? "another process holds its lock" : message.replace(/\.$/, ""));
}

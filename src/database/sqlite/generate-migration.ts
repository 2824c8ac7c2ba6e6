import type { SchemaModel } from "../../schema/model.ts";
import { type StoredSchema, storedSchema } from "../../schema/stored-schema.ts";
import { describeChanges } from "../migration/describe-changes.ts";
import type { SchemaDifference } from "../migration/schema-change.ts";
import { schemaHash } from "../migration/schema-hash.ts";
import { splitStatements } from "../migration/split-statements.ts";
import { changeStatements } from "./change-statements.ts";
import { chooseDriver, type DriverPreference } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { createViews } from "./create-view.ts";
import { freshObjects, schemaFindings } from "./schema-findings.ts";
import { schemaStatements } from "./schema-statements.ts";

/** What a database holds of a declaration. Throws `DeclarationError` for a view whose query SQLite does not take. */
export async function declaredSchema(schema: SchemaModel, preference: DriverPreference): Promise<StoredSchema> {
  const wanted = storedSchema(schema, "sqlite");
  const { driver } = await chooseDriver(preference);
  const tables = schemaStatements({ tables: wanted.tables, views: [] });
  const rehearse = <Result>(work: (scratch: Connection) => Result): Result => {
    const scratch = new Connection({ driver, path: ":memory:", role: "writer" });
    try {
      return work(scratch);
    } finally {
      scratch.close();
    }
  };
  createViews({ rehearse }, { tables, models: [...schema.tables.values()] });
  return wanted;
}

/** The text of a SQL file that leads from one schema to another. */
export function migrationText(
  name: string,
  {
    difference,
    from,
    to,
  }: { readonly difference: SchemaDifference; readonly from: StoredSchema; readonly to: StoredSchema },
): string {
  const head = [
    `-- ${name}`,
    ...describeChanges(difference).map((line) => `--   ${oneLine(line)}`),
    `-- from ${schemaHash(from)}`,
    `-- to ${schemaHash(to)}`,
    ...difference.losses.map((loss) => `-- loses ${oneLine(`${loss.name}: ${loss.what}`)}`),
  ];
  return `${[head.join("\n"), ...changeStatements(difference).map((sql) => `${sql};`)].join("\n\n")}\n`;
}

/**
 * Runs the text of a migration on an empty database with the schema that it begins with, and answers what is then not as
 * in the schema that it leads to. Throws the binding's error for a statement that SQLite refuses.
 */
export async function rehearseMigration(
  text: string,
  {
    from,
    to,
    preference,
  }: { readonly from: StoredSchema; readonly to: StoredSchema; readonly preference: DriverPreference },
): Promise<readonly string[]> {
  const { driver } = await chooseDriver(preference);
  const scratch = new Connection({ driver, path: ":memory:", role: "writer" });
  try {
    scratch.exec("PRAGMA foreign_keys = OFF");
    for (const sql of schemaStatements(from)) scratch.exec(sql);
    for (const { sql } of splitStatements(text)) scratch.exec(sql);
    return schemaFindings(scratch, freshObjects(driver, to), freshObjects(driver, from));
  } finally {
    scratch.close();
  }
}

/** A name may hold a line break, which would end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}

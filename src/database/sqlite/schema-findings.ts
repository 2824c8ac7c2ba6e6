import type { StoredSchema } from "../../schema/stored-schema.ts";
import { Connection } from "./connection.ts";
import type { SqliteDriver } from "./driver.ts";
import { normalised, type SchemaObject, schemaObjects, tableParts } from "./schema-objects.ts";
import { schemaStatements } from "./schema-statements.ts";

/** What a schema consists of in an empty database, made there to be looked at. */
export function freshObjects(driver: SqliteDriver, schema: StoredSchema): SchemaObject[] {
  const scratch = new Connection({ driver, path: ":memory:", role: "writer" });
  try {
    for (const statement of schemaStatements(schema)) scratch.exec(statement);
    return schemaObjects(scratch);
  } finally {
    scratch.close();
  }
}

/**
 * Where a file differs from a schema, each as a phrase. What the file has beside it, such as an index of somebody's own,
 * is no difference; what only `before` had must be gone.
 */
export function schemaFindings(
  connection: Pick<Connection, "query">,
  wanted: readonly SchemaObject[],
  before: readonly SchemaObject[],
): string[] {
  const there = new Map(schemaObjects(connection).map((object) => [keyOf(object), object]));
  const wantedKeys = new Set(wanted.map(keyOf));
  const findings = wanted.flatMap((object) => {
    const found = there.get(keyOf(object));
    if (found === undefined) return [`${object.type} ${object.name} is missing`];
    return object.type === "table" ? tableFindings(object, found) : otherFindings(object, found);
  });
  const left = before.filter((object) => !wantedKeys.has(keyOf(object)) && there.has(keyOf(object)));
  return [...findings, ...left.map(({ type, name }) => `${type} ${name} is still there`)];
}

function tableFindings(wanted: SchemaObject, found: SchemaObject): string[] {
  const [expected, actual] = [tableParts(wanted.sql), tableParts(found.sql)];
  const [lacks, extra] = [
    expected.filter((part) => !actual.includes(part)),
    actual.filter((part) => !expected.includes(part)),
  ];
  const firstWords = new Map(extra.map((part) => [firstWord(part), part]));
  const lacking = lacks.map((part) => {
    const instead = firstWords.get(firstWord(part));
    return instead === undefined
      ? `table ${wanted.name} lacks "${part}"`
      : `table ${wanted.name} has "${instead}" instead of "${part}"`;
  });
  const named = new Set(lacks.map(firstWord));
  const added = extra.filter((part) => !named.has(firstWord(part)));
  return [...lacking, ...added.map((part) => `table ${wanted.name} has "${part}", which is not declared`)];
}

function otherFindings(wanted: SchemaObject, found: SchemaObject): string[] {
  return normalised(wanted.sql) === normalised(found.sql) ? [] : [`${wanted.type} ${wanted.name} is another one`];
}

function keyOf({ type, name }: SchemaObject): string {
  return `${type} ${name.toLowerCase()}`;
}

function firstWord(part: string): string {
  return part.split(" ", 1)[0] ?? "";
}

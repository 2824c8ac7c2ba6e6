import { describeChanges } from "../migration/describe-changes.ts";
import { schemaDifference } from "../migration/difference.ts";
import { type MigrationFile, statementsOf } from "../migration/migration-file.ts";
import type { Migrations } from "../migration/migrations-folder.ts";
import { type DatabaseState, nextSteps } from "../migration/next-steps.ts";
import type { Loss, SchemaDifference } from "../migration/schema-change.ts";
import { renamesAt, schemaAfter } from "../migration/schema-history.ts";
import { droppedName } from "./carried-objects.ts";
import { changeStatements } from "./change-statements.ts";
import type { Connection } from "./connection.ts";
import { type MigratedFile, readDatabase } from "./migrate-database.ts";
import { quoteName } from "./quote-name.ts";
import { rowQuestions } from "./row-questions.ts";
import { namesIn } from "./schema-objects.ts";

/** What a migration would do to a database, found out without doing it. */
export interface Forecast {
  /** One line for each thing that changes. */
  readonly changes: readonly string[];
  readonly statements: readonly string[];
  /** Tables that are copied row by row, with the rows that they have now. */
  readonly copies: readonly { readonly table: string; readonly rows: number }[];
  readonly losses: readonly Loss[];
  /** Rows that keep it from being done. */
  readonly inTheWay: readonly { readonly table: string; readonly rows: number; readonly finding: string }[];
  /** Names of the files before it that change the same tables: its rows can be counted only after them. */
  readonly after: readonly string[];
}

/** The forecast of a step that `servery migrate up` would take. */
export interface StepForecast extends Forecast {
  readonly file: MigrationFile;
  readonly is: "run" | "record";
}

/** What `servery migrate up` would do. Throws `DeclarationError` where it would refuse to begin. */
export async function forecastSteps(
  file: MigratedFile,
  migrations: Migrations,
  state: DatabaseState,
): Promise<StepForecast[]> {
  const steps = nextSteps(migrations, state);
  const forecast = (connection: Connection | undefined): StepForecast[] => {
    let schema = state.schema;
    const before: MigrationFile[] = [];
    return steps.map(({ is, file: each }) => {
      const to = each.leads === undefined ? schema : schemaAfter(migrations.history, each.number);
      const difference = schemaDifference(schema, to, renamesAt(migrations.history, each.number));
      const statements = each.language === "sql" ? statementsOf(each).map(({ sql }) => sql) : [];
      const earlier = before.filter((other) => sharesTable(other, difference)).map(({ name }) => name);
      const counts = is === "run" && earlier.length === 0 ? connection : undefined;
      const found = foretold(difference, statements, counts);
      if (is === "run") {
        schema = to;
        before.push(each);
      }
      return { ...found, file: each, is, losses: each.losses, after: earlier };
    });
  };
  return readDatabase<StepForecast[]>(file, forecast, forecast(undefined));
}

/**
 * What leading a database straight from one schema to another would do; without a file, whose rows must lie in the first
 * of the two, no rows are counted.
 */
export async function forecastDifference(
  file: MigratedFile | undefined,
  difference: SchemaDifference,
): Promise<Forecast> {
  const forecast = (connection: Connection | undefined): Forecast => ({
    ...foretold(difference, changeStatements(difference), connection),
    losses: difference.losses,
    after: [],
  });
  return file === undefined ? forecast(undefined) : readDatabase<Forecast>(file, forecast, forecast(undefined));
}

function foretold(
  difference: SchemaDifference,
  statements: readonly string[],
  connection: Connection | undefined,
): Pick<Forecast, "changes" | "statements" | "copies" | "inTheWay"> {
  return {
    changes: describeChanges(difference),
    statements,
    copies: connection === undefined ? [] : copiedTables(statements, connection),
    inTheWay:
      connection === undefined
        ? []
        : rowQuestions(difference)
            .map(({ table, finding, sql }) => ({ table, finding, rows: countOf(connection, sql) }))
            .filter(({ rows }) => rows > 0),
  };
}

/** A table that goes while something else takes its name, or its rows, is copied. */
function copiedTables(statements: readonly string[], connection: Connection): Forecast["copies"] {
  const inserted = statements.filter((sql) => /^\s*INSERT\b/i.test(sql)).map(namesIn);
  // What begins like this is an index of words, which is made anew.
  const dropped = statements.flatMap((sql) => droppedName(sql) ?? []).filter((name) => !name.startsWith("_servery_"));
  const copied = dropped.filter((table) => inserted.some((names) => names.has(table.toLowerCase())));
  return [...new Set(copied)].flatMap((table) => {
    const [found] = connection.query("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", [table]);
    return found?.[0] === 1 ? [{ table, rows: countOf(connection, `SELECT count(*) FROM ${quoteName(table)}`) }] : [];
  });
}

function countOf(connection: Connection, sql: string): number {
  const [row] = connection.query(sql);
  return Number(row?.[0] ?? 0);
}

/** Whether a file that runs earlier may change what the rows of a difference's tables are. */
function sharesTable(file: MigrationFile, { changes }: SchemaDifference): boolean {
  const names = file.language === "sql" ? namesIn(file.text) : new Set(file.text.toLowerCase().match(/[\w$]+/g));
  return changes.some((change) => change.is === "change table" && names.has(change.from.name.toLowerCase()));
}

import type { Migrations } from "../migration/migrations-folder.ts";
import type { DatabaseState } from "../migration/next-steps.ts";
import type { Outlook, StepOutlook } from "../migration/outlook.ts";
import type { SchemaDifference } from "../migration/schema-change.ts";
import type { Connection } from "./connection.ts";
import { type MigratedFile, readDatabase } from "./migrate-database.ts";
import { outlookOfChange, outlookOfSteps } from "./migration-outlook.ts";
import { quoteName } from "./quote-name.ts";

/** What a migration would do to a database and its rows, found out without doing it. */
export interface Forecast extends Omit<Outlook, "asks"> {
  /** Tables that are copied row by row, with the rows that they have now. */
  readonly copies: readonly { readonly table: string; readonly rows: number }[];
  /** Rows that keep it from being done. */
  readonly inTheWay: readonly { readonly table: string; readonly rows: number; readonly finding: string }[];
}

/** The forecast of a step that `servery migrate up` would take. */
export interface StepForecast extends Forecast, Pick<StepOutlook, "file" | "is"> {}

/** What `servery migrate up` would do. Throws `DeclarationError` where it would refuse to begin. */
export async function forecastSteps(
  file: MigratedFile,
  migrations: Migrations,
  state: DatabaseState,
): Promise<StepForecast[]> {
  const steps = outlookOfSteps(migrations, state);
  const forecast = (connection: Connection | undefined): StepForecast[] =>
    steps.map(({ asks, ...step }) => ({ ...step, ...counted(asks, connection) }));
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
  const { asks, ...outlook } = outlookOfChange(difference);
  const forecast = (connection: Connection | undefined): Forecast => ({ ...outlook, ...counted(asks, connection) });
  return file === undefined ? forecast(undefined) : readDatabase<Forecast>(file, forecast, forecast(undefined));
}

function counted(
  { copied, questions }: Outlook["asks"],
  connection: Connection | undefined,
): Pick<Forecast, "copies" | "inTheWay"> {
  if (connection === undefined) return { copies: [], inTheWay: [] };
  return {
    copies: copied.flatMap((table) => {
      const [found] = connection.query("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", [table]);
      return found?.[0] === 1 ? [{ table, rows: countOf(connection, countedRows(table)) }] : [];
    }),
    inTheWay: questions
      .map(({ table, finding, sql }) => ({ table, finding, rows: countOf(connection, sql) }))
      .filter(({ rows }) => rows > 0),
  };
}

function countedRows(table: string): string {
  return `SELECT count(*) FROM ${quoteName(table)}`;
}

function countOf(connection: Connection, sql: string): number {
  const [row] = connection.query(sql);
  return Number(row?.[0] ?? 0);
}

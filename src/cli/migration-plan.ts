import pc from "picocolors";
import type { Forecast, StepForecast } from "../database/sqlite/migration-forecast.ts";

/** What `servery migrate up` would do to a database, and what the declaration has beyond that. */
export interface MigrationPlan {
  readonly database: string;
  readonly isNew: boolean;
  readonly hasFolder: boolean;
  /** How many files the database has applied. */
  readonly applied: number;
  readonly steps: readonly StepForecast[];
  /** What is declared and in no file yet; without a migrations folder, what the database lacks. */
  readonly unwritten: Forecast | undefined;
}

const LOCKS =
  "Each file runs in one transaction. Meanwhile reading goes on and other writers wait; when it fails, nothing of it is kept.";

export function planAsJson(plan: MigrationPlan): string {
  return JSON.stringify({
    database: plan.database,
    is_new: plan.isNew,
    applied: plan.applied,
    pending: plan.steps.map((step) => ({
      name: step.file.name,
      // What it does is known only when it runs.
      is_code: step.file.language === "module",
      already_there: step.is === "record",
      ...forecastAsJson(step),
    })),
    unwritten: plan.unwritten === undefined ? null : forecastAsJson(plan.unwritten),
    locks: "one transaction for each file: readers go on, other writers wait",
  });
}

function forecastAsJson({ changes, statements, copies, losses, inTheWay, after }: Forecast): object {
  return { changes, statements, copies, losses, in_the_way: inTheWay, counted_after: after };
}

export function planAsText(plan: MigrationPlan, withSql: boolean): string {
  const begin = `${pc.bold("Database")}  ${plan.database} (${plan.isNew ? "not there yet" : `${plan.applied} applied`})`;
  const steps = plan.steps.map((step) => [pc.bold(step.file.name), ...stepLines(step, withSql)].join("\n"));
  if (plan.hasFolder && steps.length === 0) steps.push("Nothing is pending.");
  const { unwritten } = plan;
  const head = plan.hasFolder
    ? "Declared, and in no file yet: write it with servery migrate new"
    : "The database lacks what is declared: write the files with servery migrate new, apply them with servery migrate up";
  if (unwritten !== undefined) steps.push([pc.bold(head), ...forecastLines(unwritten, withSql)].join("\n"));
  else if (!plan.hasFolder) steps.push("The database has what is declared.");
  if (plan.steps.some(({ is }) => is === "run")) steps.push(LOCKS);
  return [begin, ...steps].join("\n\n");
}

function stepLines(step: StepForecast, withSql: boolean): string[] {
  if (step.is === "record")
    return ["  The database has what it leads to already: it counts as applied and is not run."];
  const isCode = step.file.language === "module";
  return [...(isCode ? ["  Code: what it does is known only when it runs."] : []), ...forecastLines(step, withSql)];
}

function forecastLines({ changes, copies, losses, inTheWay, after, statements }: Forecast, withSql: boolean): string[] {
  return [
    ...changes.map((line) => `  ${line}`),
    ...copies.map(({ table, rows }) => `  Copies ${table} row by row: ${rowsOf(rows)}.`),
    ...losses.map(({ name, what }) => pc.yellow(`  Loses ${name}: ${what}`)),
    ...inTheWay.map(({ table, rows, finding }) => pc.red(`  In the way: ${rowsOf(rows)} of ${table} ${finding}.`)),
    ...(after.length === 0 ? [] : [`  Whether rows stand in its way is seen after ${after.join(", ")}.`]),
    ...(withSql ? statements.map((sql) => pc.dim(`\n${sql};`)) : []),
  ];
}

function rowsOf(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
}

import { accountsTables, declaredTables } from "../../schema/model.ts";
import { paint } from "../terminal.ts";
import type { Engine, Trouble } from "../../engine.ts";
import { STILL_IN_MAINTENANCE } from "../run-application.ts";
import { describeTrouble } from "./trouble-options.ts";

export interface Greeted {
  readonly url: string;
  readonly database: string;
  readonly trouble: Trouble | undefined;
  /** How somebody becomes the first administrator. */
  readonly firstRun: string | undefined;
}

/** What is said when the server is there: what to open, and what there is. */
export function greeting(engine: Engine, { url, database, trouble, firstRun }: Greeted): string {
  const { schema, showsStrangers } = engine.application;
  const tables = declaredTables(schema);
  const widest = Math.max(...tables.map((table) => table.path.length));
  const lines = tables.map((table) => {
    const nested = [...table.relations.values()].filter((relation) => relation.many).map((relation) => relation.name);
    return `  ${url}/api/${table.path.padEnd(widest)}  ${paint.dim(nested.length === 0 ? "" : `/{id}/ ${nested.join(", ")}`)}`.trimEnd();
  });
  // Those who sign up are few at first, and other tables have more to see.
  const first = tables.find((table) => table.accounts === undefined && showsStrangers(table)) ?? tables[0];
  return [
    `${paint.bold(schema.title)} is running.`,
    "",
    `  ${paint.bold("Console")}   ${url}/console`,
    `  ${paint.bold("Docs")}      ${url}/docs`,
    `  ${paint.bold("OpenAPI")}   ${url}/openapi.json`,
    `  ${paint.bold("Database")}  ${database}${engine.created ? " (new, with its first rows)" : ""}`,
    `  ${paint.bold(engine.driver.includes("SQLite") ? "SQLite" : "Server")}    ${engine.driver}`,
    ...(first === undefined ? [] : [`  ${paint.bold("Try it")}    curl "${url}/api/${first.path}?limit=1"`]),
    `  ${paint.bold("X-ray")}     servery trace --url ${url}`,
    ...(accountsTables(schema).length === 0 ? [] : [`  ${paint.bold("Sign up")}   POST ${url}/api/auth/sign-up`]),
    "",
    paint.bold("Tables"),
    ...lines,
    "",
    ...(firstRun === undefined ? [] : [firstRun, ""]),
    ...(trouble === undefined ? [] : [paint.yellow(describeTrouble(trouble))]),
    ...(engine.inMaintenance() ? [paint.yellow(STILL_IN_MAINTENANCE)] : []),
    paint.dim("Changes are followed while you write. Stop with Ctrl-C."),
  ].join("\n");
}

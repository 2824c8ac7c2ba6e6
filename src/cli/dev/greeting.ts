import { paint } from "../terminal.ts";
import type { Engine, Trouble } from "../../engine.ts";
import { STILL_IN_MAINTENANCE } from "../run-application.ts";
import { describeTrouble } from "./trouble-options.ts";

export interface Greeted {
  readonly url: string;
  readonly database: string;
  readonly trouble: Trouble | undefined;
}

/** What is said when the server is there: what to open, and what there is. */
export function greeting(engine: Engine, { url, database, trouble }: Greeted): string {
  const { schema } = engine.application;
  const tables = [...schema.tables.values()];
  const widest = Math.max(...tables.map((table) => table.path.length));
  const lines = tables.map((table) => {
    const nested = [...table.relations.values()].filter((relation) => relation.many).map((relation) => relation.name);
    return `  ${url}/api/${table.path.padEnd(widest)}  ${paint.dim(nested.length === 0 ? "" : `/{id}/ ${nested.join(", ")}`)}`.trimEnd();
  });
  const [first] = tables;
  return [
    `${paint.bold(schema.title)} is running.`,
    "",
    `  ${paint.bold("Docs")}      ${url}/docs`,
    `  ${paint.bold("OpenAPI")}   ${url}/openapi.json`,
    `  ${paint.bold("Database")}  ${database}${engine.created ? " (new, with its first rows)" : ""}`,
    `  ${paint.bold("SQLite")}    ${engine.driver}`,
    ...(first === undefined ? [] : [`  ${paint.bold("Try it")}    curl "${url}/api/${first.path}?limit=1"`]),
    "",
    paint.bold("Tables"),
    ...lines,
    "",
    ...(trouble === undefined ? [] : [paint.yellow(describeTrouble(trouble))]),
    ...(engine.inMaintenance() ? [paint.yellow(STILL_IN_MAINTENANCE)] : []),
    paint.dim("Changes are followed while you write. Stop with Ctrl-C."),
  ].join("\n");
}

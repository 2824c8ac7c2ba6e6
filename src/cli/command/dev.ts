import { settingKeys } from "../../config/settings.ts";
import type { Engine } from "../../engine.ts";
import { applicationArgument, type Command } from "../command.ts";
import { closeOnSignal, databaseUrl, loadApplication, openEngine, STILL_IN_MAINTENANCE } from "../run-application.ts";
import { paint } from "../terminal.ts";

/** Ports tried behind a taken one that nobody named: macOS keeps 5000 for itself. */
const PORTS_TRIED = 20;

export const dev: Command<typeof applicationArgument> = {
  meta: { name: "dev", description: "Run an application for development, on this machine alone." },
  details: [
    "Makes the database with its first rows where there is none. Takes the next free port when 5000 is taken and nobody named one.",
  ],
  args: applicationArgument,
  settings: settingKeys,
  examples: [
    { line: "servery dev", does: "Run the application in this folder." },
    { line: "PORT=8080 servery dev shop", does: "Run the one in the folder shop, on port 8080." },
  ],
  async run({ args }) {
    const loaded = await loadApplication(args.app, "dev");
    const engine = await openEngine(loaded, "dev");
    closeOnSignal(engine);
    const { port, host, portNamed } = loaded.settings;
    const listening = await listenNear(engine, { host, port, tries: portNamed ? 1 : PORTS_TRIED });
    if (listening.port !== port && port !== 0)
      console.log(paint.yellow(`Port ${port} is taken, so this is ${listening.port}.`));
    console.log(greeting(engine, listening.url, databaseUrl(loaded)));
    if (engine.inMaintenance()) console.log(paint.yellow(STILL_IN_MAINTENANCE));
  },
};

async function listenNear(
  engine: Engine,
  wanted: { host: string; port: number; tries: number },
): Promise<{ port: number; url: string }> {
  for (let at = 0; ; at++) {
    try {
      return await engine.listen({ host: wanted.host, port: wanted.port === 0 ? 0 : wanted.port + at });
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (taken && at + 1 < wanted.tries) continue;
      await engine.close();
      throw error;
    }
  }
}

function greeting(engine: Engine, url: string, database: string): string {
  const { schema } = engine.application;
  const tables = [...schema.tables.values()];
  const widest = Math.max(...tables.map((table) => table.path.length));
  const lines = tables.map((table) => {
    const nested = [...table.relations.values()].filter((relation) => relation.many).map((relation) => relation.name);
    return `  ${url}/api/${table.path.padEnd(widest)}  ${paint.dim(nested.length === 0 ? "" : `/{id}/ ${nested.join(", ")}`)}`.trimEnd();
  });
  return [
    `${paint.bold(schema.title)} is running.`,
    "",
    `  ${paint.bold("Docs")}      ${url}/docs`,
    `  ${paint.bold("OpenAPI")}   ${url}/openapi.json`,
    `  ${paint.bold("Database")}  ${database}${engine.created ? " (new, with its first rows)" : ""}`,
    `  ${paint.bold("SQLite")}    ${engine.driver}`,
    "",
    paint.bold("Tables"),
    ...lines,
    "",
    paint.dim("Stop with Ctrl-C."),
  ].join("\n");
}

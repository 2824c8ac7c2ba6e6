import { type CommandDef, defineCommand } from "citty";
import pc from "picocolors";
import type { Engine } from "../../engine.ts";
import { closeOnSignal, databaseUrl, loadApplication, openEngine, STILL_IN_MAINTENANCE } from "../run-application.ts";

/** Ports tried behind a taken one that nobody named: macOS keeps 5000 for itself. */
const PORTS_TRIED = 20;

const applicationArgument = {
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
} as const;

export const dev: CommandDef<typeof applicationArgument> = defineCommand({
  meta: { name: "servery dev", description: "Run an application for development, on this machine alone." },
  args: applicationArgument,
  async run({ args }) {
    const loaded = await loadApplication(args.app, "dev");
    const engine = await openEngine(loaded, "dev");
    closeOnSignal(engine);
    const { port, host, portNamed } = loaded.settings;
    const listening = await listenNear(engine, { host, port, tries: portNamed ? 1 : PORTS_TRIED });
    if (listening.port !== port && port !== 0)
      console.log(pc.yellow(`Port ${port} is taken, so this is ${listening.port}.`));
    console.log(greeting(engine, listening.url, databaseUrl(loaded)));
    if (engine.inMaintenance()) console.log(pc.yellow(STILL_IN_MAINTENANCE));
  },
});

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
    return `  ${url}/api/${table.path.padEnd(widest)}  ${pc.dim(nested.length === 0 ? "" : `/{id}/ ${nested.join(", ")}`)}`.trimEnd();
  });
  return [
    `${pc.bold(schema.title)} is running.`,
    "",
    `  ${pc.bold("Docs")}      ${url}/docs`,
    `  ${pc.bold("OpenAPI")}   ${url}/openapi.json`,
    `  ${pc.bold("Database")}  ${database}${engine.created ? " (new, with its first rows)" : ""}`,
    `  ${pc.bold("SQLite")}    ${engine.driver}`,
    "",
    pc.bold("Tables"),
    ...lines,
    "",
    pc.dim("Stop with Ctrl-C."),
  ].join("\n");
}

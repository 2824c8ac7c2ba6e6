import { type CommandDef, defineCommand } from "citty";
import pc from "picocolors";
import { EditedModules } from "../../config/edited-modules.ts";
import { type Engine, listenInTurn, type SharedSocket, type Trouble } from "../../engine.ts";
import { bringUpDeclared } from "../dev/bring-up-declared.ts";
import { loadDeclared } from "../dev/declared-application.ts";
import { DevServer } from "../dev/dev-server.ts";
import { greeting } from "../dev/greeting.ts";
import { requestLine } from "../dev/request-line.ts";
import { troubleOf } from "../dev/trouble-options.ts";
import { closeOnSignal, databaseUrl, openEngine } from "../run-application.ts";
import { refuseUntaken } from "../typed-options.ts";

/** Ports tried behind a taken one that nobody named: macOS keeps 5000 for itself. */
const PORTS_TRIED = 20;

const parameters = {
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
  quiet: { type: "boolean", description: "Print no line for each request." },
  delay: {
    type: "string",
    valueHint: "MS",
    description: "Slow requests under /api down: 300, or by chance within 200-800.",
  },
  fail: { type: "string", valueHint: "PERCENT", description: "Let that part of them fail: 5%." },
  "accept-loss": {
    type: "boolean",
    description: "Lose values without asking where the declaration has no place for them any more.",
  },
} as const;

export const dev: CommandDef<typeof parameters> = defineCommand({
  meta: {
    name: "servery dev",
    description: "Run an application for development, on this machine alone, and follow its declaration.",
  },
  args: parameters,
  async run({ args }) {
    refuseUntaken(args, { command: "dev", options: Object.keys(parameters), words: 1 });
    const trouble = troubleOf(args);
    const modules = new EditedModules();
    const acceptsLoss = args["accept-loss"] === true;
    const declared = await loadDeclared(args.app, modules);
    await bringUpDeclared(declared, acceptsLoss);
    const { loaded } = declared;
    const engine = await openEngine(loaded, "dev", declared.application);
    const socket = await listenNear(engine, { ...loaded.settings, quiet: args.quiet === true, trouble });
    closeOnSignal(new DevServer({ engine, socket, declared, modules, path: args.app, acceptsLoss }));
    if (socket.port !== loaded.settings.port && loaded.settings.port !== 0)
      console.log(pc.yellow(`Port ${loaded.settings.port} is taken, so this is ${socket.port}.`));
    console.log(greeting(engine, { url: socket.url, database: databaseUrl(loaded), trouble }));
  },
});

interface WantedSocket {
  readonly host: string;
  readonly port: number;
  readonly portNamed: boolean;
  readonly quiet: boolean;
  readonly trouble: Trouble | undefined;
}

async function listenNear(engine: Engine, wanted: WantedSocket): Promise<SharedSocket> {
  const { host, quiet, trouble } = wanted;
  const tries = wanted.portNamed ? 1 : PORTS_TRIED;
  for (let at = 0; ; at++) {
    const port = wanted.port === 0 ? 0 : wanted.port + at;
    try {
      return await listenInTurn(engine, {
        host,
        port,
        trouble,
        observe: (observation) => {
          if (!quiet && observation.is === "answered") console.log(requestLine(observation));
        },
      });
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (taken && at + 1 < tries) continue;
      await engine.close();
      throw error;
    }
  }
}

import { shownUrl } from "../../config/shown-settings.ts";
import { settingKeys } from "../../config/settings.ts";
import { EditedModules } from "../../config/edited-modules.ts";
import { type Engine, listenInTurn, type SharedSocket, type Trouble } from "../../engine.ts";
import { bringUpDeclared } from "../dev/bring-up-declared.ts";
import { loadDeclared } from "../dev/declared-application.ts";
import { DevServer } from "../dev/dev-server.ts";
import { greeting } from "../dev/greeting.ts";
import { requestLine } from "../dev/request-line.ts";
import { WaitingChange } from "../dev/waiting-change.ts";
import { troubleOf } from "../dev/trouble-options.ts";
import { firstRunText, newFirstRunToken } from "../first-run.ts";
import { closeOnSignal, databaseUrl, openEngine } from "../run-application.ts";
import { paint } from "../terminal.ts";
import { applicationArgument, type Command } from "../command.ts";

/** Ports tried behind a taken one that nobody named: macOS keeps 5000 for itself. */
const PORTS_TRIED = 20;

const parameters = {
  ...applicationArgument,
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

export const dev: Command<typeof parameters> = {
  meta: {
    name: "dev",
    description: "Run an application for development, on this machine alone, and follow its declaration.",
  },
  details: [
    "Makes the database with its first rows where there is none. While you edit the declaration it changes the database and goes on at once; what would lose values is shown, and waits for you. Takes the next free port when 5000 is taken and nobody named one.",
  ],
  args: parameters,
  settings: settingKeys,
  examples: [
    { line: "servery dev", does: "Run the application in this folder." },
    { line: "PORT=8080 servery dev shop", does: "Run the one in the folder shop, on port 8080." },
    { line: "servery dev --delay 300 --fail 5%", does: "See how a front end takes a slow and failing server." },
  ],
  async run({ args }) {
    const trouble = troubleOf(args);
    const modules = new EditedModules();
    const acceptsLoss = args["accept-loss"] === true;
    const declared = await loadDeclared(args.app, modules);
    await bringUpDeclared(declared, acceptsLoss);
    const { loaded } = declared;
    let socket: SharedSocket | undefined = undefined;
    const address = (): string | undefined => socket?.url;
    const firstRunToken = newFirstRunToken();
    const waiting = new WaitingChange();
    const opened = { ...loaded, address, firstRunToken, waiting: () => waiting.plan };
    const engine = await openEngine(opened, "dev", declared.application);
    socket = await listenNear(engine, { ...loaded.settings, quiet: args.quiet === true, trouble });
    const running = { engine, socket, declared, modules, path: args.app, acceptsLoss, waiting, firstRunToken };
    closeOnSignal(new DevServer(running));
    if (socket.port !== loaded.settings.port && loaded.settings.port !== 0)
      console.log(paint.yellow(`Port ${loaded.settings.port} is taken, so this is ${socket.port}.`));
    const { url } = socket;
    const firstRun = await firstRunText(engine, { url, token: firstRunToken });
    console.log(greeting(engine, { url, database: shownUrl(databaseUrl(loaded)), trouble, firstRun }));
  },
};

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

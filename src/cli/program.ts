import type { AnyCommand, Command } from "./command.ts";
import { check } from "./command/check.ts";
import { dev } from "./command/dev.ts";
import { exportCommand } from "./command/export.ts";
import { init } from "./command/init.ts";
import { maintenance } from "./command/maintenance.ts";
import { migrate } from "./command/migrate.ts";
import { seed } from "./command/seed.ts";
import { start } from "./command/start.ts";

/** The whole program, its commands in the order in which one meets them. */
export const program: Command = {
  meta: { name: "servery", description: "Declare your tables once, get the whole backend." },
  subCommands: {
    init,
    dev,
    check,
    migrate,
    seed,
    export: exportCommand,
    start,
    maintenance,
  } satisfies Record<string, AnyCommand>,
  examples: [
    { line: "npx servery init shop", does: "Make an application in the folder shop." },
    { line: "npx servery dev shop", does: "Run it on this machine." },
  ],
};

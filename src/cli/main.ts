#!/usr/bin/env node
import { defineCommand, runCommand, showUsage } from "citty";
import { DatabaseError } from "../database/database.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { dev } from "./command/dev.ts";
import { maintenance } from "./command/maintenance.ts";
import { migrate, migrateHelp } from "./command/migrate.ts";
import { start } from "./command/start.ts";
import { packageVersion } from "./package-version.ts";
import { settingsHelp } from "./settings-help.ts";

const servery = defineCommand({
  meta: { name: "servery", version: packageVersion(), description: "Declare your tables once, get the whole backend." },
  subCommands: { dev, start, migrate, maintenance },
});

/** A known mistake is one line without a stack; anything else is a bug and shows its stack. */
function explain(error: unknown): string {
  if (error instanceof DeclarationError || error instanceof DatabaseError) return `servery: ${error.message}`;
  if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("E"))
    return `servery: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** `--help` of a command, with every setting it reads. */
async function help(command: string | undefined): Promise<void> {
  if (command === "dev") await showUsage(dev);
  else if (command === "start") await showUsage(start);
  else if (command === "migrate") await showUsage(migrateHelp(parameters[1]));
  else if (command === "maintenance") await showUsage(maintenance);
  else return showUsage(servery);
  console.log(settingsHelp());
}

const parameters = process.argv.slice(2);
const [first] = parameters;
try {
  if (first === "--version" || first === "-v") console.log(packageVersion());
  else if (first === undefined || parameters.includes("--help") || parameters.includes("-h")) await help(first);
  else await runCommand(servery, { rawArgs: parameters });
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

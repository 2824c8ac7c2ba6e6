#!/usr/bin/env node
import { defineCommand, runCommand, showUsage } from "citty";
import { DatabaseError } from "../database/database.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { dev } from "./command/dev.ts";
import { start } from "./command/start.ts";
import { packageVersion } from "./package-version.ts";

const servery = defineCommand({
  meta: { name: "servery", version: packageVersion(), description: "Declare your tables once, get the whole backend." },
  subCommands: { dev, start },
});

/** A known mistake is one line without a stack; anything else is a bug and shows its stack. */
function explain(error: unknown): string {
  if (error instanceof DeclarationError || error instanceof DatabaseError) return `servery: ${error.message}`;
  if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("E"))
    return `servery: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const parameters = process.argv.slice(2);
try {
  if (parameters.length === 0 || parameters[0] === "--help" || parameters[0] === "-h") await showUsage(servery);
  else if (parameters[0] === "--version" || parameters[0] === "-v") console.log(packageVersion());
  else if (parameters.includes("--help") || parameters.includes("-h"))
    await (parameters[0] === "dev"
      ? showUsage(dev)
      : parameters[0] === "start"
        ? showUsage(start)
        : showUsage(servery));
  else await runCommand(servery, { rawArgs: parameters });
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

#!/usr/bin/env node
import { runCommand } from "citty";
import { commandHelp } from "./command-help.ts";
import { explainFailure } from "./explain-failure.ts";
import { packageVersion } from "./package-version.ts";
import { program } from "./program.ts";
import { readCommandLine } from "./read-command-line.ts";

async function run(typed: readonly string[]): Promise<void> {
  const line = await readCommandLine(program, typed);
  if (line.asks === "version") console.log(packageVersion());
  else if (line.asks === "help") console.log(await commandHelp(line.command));
  else await runCommand(line.command.definition, { rawArgs: [...line.words] });
}

// `servery export openapi | head`: who reads has read enough, and that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const typed = process.argv.slice(2);
try {
  await run(typed);
} catch (error) {
  const { exitCode, text, told } = explainFailure(error);
  // Whoever asked for JSON reads stdout, and reads the reason there too.
  if (typed.includes("--json")) console.log(JSON.stringify({ error: told }));
  else console.error(`servery: ${text}`);
  process.exitCode = exitCode;
}

import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { type CommandDef, defineCommand } from "citty";
import { readEnvironment } from "../../../config/environment.ts";
import { DeclarationError } from "../../../errors/declaration-error.ts";
import { type NewMigrations, newMigrations, writtenByHand } from "../../new-migrations.ts";
import { loadMigrationWork } from "../../migration-work.ts";
import { refuseUntaken } from "../../typed-options.ts";

const parameters = {
  name: { type: "positional", description: "What the migration is for, such as add_slugs.", required: false },
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
  drop: {
    type: "string",
    valueHint: "TABLE.COLUMN",
    description: "Consent to losing these values. Repeat it, or divide names by commas.",
  },
  empty: { type: "boolean", description: "A SQL file to write a data step in by hand." },
  ts: { type: "boolean", description: "A TypeScript file to write a data step in by hand." },
  json: { type: "boolean", description: "Answer in JSON." },
} as const;

export const migrateNew: CommandDef<typeof parameters> = defineCommand({
  meta: { name: "servery migrate new", description: "Write the migration that leads to what is declared now." },
  args: parameters,
  async run({ args, rawArgs }) {
    refuseUntaken(args, { command: "migrate new", options: Object.keys(parameters), words: 2 });
    const work = await loadMigrationWork(args.app);
    const byHand = args.ts === true ? "ts" : args.empty === true ? "sql" : undefined;
    const consented = consentedNames(rawArgs);
    if (byHand !== undefined) {
      if (consented.length > 0)
        throw new DeclarationError(
          "migrate new",
          "--drop is for what Servery writes",
          "Leave it out: you write this file",
        );
      const path = writtenByHand(work, { name: args.name, language: byHand });
      console.log(
        args.json === true ? JSON.stringify({ written: [path] }) : `Wrote ${path}. It runs with servery migrate up.`,
      );
      return;
    }
    const made = await newMigrations(work, { name: args.name, consented, ask: mayAsk(args.json) ? askFor : undefined });
    console.log(args.json === true ? JSON.stringify(made) : told(made));
    if (made.unconsented.length > 0) process.exitCode = 1;
  },
});

function consentedNames(rawArgs: readonly string[]): string[] {
  const { values } = parseArgs({
    args: [...rawArgs],
    strict: false,
    allowPositionals: true,
    options: { drop: { type: "string", multiple: true } },
  });
  const names = (values.drop ?? []).flatMap((text) => String(text).split(","));
  if (names.some((name) => name.trim() === "" || name === "true"))
    throw new DeclarationError("migrate new", "--drop names nothing", "Write --drop posts.content");
  return names.map((name) => name.trim());
}

/** A script must never hang on a question, so it is asked only where somebody sits. */
function mayAsk(json: boolean | undefined): boolean {
  const ci = readEnvironment()["CI"];
  return (
    json !== true && process.stdin.isTTY && process.stdout.isTTY && (ci === undefined || ci === "" || ci === "false")
  );
}

async function askFor(name: string, what: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await terminal.question(`Lost: ${what}\nType ${name} to lose it, or nothing to stop: `);
    return typed.trim() === name;
  } finally {
    terminal.close();
  }
}

function told({ written, changes, unconsented, recorded }: NewMigrations): string {
  if (unconsented.length > 0) {
    const names = unconsented.map(({ name }) => `--drop ${name}`).join(" ");
    return [
      "Nothing was written, because this would be lost:",
      ...unconsented.map(({ name, what }) => `  ${name}: ${what}`),
      "",
      `Where something has a new name, declare that: .was("old_name").`,
      `Where it may go, say so: servery migrate new ${names}`,
    ].join("\n");
  }
  if (written.length === 0) return "No difference: the migrations lead to what is declared.";
  return [
    ...changes.map((line) => `  ${line}`),
    ...written.map((path) => `Wrote ${path}.`),
    ...recorded.map((name) => `The database has what ${name} leads to already, so it counts as applied there.`),
    "See what it does with servery migrate plan, and do it with servery migrate up.",
  ].join("\n");
}

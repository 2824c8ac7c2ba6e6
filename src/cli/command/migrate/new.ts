import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { DeclarationError } from "../../../errors/declaration-error.ts";
import { mayAsk } from "../../may-ask.ts";
import { type NewMigrations, newMigrations, writtenByHand } from "../../new-migrations.ts";
import { loadMigrationWork } from "../../migration-work.ts";
import { applicationArgument, type Command, jsonOption } from "../../command.ts";

const parameters = {
  name: { type: "positional", description: "What the migration is for, such as add_slugs.", required: false },
  ...applicationArgument,
  drop: {
    type: "string",
    valueHint: "TABLE.COLUMN",
    description: "Consent to losing these values. Repeat it, or divide names by commas.",
  },
  empty: { type: "boolean", description: "A SQL file to write a data step in by hand." },
  ts: { type: "boolean", description: "A TypeScript file to write a data step in by hand." },
  ...jsonOption,
} as const;

export const migrateNew: Command<typeof parameters> = {
  repeatable: ["drop"],
  meta: { name: "new", description: "Write the migration that leads to what is declared now." },
  details: [
    "It compares the declaration with migrations/schema.json, which says what the files lead to. What would lose values is refused until it is named: a new name is declared with .was(), and what may go is said with --drop.",
  ],
  args: parameters,
  settings: ["database", "sqliteDriver"],
  examples: [
    { line: "servery migrate new add_slugs", does: "Write migrations/0001_add_slugs.sql, or the next number." },
    { line: "servery migrate new --drop posts.content", does: "Lose the values of a column." },
    { line: "servery migrate new fill_slugs --ts", does: "A data step to write by hand." },
  ],
  async run({ args, rawArgs }) {
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
    const made = await newMigrations(work, {
      name: args.name,
      consented,
      ask: args.json !== true && mayAsk() ? askFor : undefined,
    });
    console.log(args.json === true ? JSON.stringify(made) : told(made));
    if (made.unconsented.length > 0) process.exitCode = 1;
  },
};

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
    written.length === recorded.length
      ? "Every other database gets it with servery migrate up."
      : "See what it does with servery migrate plan, and do it with servery migrate up.",
  ].join("\n");
}

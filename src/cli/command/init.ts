import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DECLARATION_FILES } from "../../config/load-module.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { Command } from "../command.ts";
import { newApplication } from "../new-application.ts";
import { packageVersion } from "../package-version.ts";
import { paint } from "../terminal.ts";

const parameters = {
  folder: { type: "positional", description: "Where to make it. It need not be there.", default: ".", required: false },
} as const;

export const init: Command<typeof parameters> = {
  meta: { name: "init", description: "Make a new application: two tables that answer at once." },
  details: [
    "Writes servery.ts, tsconfig.json, .gitignore and package.json. A file that is there stays as it is, and is named. Where there is a declaration already, nothing is written.",
  ],
  args: parameters,
  examples: [
    { line: "npx servery init", does: "In this folder." },
    { line: "npx servery init shop", does: "In a new folder." },
  ],
  async run({ args }) {
    const folder = resolve(args.folder);
    const declared = DECLARATION_FILES.find((name) => existsSync(join(folder, name)));
    if (declared !== undefined)
      throw new DeclarationError(
        join(args.folder, declared),
        "the file is there already, so nothing was written",
        "Name another folder",
      );
    const made: string[] = [];
    const kept: string[] = [];
    await mkdir(folder, { recursive: true });
    for (const { name, text } of newApplication(folder, packageVersion()))
      ((await isWritten(join(folder, name), text)) ? made : kept).push(name);
    console.log(told(args.folder, made, kept));
  },
};

/** Makes a file; false where there is one, whatever is in it. */
async function isWritten(file: string, text: string): Promise<boolean> {
  try {
    // Asking first and writing then would overwrite what came in between.
    await writeFile(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function told(folder: string, made: readonly string[], kept: readonly string[]): string {
  const here = resolve(folder) === resolve(".");
  const next = [
    ...(here ? [] : [`cd ${quoted(folder)}`]),
    ...(isInstalled(resolve(folder)) ? [] : ["npm install"]),
    "npx servery dev",
    "curl 'http://127.0.0.1:5000/api/books?include=author'",
  ];
  return [
    ...made.map((name) => `${paint.green("made")}  ${join(folder, name)}`),
    ...kept.map((name) => `${paint.dim("kept")}  ${join(folder, name)}, which was there already${adviceOn(name)}`),
    "",
    paint.bold("Next"),
    ...next.map((line) => `  ${line}`),
  ].join("\n");
}

function adviceOn(name: string): string {
  return name === ".gitignore" ? "; add a line with .servery/ to it" : "";
}

/** Whether npm finds the package from there, so that `npx servery` is this program and not one from the network. */
function isInstalled(folder: string): boolean {
  const parent = resolve(folder, "..");
  return existsSync(join(folder, "node_modules", "servery")) || (parent !== folder && isInstalled(parent));
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./@+-]+$/.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

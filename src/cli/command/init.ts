import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DECLARATION_FILES } from "../../config/load-module.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { Command } from "../command.ts";
import { newApplication } from "../new-application.ts";
import { packageVersion } from "../package-version.ts";
import { paint } from "../terminal.ts";
import { type InitialApplication, initFrom } from "./init-from.ts";

const parameters = {
  folder: { type: "positional", description: "Where to make it. It need not be there.", default: ".", required: false },
  from: {
    type: "string",
    valueHint: "SOURCE",
    description: "What the tables are to be: sqlite:PATH of a database that is there, or the db.json of a json-server.",
  },
} as const;

/** What a new application is asked for first. */
const EXAMPLE_REQUEST = "/api/books?include=author";

export const init: Command<typeof parameters> = {
  meta: { name: "init", description: "Make a new application: accounts, and three tables that answer at once." },
  details: [
    "Writes servery.ts, tsconfig.json, .gitignore and package.json. A file that is there stays as it is, and is named. Where there is a declaration already, nothing is written.",
    "With --from sqlite:PATH the declaration is that of a database which another program made: it is served as it is, and not changed. With --from db.json the lists of a json-server become tables, and their rows are loaded.",
  ],
  args: parameters,
  examples: [
    { line: "npx servery init", does: "In this folder." },
    { line: "npx servery init shop", does: "In a new folder." },
    { line: "npx servery init shop --from sqlite:shop.sqlite", does: "An API for a database that is there." },
    { line: "npx servery init shop --from db.json", does: "An API with the rows of a json-server." },
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
    const given = args.from === undefined ? undefined : await initFrom(args.from, folder);
    if (given !== undefined) console.log(`${given.summary}\n`);
    const made: string[] = [...(given?.made ?? [])];
    const kept: string[] = [];
    await mkdir(folder, { recursive: true });
    const files = newApplication(folder, packageVersion()).filter(({ name }) => !made.includes(name));
    for (const { name, text } of files) ((await isWritten(join(folder, name), text)) ? made : kept).push(name);
    console.log(told(args.folder, { made, kept, request: given?.request ?? EXAMPLE_REQUEST }));
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

/** What there is now, and a request to try. */
interface Outcome extends Pick<InitialApplication, "made" | "request"> {
  readonly kept: readonly string[];
}

function told(folder: string, { made, kept, request }: Outcome): string {
  const here = resolve(folder) === resolve(".");
  const next = [
    ...(here ? [] : [`cd ${quoted(folder)}`]),
    ...(isInstalled(resolve(folder)) ? [] : ["npm install"]),
    "npx servery dev",
    `curl ${quoted(`http://127.0.0.1:5000${request}`)}`,
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

import { existsSync, statSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { DeclarationError } from "../errors/declaration-error.ts";
import { SourceError } from "../errors/source-error.ts";

/** What a declaration may be called, the first one first. */
export const DECLARATION_FILES = ["servery.ts", "servery.mts", "servery.js", "servery.mjs"];
/** Frames of a stack that are ours say nothing about the application. */
const OWN_FOLDER = fileURLToPath(new URL("..", import.meta.url));
const CONFIG_FILES = ["servery.config.ts", "servery.config.mts", "servery.config.js", "servery.config.mjs"];

/** The declaration's file and the folder it stands in. `path` is either; a folder holds `servery.ts`. */
export function findDeclaration(path: string): { file: string; folder: string } {
  const full = resolve(path);
  if (!existsSync(full))
    throw new DeclarationError(path, "there is no such file or folder", "Name the folder that holds servery.ts");
  if (!statSync(full).isDirectory()) return { file: full, folder: join(full, "..") };
  const name = DECLARATION_FILES.find((candidate) => existsSync(join(full, candidate)));
  if (name === undefined)
    throw new DeclarationError(
      path,
      "the folder holds no servery.ts",
      "Write one: export default servery({ tables: { … } })",
    );
  return { file: join(full, name), folder: full };
}

/** The configuration file of a folder, if there is one. */
export function findConfigFile(folder: string): string | undefined {
  return CONFIG_FILES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Whether a file is called like a declaration or a configuration. */
export function isApplicationFile(path: string): boolean {
  return [...DECLARATION_FILES, ...CONFIG_FILES].includes(basename(path));
}

/**
 * The default export of a TypeScript or JavaScript file. Node 20 runs no TypeScript, so jiti takes the
 * types off; "servery" leads to this very package, so that a declaration and its engine agree.
 */
export async function loadDefault(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    alias: { servery: fileURLToPath(new URL("../index.js", import.meta.url)) },
  });
  try {
    const loaded: unknown = await jiti.import(file, { default: true });
    return loaded;
  } catch (error) {
    throw placed(error, file);
  }
}

/** An error of the application's own code with the place it stands at, where that can be found. */
function placed(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error;
  // jiti counts columns from 0: "ParseError: Unexpected token \n /folder/servery.ts:3:26".
  const parse = /^ParseError: ([^\n]*?)\s*\n\s*(.+):(\d+):(\d+)$/.exec(error.message);
  if (parse !== null) {
    const [, problem = "", broken = file, line, column] = parse;
    return new SourceError(
      { file: shownPath(broken), line: Number(line), column: Number(column) + 1 },
      `${problem}.`,
      error,
    );
  }
  // Taking the types off moves columns, not lines.
  const frame = [
    ...(error.stack ?? "").matchAll(/^\s+at (?:.*\()?(?:file:\/\/)?(\/.+?|[A-Za-z]:\\.+?):(\d+):\d+\)?$/gm),
  ].find(([, at = ""]) => !/[\\/]node_modules[\\/]/.test(at) && !at.startsWith(OWN_FOLDER));
  if (frame === undefined && error instanceof DeclarationError) return error;
  const [, broken = file, line] = frame ?? [];
  const [first = ""] = error.message.split("\n", 1);
  // An imported name as the compiler writes it: (0 , _servery.txt) is not a function
  const problem = first.replaceAll(/\(0 ?, _\w+\.(\w+)\)/g, "$1");
  const place = { file: shownPath(broken), line: line === undefined ? undefined : Number(line), column: undefined };
  return new SourceError(place, problem, error);
}

/** From the working folder where the file is below it: that is what a terminal opens. */
function shownPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") || isAbsolute(short) ? file : short;
}

import { relative } from "node:path";
import { DeclarationError } from "../errors/declaration-error.ts";

/** How jiti tells of what it cannot read: the column counts from 0. */
const PARSE_ERROR = /^ParseError: (.*?)\s*\n\s*(.+):(\d+):(\d+)\s*$/s;

/**
 * What went wrong when a file was loaded, as one line that begins with the place. `sources` are the files that belong to
 * the application. Anything but an error is answered as it is.
 */
export function explainLoadFailure(
  error: unknown,
  { file, folder, sources }: { readonly file: string; readonly folder: string; readonly sources: Iterable<string> },
): unknown {
  if (!(error instanceof Error)) return error;
  const [, words = "", place = "", line = "", column = ""] = PARSE_ERROR.exec(error.message) ?? [];
  if (place !== "") {
    const at = `${shown(place, folder)}:${line}:${Number(column) + 1}`;
    return new DeclarationError(at, words, "Correct the syntax");
  }
  const at = placeIn(error.stack ?? "", sources, folder) ?? shown(file, folder);
  if (error instanceof DeclarationError) {
    error.message = `${at}: ${error.message}`;
    return error;
  }
  const missing = /^Cannot find (?:module|package) .*$/m.exec(error.message)?.[0];
  if (missing !== undefined) return new DeclarationError(at, missing, "Correct the path, or install the package");
  return new DeclarationError(at, readable(error), "Correct that line, or what it uses");
}

/** The first line of the stack that stands in the application itself. Types are taken off in place, so lines are right; columns are not. */
function placeIn(stack: string, sources: Iterable<string>, folder: string): string | undefined {
  const files = [...sources];
  for (const frame of stack.split("\n").filter((line) => /^\s+at /.test(line))) {
    for (const source of files) {
      const [, after] = frame.split(`${source}:`, 2);
      const line = /^\d+/.exec(after ?? "")?.[0];
      if (line !== undefined) return `${shown(source, folder)}:${line}`;
    }
  }
  return undefined;
}

function readable(error: Error): string {
  const [line = ""] = error.message.split("\n", 1);
  // An imported name as the compiler writes it: (0 , _servery.txt) is not a function
  const words = line.replaceAll(/\(0 ?, _\w+\.(\w+)\)/g, "$1");
  return words === "" ? error.name : words.replace(/\.$/, "");
}

/** As somebody would type it: from where they stand, else from the declaration's folder. */
function shown(path: string, folder: string): string {
  const here = relative(process.cwd(), path);
  return here.startsWith("..") ? relative(folder, path) : here;
}

import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { DeclarationError } from "../errors/declaration-error.ts";

const DECLARATION_FILES = ["servery.ts", "servery.mts", "servery.js", "servery.mjs"];
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
  const loaded: unknown = await jiti.import(file, { default: true });
  return loaded;
}

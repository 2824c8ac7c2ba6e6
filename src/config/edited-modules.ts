import { createRequire } from "node:module";
import { sep } from "node:path";
import { loadDefault } from "./load-module.ts";

/** What packages bring is not edited. */
const PACKAGES = `${sep}node_modules${sep}`;

/** Loads modules that are edited while the process runs, with everything they import. */
export class EditedModules {
  /** Node's own, in which jiti keeps each module once: so two files that import a third get the same one. */
  readonly #cache = createRequire(import.meta.url).cache;
  readonly #sources = new Set<string>();

  /** The files that were loaded, also those of a load that failed half way. */
  get sources(): ReadonlySet<string> {
    return this.#sources;
  }

  /** The default export of a file, as `loadDefault`. */
  async load(file: string): Promise<unknown> {
    const before = new Set(Object.keys(this.#cache));
    this.#sources.add(file);
    try {
      return await loadDefault(file);
    } finally {
      for (const path of Object.keys(this.#cache))
        if (!before.has(path) && !path.includes(PACKAGES)) this.#sources.add(path);
    }
  }

  /** Lets the next load read everything anew. What was loaded before goes when nobody holds it. */
  forget(): void {
    for (const path of this.#sources) delete this.#cache[path];
    this.#sources.clear();
  }
}

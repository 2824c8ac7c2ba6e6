import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, extname, sep } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { EditedModules } from "../../config/edited-modules.ts";
import { isApplicationFile } from "../../config/load-module.ts";

/** An editor writes a file in several steps: what comes within these milliseconds is one change. */
const QUIET_MS = 50;
/** How long a file may be empty or missing before that is what somebody wants, in milliseconds. */
const UNFINISHED_MS = 400;
/** What an import may lead to. */
const LOADABLE = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"]);

/** Decides which changes in watched folders are changes of the application. */
export class SourceChanges {
  readonly #modules: EditedModules;
  /** Where the declaration stands. */
  readonly #folder: string;
  readonly #onChange: () => void;
  /** What the files held when they were loaded; a file that was not known then has no entry. */
  #loaded = new Map<string, string>();
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  /** Else any file may mend what is declared, also one that was not there, or that is the same as before. */
  isFollowed = true;

  constructor(modules: EditedModules, folder: string, onChange: () => void) {
    this.#modules = modules;
    this.#folder = folder;
    this.#onChange = onChange;
  }

  /** To be told of every path that changed. */
  note(path: string): void {
    if (!this.#concerns(path)) return;
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.isFollowed || [...this.#changed].some((each) => contentOf(each) !== this.#loaded.get(each)))
        this.#onChange();
      else this.#changed.clear();
    }, QUIET_MS);
  }

  /** Waits for files that are only half written, and remembers what a load will find. To be called before a load. */
  async settle(): Promise<void> {
    const changed = [...this.#changed].filter((path) => this.#modules.sources.has(path));
    this.#changed.clear();
    for (let waited = 0; waited < UNFINISHED_MS && changed.some(isUnfinished); waited += QUIET_MS) await wait(QUIET_MS);
    this.#loaded = new Map([...this.#modules.sources].map((path) => [path, contentOf(path)]));
  }

  /** The folders outside the application's own from which something was imported. */
  foldersBeside(): Set<string> {
    const folders = [...this.#modules.sources].map((path) => dirname(path));
    return new Set(folders.filter((each) => each !== this.#folder && !each.startsWith(this.#folder + sep)));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #concerns(path: string): boolean {
    const { sources } = this.#modules;
    if (sources.has(path)) return true;
    if (isApplicationFile(path) && dirname(path) === this.#folder) return true;
    if ([...sources].some((source) => source.startsWith(path + sep))) return true;
    return !this.isFollowed && (LOADABLE.has(extname(path)) || extname(path) === "");
  }
}

function isUnfinished(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** Its bytes in short; the same text for everything that is not there. */
function contentOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch {
    return "";
  }
}

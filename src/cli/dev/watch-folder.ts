import { type FSWatcher, lstatSync, readdirSync, watch } from "node:fs";
import { join, sep } from "node:path";

/** Folders watched at most: each takes a place in the system's table, and an application has some ten. */
const MOST_FOLDERS = 2_000;
/** Where nothing is declared, and much may change. */
const IGNORED = new Set(["node_modules", "migrations"]);

export interface FolderWatchOptions {
  /** Told of a file or a folder that was written, made, renamed or removed. */
  readonly onChange: (path: string) => void;
  /** Told once when a folder cannot be watched. */
  readonly onProblem: (reason: string) => void;
}

/**
 * Watches folders with everything below them. Each folder has a watcher of its own: those of Node for whole trees follow
 * every file of `node_modules` on Linux. Files are seen by their folder, so an editor may replace them by renaming.
 */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #options: FolderWatchOptions;
  #complained = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Watches a folder that is not watched yet, and those in it. */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    if (this.#watchers.size >= MOST_FOLDERS) {
      this.#complain(`more than ${MOST_FOLDERS} folders`);
      return;
    }
    try {
      const watcher = watch(folder, (_event, name) => this.#changed(folder, name));
      // Windows tells so that the folder is gone.
      watcher.on("error", () => this.#drop(folder));
      this.#watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && !isIgnored(entry.name)) this.add(join(folder, entry.name));
    } catch (error) {
      this.#drop(folder);
      // It may be gone again already.
      if (!isMissing(error)) this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #changed(folder: string, name: string | null): void {
    if (name === null) {
      this.#options.onChange(folder);
      return;
    }
    if (isIgnored(name)) return;
    const path = join(folder, name);
    const isThere = isFolder(path);
    // What has its name now may be another folder, which the old watcher does not see.
    if (this.#watchers.has(path) || isThere) this.#drop(path);
    if (isThere) this.add(path);
    this.#options.onChange(path);
  }

  #drop(folder: string): void {
    for (const [path, watcher] of this.#watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
  }

  #complain(reason: string): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#options.onProblem(reason);
  }
}

function isIgnored(name: string): boolean {
  return name.startsWith(".") || IGNORED.has(name);
}

/** A link is not followed: it may lead around in a circle. */
function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

import { join, resolve } from "node:path";
import { compile } from "../application.ts";
import { readEnvironment } from "../config/environment.ts";
import { findConfigFile, findDeclaration, loadDefault } from "../config/load-module.ts";
import { type ConfigFile, decideSettings, type Mode, type Settings } from "../config/settings.ts";
import { createEngine, type Engine } from "../engine.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import type { AnyDeclaration } from "../schema/application.ts";

/** The databases that are there so far. */
const SQLITE = "sqlite:";

/** A loaded application with its settings decided, before anything is opened. */
export interface LoadedApplication {
  readonly declaration: AnyDeclaration;
  readonly settings: Settings;
  /** The folder of the declaration: relative paths in the configuration begin here. */
  readonly folder: string;
}

/** Loads the declaration and the configuration of a folder. Throws `DeclarationError` with what to write instead. */
export async function loadApplication(path: string, mode: Mode): Promise<LoadedApplication> {
  const { file, folder } = findDeclaration(path);
  const settings = await loadSettings(folder, mode);
  const declaration = await loadDefault(file);
  if (typeof declaration !== "object" || declaration === null || !("tables" in declaration)) {
    throw new DeclarationError(
      file,
      "the file exports no application",
      "Write export default servery({ tables: { … } })",
    );
  }
  return { declaration: declaration as AnyDeclaration, settings, folder };
}

/**
 * The database of an application whose declaration is not looked at: who puts it in maintenance may be
 * about to mend just that.
 */
export async function locateDatabase(path: string): Promise<{ path: string; driver: Settings["sqliteDriver"] }> {
  const { folder } = findDeclaration(path);
  const settings = await loadSettings(folder, "start");
  return { path: databasePath({ settings, folder }), driver: settings.sqliteDriver };
}

async function loadSettings(folder: string, mode: Mode): Promise<Settings> {
  const configFile = findConfigFile(folder);
  const config = configFile === undefined ? {} : ((await loadDefault(configFile)) as ConfigFile);
  return decideSettings({ mode, environment: readEnvironment(), file: config });
}

/** Opens the engine of a loaded application. */
export async function openEngine(loaded: LoadedApplication, mode: Mode): Promise<Engine> {
  const { settings } = loaded;
  return createEngine(compile(loaded.declaration), {
    database: databaseUrl(loaded),
    sqliteDriver: settings.sqliteDriver,
    secret: settings.secret,
    origins: mode === "dev" ? "loopback" : settings.origins,
    docs: settings.docs,
    queryTimeoutMs: settings.queryTimeoutMs,
    observe: (observation) => {
      if (observation.is !== "fault") return;
      const what =
        observation.requestId === undefined ? "an answer lacks a value:" : `request ${observation.requestId} failed:`;
      console.error(what, observation.cause);
    },
  });
}

/** Where the rows are: a path that was written down counts from the working folder, the default from the declaration's. */
export function databaseUrl(loaded: Pick<LoadedApplication, "settings" | "folder">): string {
  return `${SQLITE}${databasePath(loaded)}`;
}

/** The file of a SQLite database. */
export function databasePath(loaded: Pick<LoadedApplication, "settings" | "folder">): string {
  const { database } = loaded.settings;
  return database === "" ? join(loaded.folder, ".servery", "data.db") : resolve(database.slice(SQLITE.length));
}

/** What a start says when an earlier `servery maintenance on` still holds. */
export const STILL_IN_MAINTENANCE =
  "It is in maintenance: requests are answered with 503. End that with servery maintenance off.";

/** Ends the engine on SIGINT and SIGTERM: requests in flight end first; a second signal does not wait. */
export function closeOnSignal(engine: Engine): void {
  let closing = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      engine.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error("servery: closing failed:", error);
          process.exit(1);
        },
      );
    });
  }
}

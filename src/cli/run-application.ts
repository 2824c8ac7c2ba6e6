import { join, resolve } from "node:path";
import { compile } from "../application.ts";
import { readEnvironment } from "../config/environment.ts";
import { EditedModules } from "../config/edited-modules.ts";
import { findConfigFile, findDeclaration } from "../config/load-module.ts";
import { type ConfigFile, decideSettings, type Mode, type Settings } from "../config/settings.ts";
import { BrokenValue } from "../database/adopted-database.ts";
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

/**
 * Loads the declaration and the configuration of a folder. Throws `DeclarationError` with what to write instead.
 * `modules` holds the files it was made of.
 */
export async function loadApplication(
  path: string,
  mode: Mode,
  modules = new EditedModules(),
): Promise<LoadedApplication> {
  const { file, folder } = findDeclaration(path);
  const settings = await loadSettings(folder, mode, modules);
  const declaration = await modules.load(file);
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
  const settings = await loadSettings(folder, "start", new EditedModules());
  return { path: databasePath({ settings, folder }), driver: settings.sqliteDriver };
}

async function loadSettings(folder: string, mode: Mode, modules: EditedModules): Promise<Settings> {
  const configFile = findConfigFile(folder);
  const config = configFile === undefined ? {} : ((await modules.load(configFile)) as ConfigFile);
  return decideSettings({ mode, environment: readEnvironment(), file: fromFolder(config, folder) });
}

/** A path in the configuration counts from its own folder, wherever the command was started. */
function fromFolder(config: ConfigFile, folder: string): ConfigFile {
  const { database } = config;
  if (typeof database !== "string" || !database.startsWith(SQLITE) || database === SQLITE) return config;
  return { ...config, database: `${SQLITE}${resolve(folder, database.slice(SQLITE.length))}` };
}

/** Opens the engine of a loaded application; who has compiled it already hands that over. */
export async function openEngine(
  loaded: LoadedApplication,
  mode: Mode,
  application = compile(loaded.declaration),
): Promise<Engine> {
  const { settings } = loaded;
  return createEngine(application, {
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
      const { cause } = observation;
      // A stack tells nothing about a value that somebody else stored.
      console.error(what, cause instanceof BrokenValue ? cause.message : cause);
    },
  });
}

/** Where the rows are: a path in the environment counts from the working folder, any other from the declaration's. */
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

/** Closes on SIGINT and SIGTERM: requests in flight end first; a second signal does not wait. */
export function closeOnSignal(running: Pick<Engine, "close">): void {
  let closing = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      running.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error("servery: closing failed:", error);
          process.exit(1);
        },
      );
    });
  }
}

import { join, resolve } from "node:path";
import { compile } from "../application.ts";
import { readEnvironment } from "../config/environment.ts";
import { EditedModules } from "../config/edited-modules.ts";
import { findConfigFile, findDeclaration } from "../config/load-module.ts";
import {
  type ConfigFile,
  decideSettings,
  isServerUrl,
  type Mode,
  type Settings,
  type SettingSources,
} from "../config/settings.ts";
import { shownSettings } from "../config/shown-settings.ts";
import type { SchemaPlan } from "../database/sqlite/follow-schema.ts";
import { createEngine, type Engine } from "../engine.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import type { Observer } from "../observability/observation.ts";
import type { AnyDeclaration } from "../schema/application.ts";
import { mailDelivery } from "./mail-delivery.ts";
import { tellInWords } from "./server-log.ts";

const SQLITE = "sqlite:";

/** A loaded application with its settings decided, before anything is opened. */
export interface LoadedApplication {
  readonly declaration: AnyDeclaration;
  readonly settings: Settings;
  /** Where they came from. */
  readonly sources: SettingSources;
  /** The folder of the declaration: relative paths in the configuration begin here. */
  readonly folder: string;
  /** How it was named on the command line. */
  readonly named: string;
  /** What an edited declaration asks of the database and is not done. */
  readonly waiting?: () => SchemaPlan | undefined;
  /** Where it listens, once it does, where only this machine reaches it: links of mails lead there if no URL is set. */
  readonly address?: () => string | undefined;
  /** Told of what happens; without it what goes wrong is told in words. */
  readonly observe?: Observer;
  /** What one sends to be the first administrator. */
  readonly firstRunToken?: string;
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
  const sources = await loadSources(folder, mode, modules);
  const settings = decideSettings(sources);
  const declaration = await modules.load(file);
  if (typeof declaration !== "object" || declaration === null || !("tables" in declaration)) {
    throw new DeclarationError(
      file,
      "the file exports no application",
      "Write export default servery({ tables: { … } })",
    );
  }
  return { declaration: declaration as AnyDeclaration, settings, sources, folder, named: path };
}

/**
 * The database of an application whose declaration is not looked at: who puts it in maintenance may be
 * about to mend just that.
 */
export async function locateDatabase(path: string): Promise<{ path: string; driver: Settings["sqliteDriver"] }> {
  const { folder } = findDeclaration(path);
  const settings = decideSettings(await loadSources(folder, "start", new EditedModules()));
  return { path: databasePath({ settings, folder }), driver: settings.sqliteDriver };
}

async function loadSources(folder: string, mode: Mode, modules: EditedModules): Promise<SettingSources> {
  const configFile = findConfigFile(folder);
  const config = configFile === undefined ? {} : ((await modules.load(configFile)) as ConfigFile);
  return { mode, environment: readEnvironment(), file: fromFolder(config, folder) };
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
    firstRunToken: loaded.firstRunToken,
    settings: shownSettings(loaded.sources),
    migrations: {
      folder: loaded.folder,
      application: loaded.named,
      development: mode === "dev",
      waiting: loaded.waiting,
    },
    origins: mode === "dev" ? "loopback" : settings.origins,
    docs: settings.docs,
    console: settings.console,
    explain: mode === "dev",
    followEvery: settings.followEvery,
    queryTimeoutMs: settings.queryTimeoutMs,
    mail: mailDelivery(settings, mode),
    publicUrl: settings.url ?? loaded.address,
    providers: settings.providers,
    tokenAlgorithm: settings.tokenAlgorithm,
    trustProxy: settings.trustProxy,
    metrics: mode === "dev" || settings.metricsToken !== undefined ? { token: settings.metricsToken } : undefined,
    traces: settings.otlpUrl === undefined ? undefined : { url: settings.otlpUrl },
    observe: loaded.observe ?? tellInWords,
  });
}

/** Where the rows are: a path in the environment counts from the working folder, any other from the declaration's. */
export function databaseUrl(loaded: Pick<LoadedApplication, "settings" | "folder">): string {
  const { database } = loaded.settings;
  return isServerUrl(database) ? database : `${SQLITE}${databasePath(loaded)}`;
}

/** The file of a SQLite database. Throws `DeclarationError` where the rows lie on a server. */
export function databasePath(loaded: Pick<LoadedApplication, "settings" | "folder">): string {
  const { database } = loaded.settings;
  if (isServerUrl(database))
    throw new DeclarationError(
      "database",
      "it is on a server, and this is done with files of SQLite alone",
      "Name a file: sqlite:PATH",
    );
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

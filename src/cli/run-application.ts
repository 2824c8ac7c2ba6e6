import { join, resolve } from "node:path";
import { compile } from "../application.ts";
import { readEnvironment } from "../config/environment.ts";
import { findConfigFile, findDeclaration, loadDefault } from "../config/load-module.ts";
import { type ConfigFile, decideSettings, type Mode, type Settings } from "../config/settings.ts";
import { createEngine, type Engine } from "../engine.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import type { AnyDeclaration } from "../schema/application.ts";

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
  const configFile = findConfigFile(folder);
  const config = configFile === undefined ? {} : ((await loadDefault(configFile)) as ConfigFile);
  const settings = decideSettings({ mode, environment: readEnvironment(), file: config });
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
      if (observation.is === "fault") console.error(`request ${observation.requestId} failed:`, observation.cause);
    },
  });
}

/** Where the rows are: a path that was written down counts from the working folder, the default from the declaration's. */
export function databaseUrl(loaded: LoadedApplication): string {
  const { database } = loaded.settings;
  return database === ""
    ? `sqlite:${join(loaded.folder, ".servery", "data.db")}`
    : `sqlite:${resolve(database.slice("sqlite:".length))}`;
}

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

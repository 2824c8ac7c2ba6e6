import { type Application, compile } from "../../application.ts";
import { isServerUrl } from "../../config/settings.ts";
import type { EditedModules } from "../../config/edited-modules.ts";
import { planSchema, type SchemaPlan } from "../../database/sqlite/follow-schema.ts";
import { declaredSchema } from "../../database/sqlite/generate-migration.ts";
import type { MigratedFile } from "../../database/sqlite/migrate-database.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { renamesOf } from "../../schema/stored-schema.ts";
import { databasePath, type LoadedApplication, loadApplication } from "../run-application.ts";

/** How long a declaration may take to be loaded, in milliseconds: one that waits for something would stop all later ones. */
const LOAD_MS = 15_000;

/** What is declared now. */
export interface DeclaredApplication {
  readonly loaded: LoadedApplication;
  readonly application: Application;
}

/** Loads and compiles the declaration. Throws `DeclarationError`. */
export async function loadDeclared(path: string, modules: EditedModules): Promise<DeclaredApplication> {
  const loaded = await inTime(loadApplication(path, "dev", modules));
  return { loaded, application: compile(loaded.declaration) };
}

export function databaseFile({ loaded }: DeclaredApplication): MigratedFile {
  return { path: databasePath(loaded), driver: loaded.settings.sqliteDriver };
}

/** What the database lacks of what is declared; undefined for nothing. Changes nothing. Throws `DeclarationError` or `DatabaseError`. */
export async function planDatabase(declared: DeclaredApplication): Promise<SchemaPlan | undefined> {
  const { schema } = declared.application;
  // Whoever made the tables changes them; those of a server are compared when it is opened.
  if (schema.adopted || isServerUrl(declared.loaded.settings.database)) return undefined;
  const file = databaseFile(declared);
  return planSchema(file, { wanted: await declaredSchema(schema, file.driver), renames: renamesOf(schema) });
}

async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const problem = `it is not loaded after ${LOAD_MS / 1_000} s`;
      reject(new DeclarationError("declaration", problem, "Wait for nothing while it is loaded"));
    }, LOAD_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

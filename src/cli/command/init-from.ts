import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, extname, isAbsolute, join, relative, resolve } from "node:path";
import { compile } from "../../application.ts";
import { readEnvironment } from "../../config/environment.ts";
import { findConfigFile, loadDefault } from "../../config/load-module.ts";
import { decideSettings } from "../../config/settings.ts";
import { OWN_TABLE } from "../../database/own-table.ts";
import { readExisting } from "../../database/sqlite/existing/read-existing.ts";
import { createEngine } from "../../engine.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { AnyDeclaration } from "../../schema/application.ts";
import { declareExisting } from "../declare/declare-existing.ts";
import type { Draft } from "../declare/draft.ts";
import { describeDraft } from "../declare/describe-draft.ts";
import { writeSource } from "../declare/write-source.ts";
import { declareCollections } from "../json-server/declare-collections.ts";
import { type Collection, readCollections } from "../json-server/read-collections.ts";
import { rowsToLoad } from "../json-server/rows-to-load.ts";
import { ProgressBar } from "../progress-bar.ts";
import { UsageError } from "../usage-error.ts";

/** Schemes of database servers. */
const SERVERS = ["postgres", "postgresql", "mysql", "mariadb", "cockroachdb"];
/** What the command makes; none of it may be there before. */
const DECLARATION = "servery.ts";
const CONFIGURATION = "servery.config.ts";
const DATABASE = join(".servery", "data.db");
/** Folders to climb up to a database before its full path is easier to read. */
const MOST_CLIMBED = 3;

/** Where an application begins: another program's SQLite file, or a json-server file. */
type Source = { readonly is: "sqlite" | "json-server"; readonly path: string };

/** Reads `--from`. Throws a `UsageError` that says what it takes. */
function readSource(text: string): Source {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "sqlite") {
    const path = text.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "") throw new UsageError("--from: sqlite: names no file. Write sqlite:PATH.");
    return { is: "sqlite", path: resolve(path) };
  }
  if (scheme !== undefined && SERVERS.includes(scheme))
    throw new UsageError(`--from: ${scheme} is not available yet. Name a SQLite file: sqlite:PATH.`);
  if (scheme !== undefined)
    throw new UsageError(`--from: there is no source ${scheme}:. Write sqlite:PATH, or the path of a db.json.`);
  if (extname(text).toLowerCase() === ".json") return { is: "json-server", path: resolve(text) };
  const instead = text === "" ? "Write sqlite:PATH, or the path of a db.json" : `Write sqlite:${text}`;
  throw new UsageError(`--from: ${JSON.stringify(text)} is neither sqlite:PATH nor a .json file. ${instead}.`);
}

/** What was made of a source. */
export interface InitialApplication {
  /** The files, as they are called in the folder. */
  readonly made: readonly string[];
  /** What was found, guessed and left out. */
  readonly summary: string;
  /** A path and query that answers rows. */
  readonly request: string;
}

/**
 * Makes an application in a folder from what is there already, and answers what to tell about it. It is made beside
 * its place and moved there at the end: an interrupted run leaves no half of it. The source is only read.
 */
export async function initFrom(from: string, folder: string): Promise<InitialApplication> {
  const source = readSource(from);
  const target = resolve(folder);
  refuseTaken(target, source);
  const made = source.is === "sqlite" ? await fromSqlite(source.path, target) : fromJsonServer(source.path);
  const existed = existsSync(target);
  mkdirSync(target, { recursive: true });
  const staging = mkdtempSync(join(target, ".servery-init-"));
  try {
    for (const [name, text] of Object.entries(made.files)) writeFileSync(join(staging, name), text);
    const declaration = (await loadDefault(join(staging, DECLARATION))) as AnyDeclaration;
    compile(declaration);
    if (made.collections !== undefined) await loadRows(declaration, made, join(staging, "data.db"));
    for (const name of Object.keys(made.files)) renameSync(join(staging, name), join(target, name));
    if (made.collections !== undefined) {
      mkdirSync(join(target, ".servery"), { recursive: true });
      renameSync(join(staging, "data.db"), join(target, DATABASE));
    }
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existed && readdirSync(target).length === 0) rmSync(target, { recursive: true });
    throw error;
  }
  rmSync(staging, { recursive: true, force: true });
  return told(source, made);
}

interface Made {
  readonly draft: Draft;
  readonly files: Readonly<Record<string, string>>;
  /** The rows to load, where they are not in a database yet. */
  readonly collections?: readonly Collection[];
}

async function fromSqlite(path: string, target: string): Promise<Made> {
  const { sqliteDriver } = decideSettings({ mode: "dev", environment: readEnvironment(), file: {} });
  const database = await readExisting({ path, driver: sqliteDriver });
  if (database.unreadable.some(({ name }) => name === OWN_TABLE))
    throw new DeclarationError(path, "Servery made this file", "Start the application that made it");
  const draft = declareExisting(database, titleOf(path));
  if (draft.tables.length === 0) {
    const [first] = draft.leftOut;
    const why = first === undefined ? "" : ` (${first.leftOut}: ${first.reason})`;
    throw new DeclarationError(path, `it holds no table that can be served${why}`, "Name another file");
  }
  const introduction = [
    `The tables of ${basename(path)}, as another program made them: Servery serves them and changes none.`,
    "Comments say what was guessed from the rows and what was left out. Correct what is wrong.",
    "Everybody may read and write every row: write other rules before others than you can reach the server",
  ];
  const url = `sqlite:${nearPath(target, path)}`;
  const config = `/** The database belongs to another program. The path counts from this folder. */\nexport default {\n  database: ${JSON.stringify(url)},\n};\n`;
  return { draft, files: { [DECLARATION]: writeSource(draft, introduction), [CONFIGURATION]: config } };
}

function fromJsonServer(path: string): Made {
  const collections = readCollections(path);
  const draft = declareCollections(path, collections);
  const introduction = [
    `The lists of ${basename(path)}: kinds and relations were guessed from all of its rows. Correct what is wrong.`,
    "The rows were loaded into .servery/data.db; the file itself is not used any more.",
    "Everybody may read and write every row, as with json-server: write other rules before others than you can reach the server",
  ];
  return { draft, files: { [DECLARATION]: writeSource(draft, introduction) }, collections: collections.collections };
}

/** Fills a new database with the rows, by the same validation as every other row: all of them, or none. */
async function loadRows(declaration: AnyDeclaration, { draft, collections = [] }: Made, path: string): Promise<void> {
  const of = collections.reduce((sum, collection) => sum + collection.rows.length, 0);
  const bar = new ProgressBar("Loading rows", of);
  let done = 0;
  function* counted<Row>(rows: Iterable<Row>): Generator<Row> {
    for (const row of rows) {
      bar.to(done++);
      yield row;
    }
  }
  function* seed(): Generator<{ table: string; rows: Iterable<Collection["rows"][number]> }> {
    for (const { table, rows } of rowsToLoad(draft, collections)) yield { table, rows: counted(rows) };
  }
  try {
    const engine = await createEngine(compile({ ...declaration, seed }), { database: `sqlite:${path}` });
    await engine.close();
  } finally {
    bar.end();
  }
}

function refuseTaken(target: string, source: Source): void {
  if (existsSync(target) && !statSync(target).isDirectory())
    throw new DeclarationError(target, "it is a file", "Name a folder, or one that is still to be made");
  const configuration = findConfigFile(target);
  const database = join(target, DATABASE);
  const taken = configuration ?? (source.is === "json-server" && existsSync(database) ? database : undefined);
  if (taken !== undefined)
    throw new DeclarationError(taken, "the file is there already, so nothing was written", "Name another folder");
}

/** The path from the folder where that is short, else the whole one. */
function nearPath(folder: string, file: string): string {
  const path = relative(folder, file);
  const climbed = path.split(/[\\/]/).filter((part) => part === "..").length;
  return isAbsolute(path) || climbed > MOST_CLIMBED ? file : path.startsWith("..") ? path : `./${path}`;
}

function titleOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "") || "API";
}

function told(source: Source, { draft, files, collections }: Made): InitialApplication {
  const rows = draft.tables.reduce((sum, table) => sum + (table.is === "table" ? table.rows : 0), 0);
  const [first] = draft.tables;
  const path = encodeURIComponent(first?.options.path ?? first?.name ?? "");
  return {
    made: [...Object.keys(files), ...(collections === undefined ? [] : [DATABASE])],
    summary: [
      `${basename(source.path)}: ${count(draft.tables.length, "table")}, ${count(rows, "row")}.`,
      "",
      describeDraft(draft),
      "",
      "Everybody may read and write every row. servery dev answers this machine alone: before others can reach the server, write other rules in .allow().",
    ].join("\n"),
    request: `/api/${path}?limit=2`,
  };
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

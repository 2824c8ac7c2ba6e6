import { shownUrl } from "../../config/shown-settings.ts";
import type { Engine } from "../../engine.ts";
import { didYouMean } from "../../errors/nearest-name.ts";
import { Problem } from "../../errors/problem.ts";
import { applicationArgument, type Command } from "../command.ts";
import { ProgressBar } from "../progress-bar.ts";
import { isRowFile, type RowFile, rowFile } from "../row-file.ts";
import { databaseUrl, loadApplication, type LoadedApplication, openEngine } from "../run-application.ts";
import { UsageError } from "../usage-error.ts";

/** Wrong rows that a message names one by one. */
const ROWS_NAMED = 10;

export const seed: Command<typeof applicationArgument> = {
  meta: { name: "seed", description: "Put rows into the database: the declaration's first rows, or those of files." },
  details: [
    "Without files it makes the database where there is none, and puts the rows of seed in unless they are in already.",
    "A file is called like its table: posts.json holds a list of rows, posts.ndjson a row a line, posts.csv a header with the names of the columns. All rows of a file go in or none. They pass the same validation as a POST, and may hold the id and the times too. The server writes them itself: it asks no rule of allow, and runs no hook.",
  ],
  args: applicationArgument,
  further: { name: "FILE", description: "Files of rows, those that others refer to first." },
  settings: ["database", "sqliteDriver", "queryTimeoutMs"],
  examples: [
    { line: "servery seed", does: "Put the declaration's first rows in." },
    {
      line: "servery seed shop users.csv posts.ndjson",
      does: "Rows of two tables, for the application in the folder shop.",
    },
  ],
  async run({ args }) {
    const { app, paths } = placesIn(args._);
    const files = await Promise.all(paths.map(rowFile));
    const loaded = await loadApplication(app, "start");
    // Mails that wait are the server's to send.
    const settings = { ...loaded.settings, mailUrl: undefined };
    const engine = await openEngine({ ...loaded, settings }, "start");
    try {
      checkTables(engine, files);
      console.log(firstRows(engine, loaded));
      for (const file of files) console.log(await fill(engine, file));
    } finally {
      await engine.close();
    }
  },
};

/** The first word is the folder, unless it is a file already. */
function placesIn(words: readonly string[]): { readonly app: string; readonly paths: readonly string[] } {
  const [first] = words;
  if (first === undefined) return { app: ".", paths: [] };
  return isRowFile(first) ? { app: ".", paths: words } : { app: first, paths: words.slice(1) };
}

/** Before the first row is written: a mistyped name must not stop half way. */
function checkTables(engine: Engine, files: readonly RowFile[]): void {
  const { tables } = engine.application.schema;
  for (const { path, table } of files) {
    if (tables.has(table)) continue;
    const instead = didYouMean(table, tables.keys()) || ` Call it like one of ${[...tables.keys()].join(", ")}.`;
    throw new UsageError(`${path}: there is no table ${table}.${instead}`);
  }
}

function firstRows(engine: Engine, loaded: LoadedApplication): string {
  const counts = new Map<string, number>();
  for (const { table, rows } of loaded.declaration.seed?.() ?? [])
    counts.set(table, (counts.get(table) ?? 0) + [...rows].length);
  if (counts.size === 0) return `${shownUrl(databaseUrl(loaded))}: the declaration has no first rows.`;
  if (!engine.seeded) return `${shownUrl(databaseUrl(loaded))}: the first rows of the declaration are in already.`;
  const told = [...counts].map(([table, count]) => `${count} of ${table}`);
  return `${shownUrl(databaseUrl(loaded))}: the first rows of the declaration are in: ${told.join(", ")}.`;
}

async function fill(engine: Engine, file: RowFile): Promise<string> {
  const bar = new ProgressBar(file.path, file.bytes);
  try {
    const count = await engine.fill(file.table, await file.open((bytes) => bar.to(bytes)));
    return `${file.path}: ${count} ${count === 1 ? "row" : "rows"} of ${file.table} ${count === 1 ? "is" : "are"} in.`;
  } catch (error) {
    throw inFile(file, error);
  } finally {
    bar.end();
  }
}

/** What is wrong with rows, with the file's name and the rows' numbers, counted from 1. */
function inFile({ path }: RowFile, error: unknown): unknown {
  if (!(error instanceof Problem) || error.code === "internal") return error;
  const places = error.errors.map(({ pointer, message }) => {
    const row = /^\/(\d+)/.exec(pointer)?.[1];
    return row === undefined ? message : `row ${Number(row) + 1}: ${message}`;
  });
  const named = places.length === 0 ? [error.error] : places.slice(0, ROWS_NAMED);
  const more = places.length > ROWS_NAMED ? [`and ${places.length - ROWS_NAMED} findings more`] : [];
  const text = [...named.map((line) => `${path}, ${line}`), ...more, "None of its rows is in."].join("\n");
  return new Problem(error.code, text, { cause: error });
}

// Turns the Chinook database (https://github.com/lerocha/chinook-database, Chinook_Sqlite.sqlite) into data/*.json.
// The result is committed; run it again only for a newer Chinook:
//   node examples/chinook/convert.mjs Chinook_Sqlite.sqlite
// One row a line and rows in the order of their keys, so that two runs give equal bytes and a change reads well.
import { mkdirSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";

const [file] = process.argv.slice(2);
if (file === undefined)
  throw new Error("Name the SQLite file: node examples/chinook/convert.mjs Chinook_Sqlite.sqlite");

const source = new Database(file, { readonly: true, fileMustExist: true });
const folder = new URL("data/", import.meta.url);
mkdirSync(folder, { recursive: true });

/** @typedef {{ name: string, type: string, pk: number }} Column */

/** @param {string} name */
const quote = (name) => `"${name.replaceAll('"', '""')}"`;

const names = source.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").pluck();
for (const table of /** @type {string[]} */ (names.all())) {
  const columns = /** @type {Column[]} */ (source.pragma(`table_info(${quote(table)})`));
  const key = columns.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  // SQLite keeps NUMERIC(10,2) as a double; its exact text goes into the file.
  const selected = columns.map(({ name, type }) =>
    type.startsWith("NUMERIC") ? `printf('%.2f', ${quote(name)})` : quote(name),
  );
  const order = key.map((column) => quote(column.name)).join(", ");
  const rows = source
    .prepare(`SELECT ${selected.join(", ")} FROM ${quote(table)} ORDER BY ${order}`)
    .raw()
    .all();
  const head = JSON.stringify(columns.map((column) => column.name));
  const lines = rows.map((row) => JSON.stringify(row)).join(",\n");
  writeFileSync(new URL(`${table}.json`, folder), `{"columns":${head},"rows":[\n${lines}\n]}\n`);
}

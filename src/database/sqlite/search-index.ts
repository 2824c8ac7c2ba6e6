import { DeclarationError } from "../../errors/declaration-error.ts";
import type { ColumnModel, TableModel } from "../../schema/model.ts";
import { searchTerms } from "../../schema/search-text.ts";
import type { Stored } from "../../schema/stored.ts";
import type { StoredTable } from "../../schema/stored-schema.ts";
import { quoteName as quote } from "./quote-name.ts";
import { literal } from "./storage.ts";

/**
 * Words are runs of letters and digits, without case and without accents. The beginnings of one to three letters
 * are indexed too: without them a short word merges every word that begins with it, 60 ms for a letter
 * in 100,000 rows, before the first row is found.
 */
const OPTIONS = "tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'";

/** What follows the index in the names of its triggers. */
const TRIGGERS = ["insert", "delete", "update"] as const;

/** The names of a row's own number; a column may have taken one of them. */
const ROW_NUMBERS = ["rowid", "_rowid_", "oid"] as const;

/**
 * The name of a table's search index. FTS5 puts `_data`, `_idx` and others behind it for tables of its own: the
 * underscore at the end keeps the index of `posts_data` apart from what belongs to that of `posts`.
 */
export function searchIndexName(table: string): string {
  return `_servery_search_${table}_`;
}

/** The column of a table that a search index calls rowid. */
export function rowNumber(table: TableModel): string {
  const [key] = table.key;
  return numberColumn({
    name: table.name,
    counted: key?.role === "generated_key" ? key.name : undefined,
    columns: [...table.column.keys()],
  });
}

function numberColumn(table: { name: string; counted: string | undefined; columns: readonly string[] }): string {
  if (table.counted !== undefined) return table.counted;
  const taken = new Set(table.columns.map((name) => name.toLowerCase()));
  const free = ROW_NUMBERS.find((name) => !taken.has(name));
  if (free === undefined)
    throw new DeclarationError(
      `table ${table.name}`,
      `its columns take every name that SQLite has for a row's number (${ROW_NUMBERS.join(", ")})`,
      "Rename one of them, or remove .search()",
    );
  return free;
}

/**
 * The index of a table's words and the triggers that keep it: whatever changes a row, seed, cascade or a hand, changes
 * its words in the same statement. The index holds no text of its own, so the old words are given back to it.
 */
export function createSearchIndex(table: StoredTable): string[] {
  const names = table.search.map(quote);
  if (names.length === 0) return [];
  const index = quote(searchIndexName(table.name));
  const number = numberColumn({
    name: table.name,
    counted: table.countsKey ? table.key[0] : undefined,
    columns: table.columns.map((column) => column.name),
  });
  const columns = names.join(", ");
  const of = (row: "old" | "new"): string => [quote(number), ...names].map((name) => `${row}.${name}`).join(", ");
  const add = `INSERT INTO ${index} (rowid, ${columns}) VALUES (${of("new")});`;
  const remove = `INSERT INTO ${index} (${index}, rowid, ${columns}) VALUES ('delete', ${of("old")});`;
  const trigger = (name: (typeof TRIGGERS)[number], when: string, steps: string): string =>
    `CREATE TRIGGER ${quote(`${searchIndexName(table.name)}${name}`)} AFTER ${when} BEGIN ${steps} END`;
  const on = quote(table.name);
  const differs = names.map((name) => `old.${name} IS NOT new.${name}`).join(" OR ");
  return [
    `CREATE VIRTUAL TABLE ${index} USING fts5(${columns}, content=${literal(table.name)}, content_rowid=${literal(number)}, ${OPTIONS})`,
    trigger("insert", `INSERT ON ${on}`, add),
    trigger("delete", `DELETE ON ${on}`, remove),
    // A PUT writes every column: what stays as it is costs the index nothing.
    trigger("update", `UPDATE OF ${columns} ON ${on} WHEN ${differs}`, `${remove} ${add}`),
  ];
}

/** Takes a search index and its triggers away; the rows stay. */
export function dropSearchIndex(table: StoredTable): string[] {
  if (table.search.length === 0) return [];
  const index = searchIndexName(table.name);
  const triggers = TRIGGERS.map((name) => `DROP TRIGGER ${quote(index + name)}`);
  return [...triggers, `DROP TABLE ${quote(index)}`];
}

/** Reads the words of the rows that are there already into a new search index. */
export function fillSearchIndex(table: StoredTable): string[] {
  if (table.search.length === 0) return [];
  const index = quote(searchIndexName(table.name));
  return [`INSERT INTO ${index} (${index}) VALUES ('rebuild')`];
}

/**
 * A `?q=` in FTS5's own language. Every word stands in quotes, where nothing has a meaning, and no word holds one.
 * Without `columns` all are searched.
 */
export function matchText(text: Stored, columns: readonly ColumnModel[] | undefined): string {
  const terms = searchTerms(String(text)).map(({ words, phrase }) => `"${words.join(" ")}"${phrase ? "" : " *"}`);
  const all = terms.join(" AND ");
  if (columns === undefined) return all;
  return `{${columns.map((column) => quote(column.name)).join(" ")}} : (${all})`;
}

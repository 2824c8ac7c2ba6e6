import type { ColumnModel } from "../../schema/model.ts";
import { wholeTable } from "../../schema/model.ts";
import { searchTerms } from "../../schema/search-text.ts";
import type { Stored } from "../../schema/stored.ts";
import type { StoredTable } from "../../schema/stored-schema.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { raw, sql } from "../sql/fragment.ts";
import { constraintName, quoteName as quote } from "./quote-name.ts";

/** The words of a text without case and accents, with their places. */
const WORDS = "_servery_words";

/** Marks that belong to the letter before them, by their blocks: no class of a regular expression has them. */
const MARKS =
  "\\0483-\\0489\\0591-\\05bd\\0610-\\061a\\064b-\\0670\\06d6-\\06ed\\0900-\\0dff\\0e30-\\0e4e\\0f18-\\0fbc\\102b-\\109f\\1712-\\1dff\\3099-\\309a\\a802-\\abed";

/**
 * The function that an index of words is made with. PostgreSQL's own parser of texts takes addresses and numbers apart
 * its own way, and each locale differs: so the list of words is put together here, and cast. Immutable as long as nobody
 * changes the rules of a collation, which is true of each index over text.
 */
export const createWords = `CREATE OR REPLACE FUNCTION ${WORDS}(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$
  SELECT coalesce(string_agg(concat('''', word, ''':', least(place, 16383)), ' '), '')::tsvector
  FROM regexp_split_to_table(
    normalize(lower(regexp_replace(normalize(coalesce(given, ''), NFKD) COLLATE "und-x-icu", U&'[\\0300-\\036f]', '', 'g')), NFC),
    U&'[^[:alnum:]${MARKS}]+') WITH ORDINALITY AS part(word, place)
  WHERE word <> ''
$words$`;

/** An index of the words of all columns that are searched. */
export function createWordIndex(table: StoredTable): string[] {
  if (table.search.length === 0) return [];
  return [
    `CREATE INDEX ${constraintName(`_servery_search_${table.name}`)} ON ${quote(table.name)} USING gin ((${wordsOf(table.search.map(quote))}))`,
  ];
}

export const searchSource: SqlDialect["search"] = ({ table, columns, alias, value }) => {
  const all = wholeTable(table).columns.filter((column) => column.search);
  const words = (some: readonly ColumnModel[]): string =>
    `(${wordsOf(some.map(({ name }) => `${alias}.${quote(name)}`))})`;
  const query = sql`CAST(${value((text) => queryText(text as Stored))} AS tsquery)`;
  const found = sql`${words(all)} @@ ${query}`;
  return {
    from: raw(`${quote(table.name)} AS ${alias}`),
    // The index has every column, also those that this caller does not see.
    where: columns.length === all.length ? found : sql`${found} AND ${words(columns)} @@ ${query}`,
    rank: sql`-ts_rank(${words(columns)}, ${query})`,
  };
};

function wordsOf(columns: readonly string[]): string {
  return columns.map((column) => `${WORDS}(${column})`).join(" || ");
}

/** A `?q=` as a tsquery. Every word stands in quotes, where nothing has a meaning. */
function queryText(text: Stored): string {
  const terms = searchTerms(folded(String(text))).map(({ words, phrase }) =>
    words
      .flatMap((word) => word.split("_").filter((part) => part !== ""))
      .map((word, at, all) => `'${word.replaceAll("'", "''")}'${!phrase && at === all.length - 1 ? ":*" : ""}`)
      .join(" <-> "),
  );
  return terms.map((term) => `(${term})`).join(" & ");
}

function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .toLowerCase();
}

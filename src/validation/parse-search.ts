import { Problem } from "../errors/problem.ts";
import type { TableModel } from "../schema/model.ts";
import { searchTerms } from "../schema/search-text.ts";
import { SEARCH_CHARACTERS, SEARCH_WORDS } from "./limits.ts";
import type { FilterScope } from "./parse-filter.ts";
import type { SearchShape } from "./read-shape.ts";

/** The search of a `?q=`. Its text is bound: one shape serves every text. */
export function parseSearch(scope: FilterScope, table: TableModel, ranked: boolean): SearchShape {
  const columns = table.columns.filter((column) => column.search && column.visible === undefined);
  if (columns.length === 0)
    throw new Problem("invalid_parameter", `${table.path} has no column that q searches. Use filters.`);
  const expects = "at least one word: letters or digits";
  return { columns, slot: scope.slot({ parameter: "q", list: false, parse: searchText, expects }), ranked };
}

/** A text that asks for something, unchanged; undefined when there is no word in it. */
function searchText(text: string): string | undefined {
  // In code points, as lengths are everywhere. A text has at least half as many as it has units.
  if (text.length > SEARCH_CHARACTERS * 2 || [...text].length > SEARCH_CHARACTERS)
    throw new Problem("limit_exceeded", `q has at most ${SEARCH_CHARACTERS} characters.`);
  const words = searchTerms(text).reduce((count, term) => count + term.words.length, 0);
  if (words > SEARCH_WORDS) throw new Problem("limit_exceeded", `q has at most ${SEARCH_WORDS} words.`);
  return words === 0 ? undefined : text;
}

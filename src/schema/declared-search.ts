import { DeclarationError } from "../errors/declaration-error.ts";
import type { Kind } from "./kind.ts";

/** Kinds whose values are words. An enumeration has few values, which a filter names. */
const SEARCHED: readonly string[] = ["text", "longText", "email", "slug"];
/** A search index has columns of these names itself. */
const TAKEN: ReadonlySet<string> = new Set(["rank", "rowid"]);

/** Refuses `.search()` where there are no words to find, or where an index of words cannot name the column. */
export function checkSearch(where: string, column: string, kind: Kind): void {
  if (!SEARCHED.includes(kind.name))
    throw new DeclarationError(
      where,
      `a ${kind.name} column cannot be searched`,
      `Remove .search(); it works on ${SEARCHED.join(", ")}`,
    );
  if (TAKEN.has(column.toLowerCase()) || /^_servery/i.test(column))
    throw new DeclarationError(where, "a search index cannot hold a column of this name", "Rename the column");
}

import { quoteName } from "../quote-name.ts";

/** The query of a view that is there already: some of its columns, in this order. */
export function selectView(name: string, columns: readonly string[]): string {
  return `SELECT ${columns.map(quoteName).join(", ")} FROM ${quoteName(name)}`;
}

import type { SortKey } from "./filter.ts";
import type { Stored } from "./stored.ts";

/** The JSON array of sort keys that the database wrote for a row, as stored values in the order of the sort. */
export function readSortKeys(json: string, sort: readonly SortKey[]): Stored[] {
  const values = JSON.parse(json) as unknown[];
  return sort.map((key, at) => storedKey(key, values[at]));
}

/** 64-bit values travel as text, since JSON numbers end at 2^53. */
function storedKey(key: SortKey, value: unknown): Stored {
  if (value === null || value === undefined) return null;
  const { as } = key.column.kind.storage;
  return as === "bigint" || as === "decimal" ? BigInt(value as string) : (value as Stored);
}

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
  // In a column of an adopted table anything may lie, a BLOB too: it goes on from there all the same.
  if (typeof value === "object" && "blob" in value) return Buffer.from(String(value.blob), "hex");
  const isWide = (as === "bigint" || as === "decimal") && typeof value === "string" && /^-?\d+$/.test(value);
  return isWide ? BigInt(value) : (value as Stored);
}

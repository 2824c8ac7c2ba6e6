import type { Kind } from "../schema/kind.ts";
import type { TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";

/**
 * The key in a path segment, still escaped: `42`, or `1,3402` for a key of two columns. Only the one
 * spelling that an answer uses is a key; "042", "4e1" and "42.0" name no row.
 */
export function parseKey(table: TableModel, segment: string): Stored[] | undefined {
  const parts = table.key.length === 1 ? [segment] : segment.split(",");
  if (parts.length !== table.key.length) return undefined;
  const values: Stored[] = [];
  for (const [at, part] of parts.entries()) {
    const text = decodeSegment(part);
    const kind = table.key[at]?.kind;
    const value = text === undefined ? undefined : kind?.parse(text);
    if (text === undefined || kind === undefined || value === undefined) return undefined;
    if (!isAnswersSpelling(kind, text, value)) return undefined;
    values.push(value);
  }
  return values;
}

/** Filters take a value in several spellings; a row has one address. A `real` has no spelling of its own in JSON. */
function isAnswersSpelling({ storage }: Kind, text: string, value: Stored): boolean {
  if (storage.as === "timestamp") return text === value;
  if (storage.as !== "decimal") return true;
  const [, fraction = ""] = text.split(".");
  return fraction.length === storage.scale && (value !== 0n || !text.startsWith("-"));
}

/** A path segment without its escapes, or undefined when they are broken or hide a NUL. */
export function decodeSegment(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    const text = decodeURIComponent(segment);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

import type { Stored } from "../../schema/stored.ts";

type Value = Stored | readonly Stored[];

/** A list as the JSON array that json_each reads: one shape of SQL serves lists of every length. */
export function listJson(value: Value): Stored {
  const items = Array.isArray(value) ? (value as readonly Stored[]) : [value as Stored];
  return `[${items.map((item) => (typeof item === "bigint" ? String(item) : JSON.stringify(item))).join(",")}]`;
}

/**
 * A LIKE pattern (`%`, `_`, `\` before either to mean itself) as a GLOB pattern: SQLite's LIKE folds
 * case, its GLOB does not.
 */
export function likeToGlob(value: Value): Stored {
  const pattern = String(value);
  let glob = "";
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] as string;
    const next = pattern[at + 1];
    if (letter === "\\" && (next === "%" || next === "_" || next === "\\")) {
      glob += next;
      at++;
    } else if (letter === "%") glob += "*";
    else if (letter === "_") glob += "?";
    else glob += letter === "*" || letter === "?" || letter === "[" ? `[${letter}]` : letter;
  }
  return glob;
}

/** The smallest text behind every text with this prefix; an empty blob, which is behind all texts, where there is none. */
export function prefixEnd(value: Value): Stored {
  const points = [...String(value)];
  while (points.length > 0) {
    const last = (points.pop() as string).codePointAt(0) as number;
    if (last === 0x10ffff) continue;
    // The code points of surrogates are no text; the next real one stands behind them.
    return points.join("") + String.fromCodePoint(last + 1 === 0xd800 ? 0xe000 : last + 1);
  }
  return new Uint8Array(0);
}

import type { Storage } from "../../schema/kind.ts";
import type { Stored } from "../../schema/stored.ts";
import { decimalText } from "./storage.ts";

type Value = Stored | readonly Stored[];

/** Behind every text that begins with the last code point there is. */
const LAST = "\u{10ffff}".repeat(64);

/** A list as the text of a PostgreSQL array. */
export function arrayText(value: Value, storage: Storage): Stored {
  const items = Array.isArray(value) ? (value as readonly Stored[]) : [value as Stored];
  return `{${items.map((item) => element(item, storage)).join(",")}}`;
}

function element(item: Stored, storage: Storage): string {
  if (item === null) return "NULL";
  if (storage.as === "decimal") return decimalText(BigInt(item as number | bigint | string), storage.scale);
  return `"${String(item).replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;
}

/** A LIKE pattern in which a backslash that escapes nothing means itself. */
export function likePattern(value: Value): Stored {
  return String(value).replaceAll(/\\([%_\\])|\\/g, (escape, letter: string | undefined) =>
    letter === undefined ? "\\\\" : escape,
  );
}

/** The smallest text behind every text with this prefix. */
export function prefixEnd(value: Value): Stored {
  const points = [...String(value)];
  while (points.length > 0) {
    const last = (points.pop() as string).codePointAt(0) as number;
    if (last === 0x10ffff) continue;
    // The code points of surrogates are no text; the next real one stands behind them.
    return points.join("") + String.fromCodePoint(last + 1 === 0xd800 ? 0xe000 : last + 1);
  }
  return LAST;
}

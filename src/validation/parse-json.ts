import { isUtf8 } from "node:buffer";
import { Problem } from "../errors/problem.ts";
import type { Json } from "../schema/stored.ts";
import { JSON_DEPTH } from "./limits.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The JSON text of a body. Its depth is counted before it is parsed: JSON.parse takes a million levels,
 * and whatever walks the value afterwards overflows the stack.
 */
export function parseJson(bytes: Uint8Array): Json {
  if (!isUtf8(bytes)) throw new Problem("malformed_json", "The body is not UTF-8.");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("utf8")
    .replace(/^\ufeff/, "");
  refuseDepth(text);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Problem("malformed_json", `The body is not JSON${positionOf(error)}.`);
  }
}

function refuseDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) at = endOfString(text, at);
    else if (letter === OPEN_BRACE || letter === OPEN_BRACKET) {
      if (++depth > JSON_DEPTH) throw new Problem("body_too_deep", `The body has more than ${JSON_DEPTH} levels.`);
    } else if (letter === CLOSE_BRACE || letter === CLOSE_BRACKET) depth--;
  }
}

/** Where the string ends that begins here: searching for its quote is far faster than looking at each letter. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (quote - backslashes > from && text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    from = quote + 1;
  }
}

/** Where parsing stopped, without the text around it, which the engine's message quotes. */
function positionOf(error: unknown): string {
  const match = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
  return match === null ? "" : ` from character ${match[1]} on`;
}

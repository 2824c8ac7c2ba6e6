export type TokenKind = "key" | "string" | "number" | "word" | "mark";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const NUMBER = /-?[\d.]+(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z]+/y;

/**
 * JSON text, laid out and in parts. Numbers and strings stay as they came: a parsed and printed value would hide what the
 * server really wrote (`1.0`, a number above 2^53, an escaped letter).
 */
export function jsonTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  const put = (kind: TokenKind, part: string): void => void tokens.push({ kind, text: part });
  const line = (): void => put("mark", `\n${"  ".repeat(Math.max(0, depth))}`);
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (/\s/.test(letter)) {
      at++;
      continue;
    }
    if (letter === '"') {
      const end = stringEnd(text, at);
      put(/^\s*:/.test(text.slice(end, end + 20)) ? "key" : "string", text.slice(at, end));
      at = end;
    } else if (letter === "{" || letter === "[") {
      const close = letter === "{" ? "}" : "]";
      const empty = /^\s*[}\]]/.exec(text.slice(at + 1, at + 20))?.[0];
      put("mark", empty === undefined ? letter : letter + close);
      at += 1 + (empty?.length ?? 0);
      if (empty === undefined) {
        depth++;
        line();
      }
    } else if (letter === "}" || letter === "]") {
      depth--;
      line();
      put("mark", letter);
      at++;
    } else if (letter === ",") {
      put("mark", letter);
      line();
      at++;
    } else if (letter === ":") {
      put("mark", ": ");
      at++;
    } else at = takeScalar(text, at, put);
  }
  return tokens;
}

function takeScalar(text: string, at: number, put: (kind: TokenKind, part: string) => void): number {
  for (const [kind, pattern] of [
    ["number", NUMBER],
    ["word", WORD],
  ] as const) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) {
      put(kind, found);
      return at + found.length;
    }
  }
  put("mark", text[at] ?? "");
  return at + 1;
}

/** Behind the quote that ends a string; the end of the text where it was cut. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** A piece of SQL that is neither space nor comment. */
export interface SqlToken {
  /** `word`: a keyword, a bare name or a number. `name`: in double quotes, backquotes or brackets. `text`: in single quotes. */
  readonly is: "word" | "name" | "text" | "sign";
  readonly from: number;
  /** The position behind it. */
  readonly to: number;
}

const QUOTES: Readonly<Record<string, string>> = { '"': '"', "'": "'", "`": "`", "[": "]" };
/** What SQLite takes for a part of a bare name: letters, digits, `_`, `$` and everything beyond ASCII. */
const WORD = /[\w$\u0080-\uffff]+/uy;

/**
 * The tokens of SQL as SQLite reads it (https://sqlite.org/lang_keywords.html, https://sqlite.org/lang_comment.html).
 * Throws `SyntaxError` with the line where a quote that is never closed begins.
 */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  for (let at = 0; at < sql.length; ) {
    const start = at;
    const letter = sql.charAt(at);
    if (/[ \t\n\f\r\uFEFF]/.test(letter)) at++;
    else if (sql.startsWith("--", at)) at = endOf(sql, "\n", at);
    // A comment that is never closed goes to the end, and that is no mistake.
    else if (sql.startsWith("/*", at)) at = endOf(sql, "*/", at + 2);
    else if (letter in QUOTES) {
      at = quotedEnd(sql, at);
      yield { is: letter === "'" ? "text" : "name", from: start, to: at };
    } else {
      WORD.lastIndex = at;
      const isWord = WORD.test(sql);
      at = isWord ? WORD.lastIndex : at + 1;
      yield { is: isWord ? "word" : "sign", from: start, to: at };
    }
  }
}

/** A name without its quotes, or the text of any other token. */
export function nameIn(sql: string, token: SqlToken): string {
  const text = sql.slice(token.from, token.to);
  if (token.is !== "name" && token.is !== "text") return text;
  const quote = text.charAt(0);
  const inner = text.slice(1, -1);
  return quote === "[" ? inner : inner.replaceAll(quote + quote, quote);
}

/** The line that a position is in, from 1. */
export function lineAt(sql: string, position: number): number {
  return sql.slice(0, position).split("\n").length;
}

function quotedEnd(sql: string, start: number): number {
  const open = sql.charAt(start);
  const close = QUOTES[open] ?? open;
  for (let at = start + 1; ; ) {
    const found = sql.indexOf(close, at);
    if (found === -1) throw new SyntaxError(`line ${lineAt(sql, start)}: a quote (${open}) is never closed`);
    // Doubled it stands for itself, but a bracket cannot be.
    if (close === "]" || sql.charAt(found + 1) !== close) return found + 1;
    at = found + 2;
  }
}

function endOf(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found === -1 ? sql.length : found + mark.length;
}

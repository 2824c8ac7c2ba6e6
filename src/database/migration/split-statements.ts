import { lineAt, nameIn, type SqlToken, sqlTokens } from "./sql-tokens.ts";

/** One statement of a file, without the semicolon behind it. */
export interface SqlStatement {
  readonly sql: string;
  /** The line of the file that it begins in, from 1. */
  readonly line: number;
}

/**
 * The statements of a text. A trigger holds statements of its own: as SQLite's shell does, it ends with a semicolon,
 * END and a semicolon, which no CASE … END in it can be taken for (https://sqlite.org/c3ref/complete.html).
 * Throws `SyntaxError` with the line where a quote that is never closed begins.
 */
export function splitStatements(text: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  const end = (): void => {
    const [first, last] = [tokens[0], tokens.at(-1)];
    if (first !== undefined && last !== undefined)
      statements.push({ sql: text.slice(first.from, last.to), line: lineAt(text, first.from) });
    tokens = [];
  };
  for (const token of sqlTokens(text)) {
    const isEnd = token.is === "sign" && text.charAt(token.from) === ";";
    if (isEnd && (!isTrigger(text, tokens) || endsTrigger(text, tokens))) end();
    else tokens.push(token);
  }
  end();
  return statements;
}

function isTrigger(text: string, tokens: readonly SqlToken[]): boolean {
  const words = tokens.slice(0, 3).map((token) => wordOf(text, token));
  if (words[0] !== "CREATE") return false;
  return words[1] === "TRIGGER" || ((words[1] === "TEMP" || words[1] === "TEMPORARY") && words[2] === "TRIGGER");
}

function endsTrigger(text: string, tokens: readonly SqlToken[]): boolean {
  const [semicolon, last] = tokens.slice(-2);
  return (
    semicolon !== undefined && last !== undefined && wordOf(text, semicolon) === ";" && wordOf(text, last) === "END"
  );
}

/** A word or sign in capitals; quoted it is a name, whatever it says. */
function wordOf(text: string, token: SqlToken): string | undefined {
  return token.is === "word" || token.is === "sign" ? nameIn(text, token).toUpperCase() : undefined;
}

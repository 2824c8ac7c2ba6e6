import { UnaskableStatement } from "../asked-statement.ts";
import { nameIn, type SqlToken, sqlTokens } from "../migration/sql-tokens.ts";

const VERBS = { SELECT: "select", VALUES: "select", INSERT: "insert", UPDATE: "update", DELETE: "delete" } as const;

/** What the words of a statement say. */
export interface StatementForm {
  readonly verb: (typeof VERBS)[keyof typeof VERBS];
  readonly hasWhere: boolean;
  /** How many values it takes. */
  readonly values: number;
}

/**
 * Reads what kind of statement a text is. Throws `UnaskableStatement` where it is several, or none that reads or writes
 * rows. This comes before SQLite sees the text: some PRAGMA act when they are compiled.
 */
export function statementForm(sql: string): StatementForm {
  const tokens = tokensOf(sql);
  const end = tokens.findIndex((token) => textOf(sql, token) === ";");
  if (end !== -1 && tokens.slice(end).some((token) => textOf(sql, token) !== ";"))
    throw new UnaskableStatement("One statement at a time: something stands behind the semicolon.");
  const top = outside(sql, end === -1 ? tokens : tokens.slice(0, end));
  const [first] = top;
  if (first === undefined) throw new UnaskableStatement("There is no statement in the text.");
  const verb = first === "WITH" ? firstVerb(top) : verbOf(top, 0);
  if (verb === undefined)
    throw new UnaskableStatement(
      "Only SELECT, VALUES, INSERT, REPLACE, UPDATE and DELETE are run here, WITH in front or not.",
    );
  return { verb, hasWhere: top.includes("WHERE"), values: placesIn(sql, tokens) };
}

/** Bindings differ in how they take values by name or number, so these are only given in order. */
function placesIn(sql: string, tokens: readonly SqlToken[]): number {
  const named = tokens.some((token, at) => {
    const text = textOf(sql, token) ?? "";
    const before = tokens[at - 1];
    const isNumbered = /^\d/.test(text) && before?.to === token.from && textOf(sql, before) === "?";
    return text === ":" || text === "@" || text.startsWith("$") || isNumbered;
  });
  if (named) throw new UnaskableStatement("Values stand in the order of params, and a plain ? in the place of each.");
  return tokens.filter((token) => textOf(sql, token) === "?").length;
}

function tokensOf(sql: string): SqlToken[] {
  try {
    return [...sqlTokens(sql)];
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnaskableStatement(`SQLite would not understand it, ${error.message}.`);
    throw error;
  }
}

/** The words and signs that stand in no parentheses, in capitals; what is quoted is none of them. */
function outside(sql: string, tokens: readonly SqlToken[]): string[] {
  const found: string[] = [];
  let depth = 0;
  for (const token of tokens) {
    const text = textOf(sql, token);
    if (text === ")") depth -= 1;
    if (depth === 0) found.push(text ?? "");
    if (text === "(") depth += 1;
  }
  return found;
}

function firstVerb(words: readonly string[]): StatementForm["verb"] | undefined {
  for (let at = 1; at < words.length; at++) {
    const verb = verbOf(words, at);
    if (verb !== undefined) return verb;
  }
  return undefined;
}

/** REPLACE alone may be a name; the others never are. */
function verbOf(words: readonly string[], at: number): StatementForm["verb"] | undefined {
  const word = words[at] ?? "";
  if (word === "REPLACE") return words[at + 1] === "INTO" ? "insert" : undefined;
  return Object.hasOwn(VERBS, word) ? VERBS[word as keyof typeof VERBS] : undefined;
}

function textOf(sql: string, token: SqlToken): string | undefined {
  return token.is === "word" || token.is === "sign" ? nameIn(sql, token).toUpperCase() : undefined;
}

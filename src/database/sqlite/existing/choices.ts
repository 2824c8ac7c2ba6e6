/** The tokens of SQL that matter here: names, texts and signs, in order. */
interface Token {
  readonly is: "name" | "text" | "sign";
  readonly value: string;
}

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\s+|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|([\p{L}\p{N}_$]+)|([^\s])/gu;

/**
 * The texts that a `CHECK (column IN ('a', 'b'))` of a CREATE TABLE allows, by the column's lower-case name. Any other
 * form of check is left to the database.
 */
export function choicesOf(sql: string): Map<string, readonly string[]> {
  const tokens = tokensOf(sql);
  const choices = new Map<string, readonly string[]>();
  for (let at = 0; at < tokens.length; at++) {
    if (!isWord(tokens[at], "CHECK")) continue;
    const found = choicesAt(tokens, at + 1);
    if (found === undefined) continue;
    const name = found.column.toLowerCase();
    // Two lists for one column: both hold, so the first alone would be wrong.
    choices.set(name, choices.has(name) ? [] : found.values);
  }
  return choices;
}

/** Reads `( column IN ( 'a' , 'b' ) )` from a position on. */
function choicesAt(tokens: readonly Token[], start: number): { column: string; values: string[] } | undefined {
  const [open, column, word, listOpen] = tokens.slice(start, start + 4);
  if (!isSign(open, "(") || column?.is !== "name" || !isWord(word, "IN") || !isSign(listOpen, "(")) return undefined;
  const values: string[] = [];
  for (let at = start + 4; ; at += 2) {
    const value = tokens[at];
    if (value?.is !== "text") return undefined;
    values.push(value.value);
    if (isSign(tokens[at + 1], ",")) continue;
    return isSign(tokens[at + 1], ")") && isSign(tokens[at + 2], ")") ? { column: column.value, values } : undefined;
  }
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const [, text, double, backtick, bracket, word, sign] of sql.matchAll(TOKEN)) {
    if (text !== undefined) tokens.push({ is: "text", value: text.replaceAll("''", "'") });
    else if (double !== undefined) tokens.push({ is: "name", value: double.replaceAll('""', '"') });
    else if (backtick !== undefined) tokens.push({ is: "name", value: backtick.replaceAll("``", "`") });
    else if (bracket !== undefined) tokens.push({ is: "name", value: bracket });
    else if (word !== undefined) tokens.push({ is: "name", value: word });
    else if (sign !== undefined) tokens.push({ is: "sign", value: sign });
  }
  return tokens;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.is === "name" && token.value.toUpperCase() === word;
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.is === "sign" && token.value === sign;
}

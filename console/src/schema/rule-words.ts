const PLAIN: Readonly<Record<string, string>> = {
  everyone: "everybody",
  signedIn: "whoever is signed in",
  owner: "the owner of the row",
  self: "the account itself",
  nobody: "nobody",
};

/**
 * A rule of the declaration in words; the rule as it is written where it is none that is known here, so that nothing is
 * said that does not hold.
 */
export function ruleWords(rule: string): string {
  const plain = PLAIN[rule];
  if (plain !== undefined) return plain;
  const [, name = "", inside = ""] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
  const parts = splitAtCommas(inside);
  if (name === "or") return parts.map(ruleWords).join(", or ");
  if (name === "and") return parts.map((part, at) => (at === 0 ? ruleWords(part) : limitWords(part))).join(", if ");
  if (name === "role") return `accounts with the role ${parts.map(unquoted).join(" or ")}`;
  if (name === "sameAs") return sameAsWords(parts);
  return functionWords(rule);
}

function sameAsWords([relation = "", action]: readonly string[]): string {
  return `whoever may ${action === undefined ? "do the same with" : unquoted(action)} its ${unquoted(relation)}`;
}

function functionWords(rule: string): string {
  const named = /^the function (.+)$/.exec(rule)?.[1];
  if (named !== undefined) return `whom ${named}() lets through`;
  return rule === "a function of the caller" ? "whom a function of the declaration lets through" : rule;
}

/** What has to hold beside the first of an `and`. */
function limitWords(rule: string): string {
  const named = /^the function (.+)$/.exec(rule)?.[1];
  if (named !== undefined) return `${named}() lets it through`;
  return rule === "a function of the caller"
    ? "a function of the declaration lets it through"
    : `also ${ruleWords(rule)}`;
}

/** The arguments of a call: commas inside of brackets and texts part nothing. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isText = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"' && text[at - 1] !== "\\") isText = !isText;
    if (isText) continue;
    if (letter === "(") depth++;
    else if (letter === ")") depth--;
    else if (letter === "," && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, text.slice(from).trim()];
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, "$1");
}

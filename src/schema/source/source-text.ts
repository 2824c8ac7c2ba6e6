import type { Json } from "../stored.ts";

/** Signs that end a line comment, or that an editor would not show. */
const NOT_IN_COMMENT = /[\u0000-\u001f\u007f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
/** Columns of a line, as the formatter has them. */
const LINE_WIDTH = 120;
/** Letters of a value that stand in one line: in front of it stand its name and what it is indented by. */
const VALUE_WIDTH = 90;

/** What a declaration imports, as the lines that it begins with. */
export function importLines(names: Iterable<string>): string[] {
  const sorted = [...new Set(names)].toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const line = `import { ${sorted.join(", ")} } from "servery";`;
  if (line.length <= LINE_WIDTH) return [line];
  return ["import {", ...sorted.map((name) => `  ${name},`), '} from "servery";'];
}

/** Text from a file that somebody else wrote, as one line comment that it cannot leave. */
export function comment(text: string): string {
  const line = text.replace(NOT_IN_COMMENT, " ");
  return `// ${line.slice(0, 1).toUpperCase()}${line.slice(1)}${/[.!?:]$/.test(line) ? "" : "."}`;
}

export function propertyName(name: string): string {
  return isName(name) ? name : quoted(name);
}

export function isName(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

/** A text as TypeScript, in the quotes that need fewer backslashes: JSON escapes all else that a literal cannot hold. */
export function quoted(text: string): string {
  const double = JSON.stringify(text);
  const [doubles, singles] = [text.split('"').length, text.split("'").length];
  if (doubles <= singles) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A text as TypeScript that keeps its lines, where it has several; they must not be indented. */
export function quotedLines(text: string): string {
  // A literal of several lines would read a carriage return as the end of one.
  if (!text.includes("\n") || text.includes("\r")) return quoted(text);
  return `\`${text.replaceAll(/[\\`]|\$\{/g, (sign) => `\\${sign}`)}\``;
}

/** A value in JSON as TypeScript, over several lines where it is long. */
export function literal(value: Json): string {
  const line = literalLine(value);
  if (line.length <= VALUE_WIDTH || typeof value !== "object" || value === null) return line;
  const parts = Array.isArray(value)
    ? (value as readonly Json[]).map(literal)
    : Object.entries(value).map(([name, member]) => `${memberName(name)}: ${literal(member as Json)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return [open, ...parts.flatMap((part) => `${part},`.split("\n")).map(indented(2)), close].join("\n");
}

function literalLine(value: Json): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(literalLine).join(", ")}]`;
  const members = Object.entries(value).map(([name, member]) => `${memberName(name)}: ${literalLine(member as Json)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Written like any other, this one would change what the object is. */
function memberName(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : propertyName(name);
}

/** Names and TypeScript as an object in one line, or a member a line where it is long. */
export function objectText(members: readonly (readonly [name: string, text: string])[]): string {
  const parts = members.map(([name, text]) => `${propertyName(name)}: ${text}`);
  const line = `{ ${parts.join(", ")} }`;
  return line.length <= VALUE_WIDTH && !line.includes("\n")
    ? line
    : ["{", ...parts.map((part) => `  ${part},`), "}"].join("\n");
}

export function indented(columns: number): (line: string) => string {
  return (line) => (line === "" ? line : " ".repeat(columns) + line);
}

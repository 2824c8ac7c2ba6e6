import { isDate } from "../../schema/column/date.ts";
import { canonicalTimestamp } from "../../schema/column/timestamp.ts";
import type { DraftKind } from "./draft.ts";

/** What a DEFAULT of SQL is in a declaration: a value, an expression that the database works out, or nothing usable. */
export type DefaultChoice =
  | { readonly is: "none" }
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "expression" }
  | { readonly is: "unusable" };

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** Reads the SQL text of a default for a column of some kind. */
export function chooseDefault(sql: string | undefined, kind: DraftKind): DefaultChoice {
  const text = withoutBrackets(sql ?? "");
  if (text === "" || /^null$/i.test(text)) return { is: "none" };
  const literal = literalOf(text);
  if (literal === undefined) return { is: "expression" };
  const value = valueOf(literal, kind);
  return value === undefined ? { is: "unusable" } : { is: "value", value };
}

function withoutBrackets(sql: string): string {
  const text = sql.trim();
  const inner = /^\(([^()]*)\)$/.exec(text)?.[1];
  return inner === undefined ? text : withoutBrackets(inner);
}

/** The text of a literal, whatever its type: SQLite converts '5' for a column of numbers. */
function literalOf(text: string): string | undefined {
  if (NUMBER.test(text) || /^(?:true|false)$/i.test(text)) return text;
  const single = /^'((?:[^']|'')*)'$/.exec(text)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  return /^"((?:[^"]|"")*)"$/.exec(text)?.[1]?.replaceAll('""', '"');
}

function valueOf(text: string, { call, uses }: DraftKind): unknown {
  const bounds = [...call.matchAll(/\d+/g)].map(Number);
  const [first = 0, second = 0] = bounds;
  switch (uses) {
    case "integer":
      return wholeNumber(text, 2 ** 31);
    case "bigint":
      return wholeNumber(text, Number.MAX_SAFE_INTEGER)?.toString();
    case "real":
      return NUMBER.test(text) ? Number(text) : undefined;
    case "decimal":
      return NUMBER.test(text) && fitsDecimal(Number(text), first, second) ? String(Number(text)) : undefined;
    case "boolean":
      return /^(?:1|true)$/i.test(text) ? true : /^(?:0|false)$/i.test(text) ? false : undefined;
    case "text":
      return [...text].length <= first ? text : undefined;
    case "longText":
      return text;
    case "enumeration":
      return call.includes(JSON.stringify(text)) ? text : undefined;
    case "date":
      return isDate(text) ? text : undefined;
    case "timestamp":
      return canonicalTimestamp(text);
    default:
      return undefined;
  }
}

function wholeNumber(text: string, bound: number): number | undefined {
  const value = Number(text);
  return NUMBER.test(text) && Number.isInteger(value) && Math.abs(value) < bound ? value + 0 : undefined;
}

function fitsDecimal(value: number, precision: number, scale: number): boolean {
  const [whole = "", behind = ""] = String(Math.abs(value)).split(".");
  return /^\d+$/.test(whole) && behind.length <= scale && whole.length <= precision - scale;
}

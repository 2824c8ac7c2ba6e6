import { visible } from "../text/visible-text.ts";
import { isNumber, type Column } from "./tables.ts";

/** More letters than any cell is wide. */
const IN_A_CELL = 200;
const IN_A_TITLE = 1_000;

/** A value on one line, with every letter that turns or hides others seen. */
export function cellText(value: unknown): string {
  return oneLine(plain(value, IN_A_CELL), IN_A_CELL);
}

/** The text that a pointer brings up where a cell had no place for it. */
export function cellTitle(value: unknown): string | undefined {
  const text = plain(value, IN_A_TITLE);
  return text.length < 24 ? undefined : oneLine(text, IN_A_TITLE);
}

function plain(value: unknown, letters: number): string {
  return (typeof value === "string" ? value.slice(0, letters + 1) : JSON.stringify(value)) ?? "";
}

function oneLine(text: string, letters: number): string {
  const cut = text.length > letters ? `${text.slice(0, letters)}…` : text;
  return visible(cut.replaceAll(/\r?\n/g, " ⏎ "));
}

/** What stands in the input when somebody begins to change a cell. */
export function editedText(value: unknown, { kind }: Pick<Column, "kind">): string {
  if (value === null || value === undefined) return "";
  // In a json column a text has its quotes: without them it is another value, or none.
  if (typeof value === "string" && kind !== "json") return value;
  return JSON.stringify(value, undefined, typeof value === "object" ? 2 : undefined);
}

const WIDTHS: Readonly<Record<string, number>> = {
  id: 100,
  boolean: 110,
  longText: 300,
  text: 210,
  email: 220,
  url: 240,
  timestamp: 216,
  uuid: 300,
  json: 240,
};
const LETTER = 8.2;

/** Wide enough for what such a column usually holds, and for its own name. */
export function columnWidth(column: Column): number {
  const usual = WIDTHS[column.kind] ?? (isNumber(column) ? 120 : 150);
  return Math.max(usual, Math.ceil(column.name.length * LETTER) + 44);
}

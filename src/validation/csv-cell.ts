import type { ColumnModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import type { CsvCell } from "./csv-record.ts";
import { parseJson } from "./parse-json.ts";

/** A spreadsheet runs a cell that begins so (CSV injection): "=HYPERLINK(…)" would send the other cells away. */
const GUARDED = /^[=+\-@\t\r']/;
/** What cannot stand bare in a cell (RFC 4180 §2.6). */
const SPECIAL = /[",\r\n]/;

/** A value of an answer as a cell: null is empty, an empty text is `""`. */
export function csvCell(column: ColumnModel, value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  const { as } = column.kind.storage;
  if (as === "json") return quotedCell(JSON.stringify(value));
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // A minus is the sign of a number, and only text can hold what a spreadsheet would run.
  return quotedCell(as === "text" && GUARDED.test(text) ? `'${text}` : text);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A cell as the JSON value that it stands for. A bare empty cell is null, or nothing where the column cannot be null;
 * what does not fit the column stays text, so that the check of the body says so.
 */
export function csvValue(column: ColumnModel, { text, quoted }: CsvCell): Json | undefined {
  if (text === "" && !quoted) return column.optional ? null : undefined;
  switch (column.kind.storage.as) {
    case "text":
      // The quote that csvCell put in front, and no other.
      return text.startsWith("'") && GUARDED.test(text.slice(1)) ? text.slice(1) : text;
    case "integer":
    case "real":
      return NUMBER.test(text) ? Number(text) : text;
    case "boolean":
      return text === "true" || text === "false" ? text === "true" : text;
    case "json":
      return parseJson(Buffer.from(text));
    default:
      return text;
  }
}

/** The name of a column in the header. */
export function csvName(name: string): string {
  return quotedCell(name);
}

function quotedCell(text: string): string {
  return text === "" || SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

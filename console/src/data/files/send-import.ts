import { sendUpload } from "../../api/send-upload.ts";
import { type ProblemDocument, problemOf } from "../../explorer/findings.ts";
import { isGood, refusalWords, requestOfCaller } from "../ask-as-caller.ts";
import type { Table } from "../tables.ts";
import type { ImportSource } from "./import-source.ts";

/** What is wrong in one row; 1 is the first row of the file behind its header. */
export interface RowFinding {
  readonly row: number;
  readonly column: string;
  readonly message: string;
}

export type Imported =
  | { readonly created: number }
  | { readonly refused: string; readonly findings: readonly RowFinding[] };

interface Sending {
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
}

/** All rows are written, or none. */
export async function sendImport(table: Table, { type, body }: ImportSource, sending: Sending): Promise<Imported> {
  const url = `/api/${encodeURIComponent(table.path)}`;
  const request = await requestOfCaller({ method: "POST", url, headers: { "content-type": type }, body });
  const answer = await sendUpload(request, sending);
  if (!isGood(answer)) return { refused: refusalWords(answer), findings: rowFindings(problemOf(answer)) };
  const made = JSON.parse(answer.text) as { readonly created: number } | readonly unknown[];
  return { created: "created" in made ? made.created : made.length };
}

function rowFindings(problem: ProblemDocument | undefined): readonly RowFinding[] {
  return (problem?.errors ?? []).flatMap(({ pointer, message }) => {
    const [row = "", ...column] = pointer.slice(1).split("/");
    const name = column.join("/").replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(row) ? [{ row: Number(row) + 1, column: name, message }] : [{ row: 0, column: row, message }];
  });
}

/** What is wrong as a file; a spreadsheet runs no cell of it. */
export function findingsCsv(findings: readonly RowFinding[]): string {
  const lines = findings.map(({ row, column, message }) => [row === 0 ? "header" : String(row), column, message]);
  return [["row", "column", "message"], ...lines].map((cells) => cells.map(csvCell).join(",")).join("\r\n");
}

function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

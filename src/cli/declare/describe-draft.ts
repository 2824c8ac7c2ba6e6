import { COUNTED_ROWS } from "../../database/sqlite/existing/existing-database.ts";
import { paint } from "../terminal.ts";
import { columnsOf, type Draft, type DraftTable, isLeftOut } from "./draft.ts";

/** Signs that move the cursor of a terminal or change its colours. */
const NOT_IN_TERMINAL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
/** Findings of one sort that are printed; all of them stand in the declaration. */
const PRINTED_FINDINGS = 30;

/** What was found, guessed and left out, for a person at a terminal. */
export function describeDraft(draft: Draft): string {
  const guessed = draft.tables.flatMap((table) => [
    ...table.notes.map((note) => `${table.name}: ${note}`),
    ...columnsOf(table).flatMap((column) => column.notes.map((note) => `${table.name}.${column.name}: ${note}`)),
  ]);
  const leftOut = [
    ...draft.tables.flatMap((table) => [
      ...table.columns.flatMap((entry) =>
        isLeftOut(entry) ? [`${table.name}.${entry.leftOut}: ${entry.reason}`] : [],
      ),
      ...(table.cannotCreate === undefined ? [] : [`${table.name}: ${table.cannotCreate}`]),
    ]),
    ...draft.leftOut.map((entry) => `${entry.leftOut}: ${entry.reason}`),
  ];
  return [...tableOfTables(draft), ...section("Noticed", guessed), ...section("Left out", leftOut)].join("\n");
}

function tableOfTables(draft: Draft): string[] {
  const head = ["Table", "Columns", "Rows", "Relations"];
  const lines = draft.tables.map((table) => [
    clean(table.is === "view" ? `${table.name} (view)` : table.name),
    String(columnsOf(table).length + (!draft.adopted && table.key.length === 0 ? 1 : 0)),
    table.rows > COUNTED_ROWS ? `over ${COUNTED_ROWS.toLocaleString("en")}` : table.rows.toLocaleString("en"),
    clean(relationsOf(table)),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...lines.map((line) => [...(line[at] ?? "")].length)));
  const row = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => (at === 1 || at === 2 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join("  ")}`.trimEnd();
  return [paint.bold(row(head)), ...lines.map(row)];
}

function relationsOf(table: DraftTable): string {
  return columnsOf(table)
    .flatMap(({ name, reference }) => (reference === undefined ? [] : [`${name} → ${reference.table}`]))
    .join(", ");
}

function section(title: string, findings: readonly string[]): string[] {
  if (findings.length === 0) return [];
  const more = findings.length - PRINTED_FINDINGS;
  return [
    "",
    paint.bold(title),
    ...findings.slice(0, PRINTED_FINDINGS).map((finding) => `  ${clean(finding)}.`),
    ...(more > 0 ? [`  and ${more} more, each a comment in servery.ts.`] : []),
  ];
}

function clean(text: string): string {
  return text.replace(NOT_IN_TERMINAL, " ");
}

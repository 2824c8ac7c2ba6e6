import { byteSize, wholeNumber } from "../../text/amounts.ts";
import { RowCounter } from "./row-counter.ts";

/** A file, as it is sent. */
export interface ImportSource {
  readonly type: string;
  readonly body: Blob;
  readonly rows: number;
}

interface Reading {
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onPart: (part: number) => void;
}

// What the API takes at once: docs/limits.md.
export const IMPORT_BYTES = 268_435_456;
export const IMPORT_ROWS = 100_000;
const LIST_BYTES = 1_048_576;
const LIST_ROWS = 1_000;
/** JSON is read in one piece, which keeps a page from answering meanwhile; lines are not. */
const JSON_BYTES = 33_554_432;
const ROWS_A_TURN = 5_000;

/** Reads a file and says how far it is. Throws, in words, what the API would refuse after all of it was sent. */
export async function readSource(file: File, reading: Reading): Promise<ImportSource> {
  if (file.size > IMPORT_BYTES)
    throw new Error(`The file has ${byteSize(file.size)}, and an import takes ${byteSize(IMPORT_BYTES)}. ${IN_PARTS}`);
  const source = /\.json$/i.test(file.name) ? await jsonSource(file, reading) : await linesSource(file, reading);
  if (source.rows > IMPORT_ROWS)
    throw new Error(
      `The file has ${wholeNumber(source.rows)} rows, and an import takes ${wholeNumber(IMPORT_ROWS)}. ${IN_PARTS}`,
    );
  return source;
}

const IN_PARTS = "Part it into several files: each is written whole or not at all.";

/** The file goes as it is; it is never in memory as a whole. */
async function linesSource(file: File, { signal, onPart }: Reading): Promise<ImportSource> {
  const form = /\.(?:ndjson|jsonl)$/i.test(file.name) ? "ndjson" : "csv";
  const counter = new RowCounter(form);
  const reader = file.stream().getReader();
  for (let read = 0; ; ) {
    const { done, value } = await reader.read();
    signal.throwIfAborted();
    if (done) break;
    counter.add(value);
    read += value.byteLength;
    onPart(read / Math.max(1, file.size));
  }
  return { type: form === "csv" ? "text/csv" : "application/x-ndjson", body: file, rows: counter.rows };
}

async function jsonSource(file: File, reading: Reading): Promise<ImportSource> {
  if (file.size > JSON_BYTES)
    throw new Error(
      `A JSON file may have ${byteSize(JSON_BYTES)} here, and this one has ${byteSize(file.size)}. As NDJSON, one row a line, it may have ${byteSize(IMPORT_BYTES)}.`,
    );
  const value = parsed(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  const lines: string[] = [];
  for (let at = 0; at < rows.length; at += ROWS_A_TURN) {
    lines.push(...rows.slice(at, at + ROWS_A_TURN).map((row) => JSON.stringify(row)));
    reading.onPart(Math.min(1, (at + ROWS_A_TURN) / rows.length));
    // The page answers in between.
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    reading.signal.throwIfAborted();
  }
  const list = new Blob([`[${lines.join(",")}]`]);
  return rows.length <= LIST_ROWS && list.size <= LIST_BYTES
    ? { type: "application/json", body: list, rows: rows.length }
    : { type: "application/x-ndjson", body: new Blob([lines.join("\n")]), rows: rows.length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The file is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

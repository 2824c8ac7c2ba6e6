import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { RowStream } from "../engine.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { UsageError } from "./usage-error.ts";

const FORMS = [".json", ".ndjson", ".csv"];
/** A JSON file is read whole; rows as NDJSON and CSV are read while they come. */
const LONGEST_JSON_BYTES = 268_435_456;

/** A file of rows, called like the table that they belong to. */
export interface RowFile {
  readonly path: string;
  /** The file's name without its ending. */
  readonly table: string;
  readonly bytes: number;
  /** The rows; `passed` is told how many bytes of the file have been read. */
  readonly open: (passed: (bytes: number) => void) => Promise<RowStream>;
}

/** Whether a word names a file of rows, and not a folder. */
export function isRowFile(word: string): boolean {
  return FORMS.includes(extname(word).toLowerCase());
}

/** A file of rows by its path. Throws a `UsageError` where it cannot be one, or the system's error. */
export async function rowFile(path: string): Promise<RowFile> {
  const ending = extname(path);
  if (!isRowFile(path)) throw new UsageError(`${path} is no file of rows. Name files that end in ${FORMS.join(", ")}.`);
  const { size } = await stat(path);
  const form = ending.toLowerCase() === ".csv" ? "csv" : "ndjson";
  const isList = ending.toLowerCase() === ".json";
  return {
    path,
    table: basename(path, ending),
    bytes: size,
    open: async (passed) => ({
      form,
      bytes: isList ? linesOf(await rowList(path, size), size, passed) : piecesOf(path, passed),
    }),
  };
}

async function* piecesOf(path: string, passed: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
    yield piece;
    read += piece.byteLength;
    passed(read);
  }
}

async function rowList(path: string, size: number): Promise<readonly unknown[]> {
  if (size > LONGEST_JSON_BYTES)
    throw new DeclarationError(path, "the file is too long for JSON", "Write its rows as NDJSON, one a line");
  const text = await readFile(path, "utf8");
  let rows: unknown;
  try {
    rows = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    throw new DeclarationError(path, `the file is no JSON: ${reason}`, "Write the rows as [{ … }, { … }]");
  }
  if (!Array.isArray(rows))
    throw new DeclarationError(path, "the file holds no list", "Write the rows as [{ … }, { … }]");
  return rows;
}

async function* linesOf(
  rows: readonly unknown[],
  size: number,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for (const [at, row] of rows.entries()) {
    yield Buffer.from(`${JSON.stringify(row)}\n`);
    passed((size * (at + 1)) / rows.length);
  }
}

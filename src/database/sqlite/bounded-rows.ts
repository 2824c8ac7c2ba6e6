import { DatabaseError, type Stored } from "../database.ts";
import type { SqliteStatement } from "./driver.ts";

/** What an answer may hold: about so many bytes of memory, and so many rows. */
export interface Bounds {
  readonly maxBytes: number;
  readonly maxRows?: number | undefined;
}

/** The rows of a statement, unless they go beyond the bounds. Throws `too_big`, and stops there. */
export function boundedRows(
  statement: SqliteStatement,
  params: readonly Stored[],
  { maxBytes, maxRows = Number.POSITIVE_INFINITY }: Bounds,
): Stored[][] {
  const rows: Stored[][] = [];
  let bytes = 0;
  for (const row of statement.iterate(params)) {
    bytes += bytesOf(row);
    if (bytes > maxBytes)
      throw new DatabaseError({ kind: "too_big", message: `The rows are larger than ${maxBytes} bytes.` });
    if (rows.length >= maxRows)
      throw new DatabaseError({ kind: "too_big", message: `There are more than ${maxRows} rows.` });
    rows.push(row);
  }
  return rows;
}

/** What a row takes of memory, roughly. */
export function bytesOf(row: readonly Stored[]): number {
  let bytes = 32;
  for (const value of row) {
    if (typeof value === "string") bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
    bytes += 8;
  }
  return bytes;
}

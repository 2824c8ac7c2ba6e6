import { DatabaseError, type Stored } from "../database.ts";
import { bytesOf } from "../write-rules.ts";
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

/** The first rows of a statement, and whether there are more. Throws `too_big` where these are too large. */
export function firstRows(
  statement: SqliteStatement,
  params: readonly Stored[],
  { maxBytes, maxRows }: { readonly maxBytes: number; readonly maxRows: number },
): { readonly rows: Stored[][]; readonly isCut: boolean } {
  const rows: Stored[][] = [];
  let bytes = 0;
  for (const row of statement.iterate(params)) {
    if (rows.length >= maxRows) return { rows, isCut: true };
    bytes += bytesOf(row);
    if (bytes > maxBytes)
      throw new DatabaseError({ kind: "too_big", message: `The rows are larger than ${maxBytes} bytes.` });
    rows.push(row);
  }
  return { rows, isCut: false };
}

import { DatabaseError, type Stored } from "../database.ts";
import type { SqliteStatement } from "./driver.ts";

/** The rows of a statement, unless they take more memory than `maxBytes`, roughly. Throws `too_big`, and stops there. */
export function boundedRows(statement: SqliteStatement, params: readonly Stored[], maxBytes: number): Stored[][] {
  const rows: Stored[][] = [];
  let bytes = 0;
  for (const row of statement.iterate(params)) {
    bytes += bytesOf(row);
    if (bytes > maxBytes)
      throw new DatabaseError({ kind: "too_big", message: `The rows are larger than ${maxBytes} bytes.` });
    rows.push(row);
  }
  return rows;
}

function bytesOf(row: readonly Stored[]): number {
  let bytes = 32;
  for (const value of row) {
    if (typeof value === "string") bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
    bytes += 8;
  }
  return bytes;
}

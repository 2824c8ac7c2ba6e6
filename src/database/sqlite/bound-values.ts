import type { Stored } from "../database.ts";

/**
 * The values as both bindings take them. They bind every JavaScript number as a REAL, so `2` would become '2.0' in a
 * text and 2.0 in JSON: whole numbers go as bigint, which binds as INTEGER (and has no -0).
 */
export function boundValues(params: readonly Stored[]): readonly Stored[] {
  let bound: Stored[] | undefined;
  for (let at = 0; at < params.length; at++) {
    const value = params[at];
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) continue;
      bound ??= params.slice();
      bound[at] = BigInt(value);
    } else if (!isStorable(value)) {
      throw new TypeError(
        `The value for parameter ${at + 1} is of the type ${typeof value}, which SQLite cannot store.`,
      );
    }
  }
  return bound ?? params;
}

/** Where the types were wrong: one binding would store NULL for a hole or an object, the other refuse it. */
function isStorable(value: Stored | undefined): boolean {
  return typeof value === "string" || typeof value === "bigint" || value === null || value instanceof Uint8Array;
}

/** Turns the bigints of rows that were read exactly into numbers, but for those a number cannot hold. In place. */
export function narrowIntegers(rows: Stored[][]): Stored[][] {
  for (const row of rows) narrowRow(row);
  return rows;
}

/** Like `narrowIntegers`, for one row. */
export function narrowRow(row: Stored[]): Stored[] {
  for (let at = 0; at < row.length; at++) {
    const value = row[at];
    if (typeof value !== "bigint") continue;
    const narrow = Number(value);
    if (Number.isSafeInteger(narrow)) row[at] = narrow;
  }
  return row;
}

/** Whether a number was read that may be an integer which lost its last digits. */
export function mayHaveLostDigits(rows: readonly (readonly Stored[])[]): boolean {
  for (const row of rows) {
    for (const value of row) {
      if (typeof value === "number" && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER))
        return true;
    }
  }
  return false;
}

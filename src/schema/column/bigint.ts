import { Column, type Plain } from "../column.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const CANONICAL_INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;

/** A whole number of 64 bits. A string in JSON, since a double ends at 2^53; a safe number is accepted too. */
export function bigint(): Column<string, string | number, Plain, "ordered"> {
  return new Column({
    name: "bigint",
    storage: { as: "bigint", min: INT64_MIN, max: INT64_MAX },
    input: {
      type: ["string", "integer"],
      format: "int64",
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
    },
    output: { type: "string", format: "int64" },
    typescript: "string",
    textual: false,
    ordered: true,
    expects: "a whole number of 64 bits as a string",
    store: (value) => BigInt(value as string | number),
    parse: parseBigint,
  });
}

/** The text of a 64-bit integer in its one spelling, or undefined. */
export function parseBigint(text: string): bigint | undefined {
  if (!CANONICAL_INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

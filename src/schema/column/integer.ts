import { Column } from "../column.ts";
import { checkRange } from "../declared-bounds.ts";
import type { Kind } from "../kind.ts";

/** The range that every database's INTEGER shares. */
const INT32_MIN = -2_147_483_648;
const INT32_MAX = 2_147_483_647;

/** The one spelling of a whole number; "01", "+1", "1.0" and "1e3" are not numbers of a URL. */
const CANONICAL_INTEGER = /^(?:0|-?[1-9]\d{0,15})$/;

export interface IntegerOptions {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number of 32 bits, or within `min` and `max`. */
export function integer(options: IntegerOptions = {}): Column<number> {
  const { min = INT32_MIN, max = INT32_MAX } = options;
  checkRange("integer()", min, max);
  return new Column(integerKind("integer", min, max));
}

/** The kind of generated keys and of references to them: exact in JSON up to 2^53. */
export const identityKind: Kind = integerKind("id", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

function integerKind(name: string, min: number, max: number): Kind {
  return {
    name,
    storage: { as: "integer", min, max },
    input: { type: "integer", minimum: min, maximum: max },
    output: { type: "integer" },
    typescript: "number",
    textual: false,
    ordered: true,
    expects: `a whole number from ${min} to ${max}`,
    // Adding zero turns -0, which JSON knows and integers do not, into 0.
    store: (value) => (value as number) + 0,
    parse: (text) => {
      if (!CANONICAL_INTEGER.test(text)) return undefined;
      const value = Number(text);
      return Number.isSafeInteger(value) ? value : undefined;
    },
  };
}

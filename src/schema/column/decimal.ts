import { DeclarationError } from "../../errors/declaration-error.ts";
import { Column, type Plain } from "../column.ts";

/** Digits that fit a 64-bit integer, which is how SQLite keeps a decimal exactly. */
const MAX_PRECISION = 18;
/** Digits that every decimal keeps on its way through a double (IEEE 754); with more, another number may have been sent. */
const EXACT_DIGITS = 15;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

export interface DecimalOptions {
  /** Smallest value, as a string: "0". */
  readonly min?: string;
  readonly max?: string;
}

/**
 * An exact number of `precision` digits, `scale` of them behind the point. A string in JSON ("199.99");
 * a JSON number is accepted when it needs no rounding.
 */
export function decimal(
  precision: number,
  scale: number,
  options: DecimalOptions = {},
): Column<string, string | number, Plain, "ordered"> {
  if (!(precision >= 1 && precision <= MAX_PRECISION && scale >= 0 && scale <= precision)) {
    throw new DeclarationError(
      `decimal(${precision}, ${scale})`,
      `a decimal has 1 to ${MAX_PRECISION} digits, and not more behind the point`,
      "Write for example decimal(10, 2)",
    );
  }
  const bound = (text: string | undefined): bigint | undefined => {
    const value = text === undefined ? undefined : scaled(text, precision, scale);
    if (text !== undefined && value === undefined) {
      throw new DeclarationError(
        `decimal(${precision}, ${scale})`,
        `${JSON.stringify(text)} is no such number`,
        'Write min and max like "0.01"',
      );
    }
    return value;
  };
  const min = bound(options.min);
  const max = bound(options.max);
  const range = `${options.min === undefined ? "" : ` from ${options.min}`}${options.max === undefined ? "" : ` up to ${options.max}`}`;
  return new Column({
    name: "decimal",
    storage: {
      as: "decimal",
      precision,
      scale,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    },
    input: {
      type: ["string", "number"],
      decimal: {
        precision,
        scale,
        ...(options.min === undefined ? {} : { min: options.min }),
        ...(options.max === undefined ? {} : { max: options.max }),
      },
    },
    output: { type: "string", format: "decimal" },
    typescript: "string",
    textual: false,
    ordered: true,
    expects: `a number with at most ${precision} digits, ${scale} of them behind the point${range}, as a string`,
    store: (value) => scaled(decimalText(value as string | number), precision, scale) ?? 0n,
    parse: (text) => scaled(text, precision, scale),
  });
}

/** The decimal text of a JSON value, or "", which is no decimal, for a number that may have been rounded on its way. */
export function decimalText(value: string | number): string {
  if (typeof value !== "number") return value;
  const text = String(value + 0);
  const digits = text.replace(/^-|\./g, "").replace(/^0+/, "");
  return digits.length > EXACT_DIGITS ? "" : text;
}

/** "199.99" → 19999n at scale 2, or undefined when the text is no decimal or would be rounded. */
export function scaled(text: string, precision: number, scale: number): bigint | undefined {
  if (text.length > MAX_PRECISION * 2 + 2 || !DECIMAL.test(text)) return undefined;
  const [whole = "0", behind = ""] = text.split(".");
  const fraction = behind.replace(/0+$/, "");
  if (fraction.length > scale) return undefined;
  const digits = BigInt(whole.replace("-", "") + fraction.padEnd(scale, "0"));
  if (digits >= 10n ** BigInt(precision)) return undefined;
  return text.startsWith("-") ? -digits : digits;
}

/** 19999n → "199.99" at scale 2: the opposite of `scaled`. */
export function unscaled(stored: bigint, scale: number): string {
  const digits = String(stored < 0n ? -stored : stored).padStart(scale + 1, "0");
  const sign = stored < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

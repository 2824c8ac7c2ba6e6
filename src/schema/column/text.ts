import { Column } from "../column.ts";
import { checkLengths } from "../declared-bounds.ts";
import type { Kind } from "../kind.ts";

/** Code points a `longText` column takes unless its declaration says less. */
const LONG_TEXT_MAX = 1_000_000;

export interface TextOptions {
  /** Fewest code points. A required text column without a default takes at least one: "" is no title. */
  readonly min?: number;
}

/** Text of at most `max` code points. */
export function text(max: number, options: TextOptions = {}): Column<string> {
  checkLengths(`text(${max})`, max, options.min);
  return new Column(textKind("text", max, options.min));
}

/** Text without a length worth naming: at most 1,000,000 code points, or `max`. */
export function longText(options: TextOptions & { readonly max?: number } = {}): Column<string> {
  const max = options.max ?? LONG_TEXT_MAX;
  checkLengths("longText()", max, options.min);
  return new Column(textKind("longText", max, options.min));
}

/** `min` stays open (-1) until the table is resolved: only then is it known whether the column is required. */
export function textKind(name: "text" | "longText", max: number, min = -1): Kind {
  const lengths = { ...(min > 0 ? { minLength: min } : {}), maxLength: max };
  return {
    name,
    storage: { as: "text", min, max },
    input: { type: "string", ...lengths, format: "text" },
    output: { type: "string", maxLength: max },
    typescript: "string",
    textual: true,
    ordered: true,
    expects: `text of ${min > 0 ? `${min} to` : "at most"} ${max} characters`,
    store: (value) => value as string,
    parse: (text) => text,
  };
}

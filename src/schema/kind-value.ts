import { decimalText } from "./column/decimal.ts";
import { formats } from "./formats.ts";
import type { Kind } from "./kind.ts";
import { plainValue } from "./plain-value.ts";
import type { Json } from "./stored.ts";

/** Whether a value of the declaration or of its code would be taken from a body. */
export function isOfKind(kind: Kind, value: Json): boolean {
  const { storage } = kind;
  switch (storage.as) {
    case "json":
      return true;
    case "text":
      return typeof value === "string" && isTextOf(kind, storage, value);
    case "boolean":
      return typeof value === "boolean";
    case "real":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= storage.min && value <= storage.max;
    case "decimal": {
      const stored =
        typeof value === "string" || typeof value === "number" ? kind.parse(decimalText(value)) : undefined;
      return typeof stored === "bigint" && stored >= (storage.min ?? stored) && stored <= (storage.max ?? stored);
    }
    case "bigint":
      return (typeof value === "string" || typeof value === "number") && kind.parse(String(value)) !== undefined;
    default:
      return typeof value === "string" && kind.parse(value) !== undefined;
  }
}

function isTextOf(kind: Kind, storage: Extract<Kind["storage"], { as: "text" }>, value: string): boolean {
  const length = [...value].length;
  const { format: name } = kind.input;
  const format = typeof name === "string" ? formats[name] : undefined;
  return (
    length >= storage.min &&
    length <= storage.max &&
    (storage.values?.includes(value) ?? true) &&
    (format?.(value) ?? true)
  );
}

/** The JSON text of a value that is of this kind, spelt as the database would; undefined for one that is not. */
export function jsonOfKind(kind: Kind, value: unknown): string | undefined {
  const { storage } = kind;
  // JSON.stringify answers undefined for what is no JSON, and throws for a bigint and for a ring.
  if (storage.as === "json") return JSON.stringify(value);
  return isOfKind(kind, value as Json) ? JSON.stringify(plainValue(kind, value as Json)) : undefined;
}

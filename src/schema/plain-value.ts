import { unscaled } from "./column/decimal.ts";
import type { Kind } from "./kind.ts";
import type { Json, Stored } from "./stored.ts";

/** A value that `kind.input` accepted, in the spelling that an answer has: `12.5` becomes "12.50". */
export function plainValue(kind: Kind, value: Json): Json {
  // JSON is stored as its text: the value itself is plain already.
  return value === null || kind.storage.as === "json" ? value : writtenAs(kind, kind.store(value));
}

/** A stored value as the JSON of an answer has it. In answers of tables the database writes it; this is for values that meet none. */
export function writtenAs({ storage }: Kind, stored: Stored): Json {
  if (stored === null || stored instanceof Uint8Array) return null;
  switch (storage.as) {
    case "boolean":
      return stored === 1 || stored === 1n;
    case "bigint":
      return String(stored);
    case "decimal":
      return unscaled(BigInt(stored), storage.scale);
    case "json":
      return JSON.parse(stored as string) as Json;
    default:
      return typeof stored === "bigint" ? String(stored) : stored;
  }
}

import type { Storage } from "../../schema/kind.ts";

type StoredAs = Storage["as"];

/**
 * What values of a storage may become without losing anything. A value that does not fit (`1.50` as a whole number)
 * stops the change; what is not named here no value fits, and the column counts as dropped and new.
 */
const BECOMES: Readonly<Record<StoredAs, readonly StoredAs[]>> = {
  text: ["text", "integer", "bigint", "decimal", "real", "boolean", "date", "timestamp", "uuid", "json"],
  integer: ["integer", "bigint", "decimal", "real", "boolean", "text"],
  bigint: ["bigint", "integer", "decimal", "real", "boolean", "text"],
  decimal: ["decimal", "integer", "bigint", "real", "text"],
  real: ["real", "integer", "bigint", "decimal", "text"],
  boolean: ["boolean", "integer", "bigint", "text"],
  date: ["date", "timestamp", "text"],
  timestamp: ["timestamp", "date", "text"],
  uuid: ["uuid", "text"],
  json: ["json", "text"],
};

/** Whether there are values that both storages can hold. */
export function isConvertible(from: Storage, to: Storage): boolean {
  return BECOMES[from.as].includes(to.as);
}

import type { Storage } from "../../schema/kind.ts";

/** Above this many characters a text is called long: its greatest length says nothing to a reader. */
const LONG_TEXT = 100_000;

/** A storage as a declaration would write it. */
export function describeStorage(storage: Storage): string {
  switch (storage.as) {
    case "text":
      if (storage.values !== undefined) return `enumeration(${storage.values.join(", ")})`;
      if (storage.max >= LONG_TEXT) return storage.min > 0 ? `longText of at least ${storage.min}` : "longText";
      return storage.min > 0 ? `text of ${storage.min} to ${storage.max} characters` : `text(${storage.max})`;
    case "integer":
      return `integer from ${storage.min} to ${storage.max}`;
    case "decimal":
      return `decimal(${storage.precision}, ${storage.scale})`;
    case "json":
      return storage.object === undefined ? "json" : "document";
    default:
      return storage.as;
  }
}

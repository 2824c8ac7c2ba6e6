import { Column, type Plain } from "../column.ts";
import type { Kind } from "../kind.ts";
import { isDate } from "./date.ts";

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

export const timestampKind: Kind = {
  name: "timestamp",
  storage: { as: "timestamp" },
  input: { type: "string", format: "date-time" },
  output: { type: "string", format: "date-time" },
  typescript: "string",
  textual: false,
  ordered: true,
  expects: "a time like 2024-01-15T14:30:00Z",
  store: (value) => canonicalTimestamp(value as string) ?? null,
  parse: canonicalTimestamp,
};

/** A moment, kept in UTC to the millisecond. Read as UTC when no offset is given. */
export function timestamp(): Column<string, string, Plain, "ordered"> {
  return new Column(timestampKind);
}

/**
 * The one spelling of a moment, `2024-10-28T10:30:00.000Z`, or undefined when the text is no real time.
 * Leap seconds and years beyond 9999 have no spelling that every database keeps. Digits behind the
 * millisecond are cut.
 */
export function canonicalTimestamp(text: string): string | undefined {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return undefined;
  const [, day = "", hour = "00", minute = "00", second = "00", fraction = "", offset = "Z"] = parts;
  if (!isDate(day) || hour > "23" || minute > "59" || second > "59") return undefined;
  const canonical = `${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}Z`;
  if (offset === "Z") return canonical;
  if (offset.slice(1, 3) > "23" || offset.slice(4) > "59") return undefined;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  const moved = new Date(Date.parse(canonical) - (offset[0] === "-" ? -minutes : minutes) * 60_000).toISOString();
  // Years outside 0000–9999 are written with a sign, and so are longer.
  return moved.length === canonical.length && !moved.startsWith("0000") ? moved : undefined;
}

import { createHash } from "node:crypto";

/** Names beyond it PostgreSQL cuts, so that two could become one. */
const MAX_NAME_BYTES = 63;
const HASH_DIGITS = 10;

/** A name as PostgreSQL takes any name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name of our own making, made short where it is too long, the same each time. */
export function constraintName(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_NAME_BYTES) return quoteName(name);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_DIGITS);
  const start = bytes
    .subarray(0, MAX_NAME_BYTES - HASH_DIGITS - 1)
    .toString()
    .replace(/\uFFFD+$/, "");
  return quoteName(`${start}_${hash}`);
}

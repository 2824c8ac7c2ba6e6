/** Characters of a subject: OpenID Connect Core 1.0 §2 allows 255. */
const LONGEST_SUBJECT = 255;
/** Characters of an address: RFC 5321 §4.5.3.1. */
const LONGEST_ADDRESS = 254;
/** Characters of a name that are kept. */
const LONGEST_NAME = 100;

const PLAIN = /^[^\p{Cc}\p{Cs}]+$/u;

/** A subject as it may be stored; undefined where it is none. Numbers are GitHub's. */
export function assertedSubject(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  return typeof value === "string" && value.length <= LONGEST_SUBJECT && PLAIN.test(value) ? value : undefined;
}

/** An address as it may be looked up and stored; undefined where it is none. */
export function assertedEmail(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > LONGEST_ADDRESS || !PLAIN.test(value)) return undefined;
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? value : undefined;
}

/** A person's name as it may be shown; undefined where it is none. */
export function assertedName(value: unknown): string | undefined {
  if (typeof value !== "string" || !PLAIN.test(value) || value.trim() === "") return undefined;
  return [...value.trim()].slice(0, LONGEST_NAME).join("");
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Bytes of a secret. */
const SECRET_BYTES = 32;
/** The base64url of as many: the last character carries four bits, so the others of it are zero. */
const SECRET = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** A new secret of 256 bits behind its prefix. The text is shown once, in a mail or an answer; the hash is stored. */
export function newOneTimeSecret(prefix: string): { text: string; hash: string } {
  const text = `${prefix}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
  return { text, hash: hashOneTimeSecret(text) };
}

/** SHA-256 of the whole text, prefix and all, in hex. It is random, so a fast hash gives nothing away. */
export function hashOneTimeSecret(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Whether the text has the form of a secret with this prefix, so that nothing else is ever looked up. */
export function isOneTimeSecret(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && SECRET.test(text.slice(prefix.length + 1));
}

/** Whether two hashes are equal, in a time that does not tell where they differ. */
export function sameHash(stored: string, given: string): boolean {
  const [one, other] = [Buffer.from(stored), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

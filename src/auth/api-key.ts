import { createHash, randomBytes } from "node:crypto";
import { hashOneTimeSecret, sameHash } from "./one-time-secret.ts";
import { readableText } from "./readable-text.ts";

/** What every key begins with, so that a scanner for secrets knows one in a file or a log. */
const PREFIX = "svk";
/** Bytes of an id: 80 bits, so that two keys never have the same one. */
const ID_BYTES = 10;
/** Bytes of a secret: 256 bits, 52 characters. */
const SECRET_BYTES = 32;
/** Characters of the checksum, five bits each: one mistyped key in 2^30 passes for a key. */
const CHECKSUM_CHARACTERS = 6;
const FORM = /^svk_([0-9a-hjkmnp-tv-z]{16})_[0-9a-hjkmnp-tv-z]{52}([0-9a-hjkmnp-tv-z]{6})$/;

/** What a key says of itself. */
export interface ApiKey {
  /** Under which it is stored, and which may be shown in lists and logs. */
  readonly id: string;
  /** SHA-256 of the whole text, in hex. */
  readonly hash: string;
}

/** A new key. The text is shown once; id and hash are stored. */
export function newApiKey(): ApiKey & { readonly text: string } {
  const id = readableText(randomBytes(ID_BYTES));
  const body = `${PREFIX}_${id}_${readableText(randomBytes(SECRET_BYTES))}`;
  const text = body + checksum(body);
  return { id, text, hash: hashOneTimeSecret(text) };
}

/** Whether a bearer token is meant to be an API key, well-formed or not. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(`${PREFIX}_`);
}

/**
 * The id and the hash of a key's text, or undefined when it has not the form `svk_<id>_<secret><checksum>` or the
 * checksum is another one: then it was mistyped or cut, and need not be looked for. Exact: a key is copied, not typed,
 * and two spellings of one key would be two secrets to a scanner.
 */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, id, check] = FORM.exec(text) ?? [];
  if (id === undefined || check !== checksum(text.slice(0, -CHECKSUM_CHARACTERS))) return undefined;
  return { id, hash: hashOneTimeSecret(text) };
}

/** Whether the key is the one whose hash is stored, in a time that does not tell where the two differ. */
export function isApiKey(key: ApiKey, storedHash: string): boolean {
  return sameHash(storedHash, key.hash);
}

/** The first characters of SHA-256 in base 32. It finds mistakes and proves nothing: everybody can compute it. */
function checksum(body: string): string {
  return readableText(createHash("sha256").update(body).digest()).slice(0, CHECKSUM_CHARACTERS);
}

import { createHmac } from "node:crypto";
import type { AccessSubject } from "#servery/auth/tokens/access-tokens.js";
import { KEY_GRACE_SECONDS, KeyRing, type KeyStore, type TokenAlgorithm } from "#servery/auth/tokens/key-ring.js";
import { makeKey, openKey, type SigningKey } from "#servery/auth/tokens/signing-key.js";

/** Everything that a forger could know or hold, and more: it may sign with the server's own keys where a family says so. */
export interface ForgingGround {
  readonly ring: KeyRing;
  /** Every key that the ring verifies with, one for each algorithm; the first signed the valid token. */
  readonly keys: readonly SigningKey[];
  /** A key of the same store whose grace is over. */
  readonly retired: SigningKey;
  /** Keys of nobody: the forger's own, one for each algorithm. */
  readonly foreign: readonly SigningKey[];
  readonly issuer: string;
  /** A token that is accepted, and whom it speaks for. */
  readonly valid: string;
  readonly subject: AccessSubject;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds that may pass until a token has been sent: one that is not valid yet must not become valid meanwhile. */
  readonly sentWithin: number;
}

export const algorithms: readonly TokenAlgorithm[] = ["EdDSA", "ES256", "HS256"];

const FORGERS_SECRET = "the forger's own secret, which no server has: 93ab1";

export interface KeysOptions {
  readonly store: KeyStore;
  readonly secret: string;
  readonly algorithm: TokenAlgorithm;
  readonly now: () => number;
}

/**
 * Fills a store with a key for each algorithm and one whose grace is over, and opens the ring. For a running server do
 * so before it starts.
 */
export async function prepareKeys(
  options: KeysOptions,
): Promise<Pick<ForgingGround, "ring" | "keys" | "retired" | "foreign">> {
  const { store, secret, algorithm, now } = options;
  const overSince = new Date(now() - KEY_GRACE_SECONDS * 1000).toISOString();
  const over = await makeKey({ secret, algorithm, createdAt: overSince });
  await store.add(over);
  await store.retire(over.kid, overSince);
  // Each change of the algorithm retires the key before it, which verifies on.
  for (const other of algorithms) if (other !== algorithm) await KeyRing.open({ ...options, algorithm: other });
  const ring = await KeyRing.open(options);
  const signing = await ring.signingKey();
  const kids = (await store.load())
    .map(({ kid }) => kid)
    .filter((kid) => kid !== over.kid && kid !== signing.stored.kid);
  const others = (await Promise.all(kids.map((kid) => ring.verifyingKey(kid)))).filter((key) => key !== undefined);
  const createdAt = new Date(now()).toISOString();
  const foreign = algorithms.map(async (of) =>
    openKey(FORGERS_SECRET, await makeKey({ secret: FORGERS_SECRET, algorithm: of, createdAt })),
  );
  const retired = await openKey(secret, over);
  return { ring, keys: [signing, ...others], retired, foreign: await Promise.all(foreign) };
}

export type Members = Record<string, unknown>;
export type Signer = (input: string) => Promise<Uint8Array> | Uint8Array;

/** Signs as the key's algorithm says. */
export function signer({ stored, signing }: SigningKey): Signer {
  if (signing instanceof Uint8Array) return hmac(signing);
  const algorithm = stored.algorithm === "EdDSA" ? { name: "Ed25519" } : { name: "ECDSA", hash: "SHA-256" };
  return async (input) => new Uint8Array(await crypto.subtle.sign(algorithm, signing, Buffer.from(input)));
}

export function hmac(key: string | Uint8Array, hash = "sha256"): Signer {
  return (input) => createHmac(hash, key).update(input).digest();
}

/** The same bytes, whatever was to be signed. */
export function fixed(signature: Uint8Array): Signer {
  return () => signature;
}

export function base64url(part: string | Uint8Array | object): string {
  const text = typeof part === "string" || part instanceof Uint8Array ? part : JSON.stringify(part);
  return Buffer.from(text).toString("base64url");
}

/** A compact JWS of any header and payload: an object as JSON, a text or bytes as they are. */
export async function compact(
  header: string | Uint8Array | object,
  payload: string | Uint8Array | object,
  sign: Signer,
): Promise<string> {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${base64url(await sign(input))}`;
}

/** The header and the claims of an access token that the server would accept from this key. */
export function headerOf({ stored }: SigningKey): Members {
  return { alg: stored.algorithm, kid: stored.kid, typ: "at+jwt" };
}

export function claimsOf({ subject, issuer, now }: ForgingGround): Members {
  const iat = Math.floor(now() / 1000);
  const { subject: sub, table, session: sid } = subject;
  return { sub, table, sid, iss: issuer, aud: `${issuer}/api`, iat, exp: iat + 600 };
}

export function mainKey({ keys }: ForgingGround): SigningKey {
  const [key] = keys;
  if (key === undefined) throw new Error("The ring has no key");
  return key;
}

/** Signs with the server's own key a header or claims that differ in one thing; undefined leaves a member out. */
export function altered(ground: ForgingGround, header: Members, claims: Members = {}): Promise<string> {
  const key = mainKey(ground);
  return compact({ ...headerOf(key), ...header }, { ...claimsOf(ground), ...claims }, signer(key));
}

/** Claims of ever another subject: what a forger would want to be. */
export function coveted(ground: ForgingGround, count: number): Members[] {
  return Array.from({ length: count }, (_, at) => ({ ...claimsOf(ground), sub: String(at + 1), role: "admin" }));
}

/** Every pair of the two lists. */
export function pairs<A, B>(some: readonly A[], others: readonly B[]): [A, B][] {
  return some.flatMap((one) => others.map((other): [A, B] => [one, other]));
}

/** All ways to write a word in small and capital letters. */
export function cases(word: string): string[] {
  return [...word].reduce<string[]>(
    (written, letter) => written.flatMap((start) => [start + letter.toLowerCase(), start + letter.toUpperCase()]),
    [""],
  );
}

export type Tokens = (ground: ForgingGround) => Promise<string[]>;

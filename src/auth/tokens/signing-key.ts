import { randomBytes } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { uuidVersion7 } from "../../schema/uuid-version-7.ts";
import { seal, unseal } from "./sealed.ts";

export type TokenAlgorithm = "EdDSA" | "ES256" | "HS256";

/** A signing key as the database keeps it; `sealed` is the private JWK (or the symmetric secret), encrypted with the application's secret. */
export interface StoredKey {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly sealed: string;
  readonly createdAt: string;
  readonly retiredAt: string | null;
}

/** A key ready for use. */
export interface SigningKey {
  readonly stored: StoredKey;
  readonly signing: CryptoKey | Uint8Array;
  readonly verifying: CryptoKey | Uint8Array;
  /** The public half (RFC 7517); undefined for a symmetric key, which has none. */
  readonly published: JWK | undefined;
}

/** An HMAC key has at least as many bytes as the hash (RFC 7518 §3.2). */
const SYMMETRIC_KEY_BYTES = 32;

/** Members of a public JWK; a private or symmetric one has others, which are never copied. */
const PUBLIC_MEMBERS = ["kty", "crv", "x", "y"] as const;

/** A new key, sealed; `createdAt` is ISO 8601. */
export async function makeKey(of: {
  readonly secret: string;
  readonly algorithm: TokenAlgorithm;
  readonly createdAt: string;
}): Promise<StoredKey> {
  const { secret, algorithm, createdAt } = of;
  const kid = uuidVersion7();
  const sealed = seal(secret, purposeOf({ kid, algorithm }), JSON.stringify(await newJwk(algorithm)));
  return { kid, algorithm, sealed, createdAt, retiredAt: null };
}

/** Opens a stored key. Rejects where it was sealed with another secret, or its row was changed. */
export async function openKey(secret: string, stored: StoredKey): Promise<SigningKey> {
  const jwk = JSON.parse(unseal(secret, purposeOf(stored), stored.sealed)) as JWK;
  const signing = await importJWK(jwk, stored.algorithm);
  if (stored.algorithm === "HS256") return { stored, signing, verifying: signing, published: undefined };
  const members = PUBLIC_MEMBERS.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]] as const]));
  const published: JWK = { ...Object.fromEntries(members), kid: stored.kid, alg: stored.algorithm, use: "sig" };
  return { stored, signing, verifying: await importJWK(published, stored.algorithm), published };
}

async function newJwk(algorithm: TokenAlgorithm): Promise<JWK> {
  if (algorithm === "HS256") return { kty: "oct", k: randomBytes(SYMMETRIC_KEY_BYTES).toString("base64url") };
  return exportJWK((await generateKeyPair(algorithm, { extractable: true })).privateKey);
}

/** The algorithm is part of it: a row that names another algorithm for the same key cannot be opened. */
function purposeOf({ kid, algorithm }: { readonly kid: string; readonly algorithm: TokenAlgorithm }): string {
  return `signing key ${algorithm} ${kid}`;
}

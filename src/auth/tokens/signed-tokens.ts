import { CompactSign, compactVerify } from "jose";
import { bytesOf } from "./base64url.ts";
import { CLOCK_SKEW_SECONDS, type KeyRing, LONGEST_TOKEN_SECONDS } from "./key-ring.ts";
import type { SigningKey } from "./signing-key.ts";
import { invalidToken, tokenExpired } from "./token-problem.ts";

/** Longer tokens are refused before anything of them is decoded, in characters. */
export const MAX_TOKEN_LENGTH = 8 * 1024;

/** What a token is for. One of another purpose is refused, although the same keys signed it (RFC 8725 §3.11). */
export interface TokenPurpose {
  /** The header's `typ`. */
  readonly type: string;
  readonly audience: string;
}

/** What a token says, read from a proved payload. Not one member is of a type that anybody has promised. */
export type Claims = { readonly [name: string]: unknown };

export interface VerifiedToken {
  readonly claims: Claims;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface SignedTokensOptions {
  readonly ring: KeyRing;
  /** Who issues: another deployment, even with the same keys, has another one. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const NOT_OURS = "The token is not one that this server issued for this use.";

/** Compact JWS (RFC 7515) in one spelling: what this server would not write letter for letter, it does not read. */
export class SignedTokens {
  readonly #options: SignedTokensOptions;

  constructor(options: SignedTokensOptions) {
    this.#options = options;
  }

  /** Signs claims for `seconds`; `iss`, `aud`, `iat` and `exp` are set here. */
  async sign(purpose: TokenPurpose, claims: Claims, seconds: number): Promise<string> {
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TOKEN_SECONDS) {
      throw new RangeError(`A token lives 1 to ${LONGEST_TOKEN_SECONDS} s, not ${seconds}`);
    }
    const issuedAt = this.#seconds();
    const { issuer, ring } = this.#options;
    const payload = { ...claims, iss: issuer, aud: purpose.audience, iat: issuedAt, exp: issuedAt + seconds };
    const key = await ring.signingKey();
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader(headerFor(key, purpose))
      .sign(key.signing);
  }

  /** Proves a token. Rejects with a `Problem`: `token_expired` for one that was good, `invalid_token` for all others. */
  async verify(purpose: TokenPurpose, token: string): Promise<VerifiedToken> {
    const { header } = readForm(token);
    const key = await this.#keyOf(header);
    // Letter for letter: another alg or typ, a further member (crit, jwk, b64, …) and one that stands twice all differ.
    if (header !== JSON.stringify(headerFor(key, purpose))) throw invalidToken(NOT_OURS);
    return this.#checked(purpose, await proved(token, key));
  }

  async #keyOf(header: string): Promise<SigningKey> {
    const kid = membersOf(header)?.kid;
    const key = typeof kid === "string" ? await this.#options.ring.verifyingKey(kid) : undefined;
    if (key === undefined) throw invalidToken("No key of this server has signed the token.");
    return key;
  }

  #checked(purpose: TokenPurpose, claims: Claims): VerifiedToken {
    const { iss, aud, iat, nbf, exp } = claims;
    if (iss !== this.#options.issuer || aud !== purpose.audience) throw invalidToken(NOT_OURS);
    if (!isTime(iat) || !isTime(exp) || !(nbf === undefined || isTime(nbf))) {
      throw invalidToken("The token's times are not whole seconds.");
    }
    const now = this.#seconds();
    const latest = now + CLOCK_SKEW_SECONDS;
    if (iat > latest || (nbf ?? 0) > latest) throw invalidToken("The token is not valid yet.");
    if (exp <= iat || exp - iat > LONGEST_TOKEN_SECONDS) throw invalidToken(NOT_OURS);
    if (exp <= now) throw tokenExpired();
    return { claims, issuedAt: iat, expiresAt: exp };
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

/** The whole header, in the order in which it is written. RFC 9068 §2.1 for access tokens. */
function headerFor({ stored }: SigningKey, { type }: TokenPurpose): { alg: string; kid: string; typ: string } {
  return { alg: stored.algorithm, kid: stored.kid, typ: type };
}

/** The header's text, once the token has the form of a compact JWS. */
function readForm(token: string): { readonly header: string } {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken("The token is too long.");
  const parts = token.split(".");
  const [header, payload, signature] = parts.map((part) => (part === "" ? undefined : bytesOf(part)));
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw invalidToken("The token is malformed.");
  }
  return { header: header.toString("utf8") };
}

async function proved(token: string, key: SigningKey): Promise<Claims> {
  const { payload } = await compactVerify(token, key.verifying, { algorithms: [key.stored.algorithm] }).catch(
    (cause: unknown) => {
      throw invalidToken("The token's signature is wrong.", cause);
    },
  );
  const claims = membersOf(Buffer.from(payload).toString("utf8"));
  if (claims === undefined) throw invalidToken("The token is malformed.");
  return claims;
}

/** The members of a JSON object, or undefined; an array has none of those asked for. One named `__proto__` is a member like others: nothing is inherited. */
function membersOf(json: string): Claims | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === "object" && parsed !== null ? (parsed as Claims) : undefined;
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

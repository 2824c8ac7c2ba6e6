import * as algorithms from "./forged/algorithms.ts";
import * as claims from "./forged/claims.ts";
import type { ForgingGround, Tokens } from "./forged/ground.ts";
import * as headers from "./forged/headers.ts";
import * as spellings from "./forged/spellings.ts";

/** Tokens that are wrong in one way. None may be accepted, and each is answered with a 401. */
export interface Family {
  readonly name: string;
  /** What it is refused with. */
  readonly code: "invalid_token" | "token_expired";
  readonly tokens: () => Promise<string[]>;
}

/** Each family makes at least as many. */
export const LEAST_TOKENS = 50;

const families: readonly [name: string, tokens: Tokens, code?: Family["code"]][] = [
  ["alg none in every spelling", algorithms.algorithmNone],
  ["HS256 with a public key or a guessed word as the secret", algorithms.publicKeyAsSecret],
  ["another algorithm than the key's", algorithms.algorithmSwapped],
  ["edited claims under another valid key", algorithms.anotherKey],
  ["another deployment's keys", algorithms.anotherDeployment],
  ["a retired key after its grace", algorithms.retiredKey],
  ["strange signatures: zeros, orders, DER, second forms", algorithms.strangeSignatures],
  ["kid as a path, a query, an address, a member", headers.keyIdTricks],
  ["kid of a wrong type", headers.keyIdOfWrongType],
  ["crit", headers.criticalExtensions],
  ["embedded keys: jwk, jku, x5u, x5c", headers.embeddedKeys],
  ["payloads encoded otherwise: b64, zip, enc", headers.encodedPayloads],
  ["header members that stand twice", headers.repeatedMembers],
  ["headers written otherwise", headers.rewrittenHeaders],
  ["another typ", headers.wrongType],
  ["truncated at every length", spellings.truncated],
  ["a part is missing", spellings.beheaded],
  ["a bit of the header is another", spellings.flipped(0)],
  ["a bit of the payload is another", spellings.flipped(1)],
  ["a bit of the signature is another", spellings.flipped(2)],
  ["too few and too many segments", spellings.segmentCounts],
  ["base64url spelled otherwise", spellings.otherSpellings],
  ["no tokens at all", spellings.noTokens],
  ["longer than any token", spellings.oversized],
  ["parts of several tokens", spellings.spliced],
  ["claims of a wrong type", claims.claimsOfWrongType],
  ["payloads that are no object", claims.strangePayloads],
  ["another issuer", claims.wrongIssuer],
  ["another audience", claims.wrongAudience],
  ["times that are none", claims.malformedTimes],
  ["not valid yet", claims.notYetValid],
  ["expired", claims.expired, "token_expired"],
  ["another kind of token", claims.otherKinds],
];

/** The corpus for a server: its ring, a token that it accepts, and whom that speaks for. */
export function forgedTokens(ground: ForgingGround): Family[] {
  return families.map(([name, tokens, code = "invalid_token"]) => {
    // Each once: two roles of a key may make the same token.
    const once = async () => [...new Set(await tokens(ground))];
    return { name, code, tokens: once };
  });
}

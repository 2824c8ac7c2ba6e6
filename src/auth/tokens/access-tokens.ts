import { SignedTokens, type SignedTokensOptions, type TokenPurpose } from "./signed-tokens.ts";
import { invalidToken } from "./token-problem.ts";

/** Whom an access token speaks for. */
export interface AccessSubject {
  /** The key of the account's row, as text. */
  readonly subject: string;
  /** The accounts table: equal keys of two tables are two accounts. */
  readonly table: string;
  readonly session: string;
}

/** What a proved access token says; times are seconds since 1970. */
export interface AccessClaims extends AccessSubject {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** How long an access token lives. */
export const ACCESS_SECONDS = 900;

/** Access tokens: JWTs as RFC 9068 has them, with `table` and `sid` of our own. */
export class AccessTokens {
  readonly #tokens: SignedTokens;
  readonly #purpose: TokenPurpose;

  constructor(options: SignedTokensOptions) {
    this.#tokens = new SignedTokens(options);
    this.#purpose = { type: "at+jwt", audience: `${options.issuer}/api` };
  }

  /** A new token; `expiresIn` is in seconds. */
  async sign({ subject, table, session }: AccessSubject): Promise<{ token: string; expiresIn: number }> {
    const token = await this.#tokens.sign(this.#purpose, { sub: subject, table, sid: session }, ACCESS_SECONDS);
    return { token, expiresIn: ACCESS_SECONDS };
  }

  /**
   * Whom a token speaks for. Rejects with a `Problem`: `token_expired` for one that was good, `invalid_token` for all
   * others. Whether the session still stands is not asked here.
   */
  async verify(token: string): Promise<AccessClaims> {
    const { claims, issuedAt, expiresAt } = await this.#tokens.verify(this.#purpose, token);
    const { sub: subject, table, sid: session } = claims;
    if (!isName(subject) || !isName(table) || !isName(session)) {
      throw invalidToken("The token does not say whom it speaks for.");
    }
    return { subject, table, session, issuedAt, expiresAt };
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

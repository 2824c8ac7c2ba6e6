import { type Claims, SignedTokens, type SignedTokensOptions, type TokenPurpose } from "./signed-tokens.ts";

/** A kind is a part of a media type and of an audience. */
const KIND = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Signed notes that a longer way through several requests carries from one step to the next: the state of an OAuth
 * sign-in, a ticket for a stream. A token of one kind is refused as one of another, and as an access token.
 */
export class StepTokens {
  readonly #tokens: SignedTokens;
  readonly #issuer: string;

  constructor(options: SignedTokensOptions) {
    this.#tokens = new SignedTokens(options);
    this.#issuer = options.issuer;
  }

  /** Signs claims for so many seconds. They are readable for everybody, and stand apart from the token's own. */
  sign(kind: string, claims: Claims, seconds: number): Promise<string> {
    return this.#tokens.sign(this.#purpose(kind), { step: claims }, seconds);
  }

  /** The claims of a token of this kind. Rejects like `AccessTokens.verify`. A token may be shown more than once. */
  async verify(kind: string, token: string): Promise<Claims> {
    const { claims } = await this.#tokens.verify(this.#purpose(kind), token);
    return claims.step as Claims;
  }

  #purpose(kind: string): TokenPurpose {
    if (!KIND.test(kind)) throw new TypeError(`A kind of token is named in small letters, digits and dashes: ${kind}`);
    return { type: `step-${kind}+jwt`, audience: `${this.#issuer}/step/${kind}` };
  }
}

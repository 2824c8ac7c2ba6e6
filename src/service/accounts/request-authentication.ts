import type { Authentication, Credentials, PrincipalSource } from "../../auth/authentication.ts";
import { looksLikeApiKey } from "../../auth/api-key.ts";
import { bearerToken } from "../../auth/bearer.ts";
import { cookieValue } from "../../auth/cookies.ts";
import type { Principal } from "../../auth/principal.ts";
import { requireOwnPage } from "../../auth/same-site.ts";
import type { AccessClaims, AccessTokens } from "../../auth/tokens/access-tokens.ts";
import { invalidToken } from "../../auth/tokens/token-problem.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { SessionRepository } from "../../repository/session-repository.ts";
import { isAccountsTable, type SchemaModel } from "../../schema/model.ts";
import type { ApiKeys } from "./api-keys.ts";
import { Impersonation } from "./impersonation.ts";
import type { ResolvedKey } from "./known-keys.ts";
import type { KnownToken, KnownTokens } from "./known-tokens.ts";

interface AuthenticationParts {
  readonly schema: SchemaModel;
  readonly principals: PrincipalSource;
  readonly tokens: Pick<AccessTokens, "verify">;
  readonly known: KnownTokens;
  readonly keys: Pick<ApiKeys, "resolve">;
  readonly accounts: Pick<AccountRepository, "exists" | "get">;
  readonly sessions: Pick<SessionRepository, "state">;
  /** The name of the cookie that holds an access token. */
  readonly cookie: string;
  /** Origins whose pages may change things with the cookie, beside the server's own. */
  readonly origins: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who was proved to ask: the number tells accounts apart. */
type Proved = Pick<KnownToken, "principal" | "account">;

/** Decides who asks, by the Authorization header or the session's cookie. A token in the URL is never looked at. */
export class RequestAuthentication implements Authentication {
  readonly #parts: AuthenticationParts;
  readonly #impersonation: Impersonation;

  constructor(parts: AuthenticationParts) {
    this.#parts = parts;
    this.#impersonation = new Impersonation(parts);
  }

  standIn(by: Principal, name: string): Promise<Principal> {
    return this.#impersonation.standIn(by, name);
  }

  principalOf(credentials: Credentials): Principal | Promise<Principal> {
    const authorization = credentials.header("authorization");
    const cookie = cookieValue(credentials.header("cookie"), this.#parts.cookie);
    if (authorization !== undefined) {
      const token = bearerToken(authorization);
      const proved = looksLikeApiKey(token) ? this.#keyed(token) : this.#known(token);
      return cookie === undefined || cookie === token ? principalIn(proved) : this.#agreeing(proved, cookie);
    }
    if (cookie === undefined) return this.#parts.principals.anonymous;
    requireOwnPage(credentials, this.#parts.origins);
    return principalIn(this.#known(cookie));
  }

  /** Whom an API key speaks for. It is a bearer token alone: a browser keeps none in a cookie. */
  #keyed(text: string): Proved | Promise<Proved> {
    const resolved = this.#parts.keys.resolve(text);
    return resolved instanceof Promise ? resolved.then(goodKey) : goodKey(resolved);
  }

  /** At once for a token that is known. */
  #known(token: string): KnownToken | Promise<KnownToken> {
    const { known } = this.#parts;
    const looking = known.look();
    if (looking instanceof Promise) return looking.then(() => known.get(token) ?? this.#prove(token));
    return known.get(token) ?? this.#prove(token);
  }

  /** The header decides; a cookie of somebody else beside it is a mistake that nobody should have to guess about. */
  async #agreeing(proved: Proved | Promise<Proved>, cookie: string): Promise<Principal> {
    const bearer = await proved;
    const beside: Proved = await Promise.resolve(this.#known(cookie)).catch((error: unknown) => {
      // A cookie that is over says nothing.
      if (error instanceof Problem && (error.code === "invalid_token" || error.code === "token_expired")) return bearer;
      throw error;
    });
    if (beside.account === bearer.account) return bearer.principal;
    throw new Problem("conflicting_credentials", "The Authorization header and the cookie belong to two accounts.");
  }

  async #prove(token: string): Promise<KnownToken> {
    const { tokens, known, now } = this.#parts;
    const claims = await tokens.verify(token);
    const { epoch } = known;
    const proved = await this.#held(claims);
    if (now() < proved.expiresAt) known.add(token, proved, epoch);
    return proved;
  }

  /** Whether what the token says still holds. */
  async #held({ subject, table: name, session, expiresAt }: AccessClaims): Promise<KnownToken> {
    const { schema, accounts, sessions, principals, now } = this.#parts;
    const table = schema.tables.get(name);
    if (table === undefined || !isAccountsTable(table)) throw over();
    const key = table.key[0]?.kind.parse(subject);
    if (key === undefined) throw over();
    const state = await sessions.state(session, { table, key: subject });
    if (state === undefined || state.disabled || Date.parse(state.expiresAt) <= now()) throw over();
    if (!(await accounts.exists(table, key))) throw over();
    const principal = principals.account({ table: table.name, key, roles: state.roles, session });
    return { principal, account: state.account, session, expiresAt: expiresAt * 1000 };
  }
}

function principalIn(proved: Proved | Promise<Proved>): Principal | Promise<Principal> {
  return proved instanceof Promise ? proved.then(({ principal }) => principal) : proved.principal;
}

/** One answer for keys that are mistyped, unknown, revoked or expired, and whose account is disabled or gone. */
function goodKey(resolved: ResolvedKey | undefined): ResolvedKey {
  if (resolved === undefined) throw invalidToken("The API key is good for nothing.");
  return resolved;
}

/** One answer whatever has ended: the session, the account, or its row. */
function over(): Problem {
  return invalidToken("The session of this token is over. Sign in again.");
}

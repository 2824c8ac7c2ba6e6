import { randomBytes } from "node:crypto";
import { invalidToken, tokenExpired } from "../../auth/tokens/token-problem.ts";
import type { AccessTokens } from "../../auth/tokens/access-tokens.ts";
import { isRefreshToken, readRefreshToken, refreshToken } from "../../auth/tokens/refresh-token.ts";
import { Problem } from "../../errors/problem.ts";
import type { StoredAccount } from "../../repository/account-repository.ts";
import type { SessionRepository, StoredSession } from "../../repository/session-repository.ts";

/** A session that is not used for so long is over, in milliseconds: 14 days. */
const IDLE_MS = 14 * 86_400_000;
/** A session is over after so long, however much it is used, in milliseconds: 90 days. */
const ABSOLUTE_MS = 90 * 86_400_000;
/** Sessions of one account; beyond that the one used longest ago ends. */
export const SESSIONS_OF_AN_ACCOUNT = 100;
/** For so long, in milliseconds, a refresh token that has just been used is answered the same again: the answer may have been lost, or two tabs asked at once. */
const AGAIN_MS = 10_000;
/** Bytes of a session's id and of its nonce: 128 bits. */
const RANDOM_BYTES = 16;
/** Characters of a user agent that are kept. */
const USER_AGENT_LENGTH = 200;

/** Who holds the other end, as far as a list of sessions tells. */
export interface Client {
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
}

/** The tokens of a session. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
  /** Seconds until the session is over unless it is used. */
  readonly sessionSeconds: number;
  readonly session: string;
}

interface SessionParts {
  readonly repository: SessionRepository;
  readonly tokens: Pick<AccessTokens, "sign">;
  /** The application's secret. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told when sessions have ended. */
  readonly ended: () => void;
}

/** Begins sessions, keeps them alive, and ends them. */
export class Sessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** A new session of an account as it was read; undefined where the account has changed since. */
  async begin(account: StoredAccount, client: Client): Promise<IssuedTokens | undefined> {
    const { repository } = this.#parts;
    const id = randomBytes(RANDOM_BYTES).toString("base64url");
    const nonce = randomBytes(RANDOM_BYTES).toString("base64url");
    const now = this.#parts.now();
    const expiresAt = endOf(now, now);
    const session = {
      id,
      nonce,
      now: new Date(now).toISOString(),
      expiresAt,
      userAgent: client.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
      address: client.address ?? null,
    };
    if (!(await repository.begin(account, session, SESSIONS_OF_AN_ACCOUNT))) return undefined;
    // The oldest may have ended for it.
    this.#parts.ended();
    return this.#issue({ id, nonce, generation: 0, expiresAt }, { table: account.table.name, key: account.key });
  }

  /**
   * The next generation of a session's tokens. Exactly one request makes it; the token in front of it is answered the
   * same for a moment, and any older one ends the session, since two hold it.
   */
  async refresh(text: string): Promise<IssuedTokens> {
    const { repository, secret } = this.#parts;
    const read = readRefreshToken(text);
    const stored = read === undefined ? undefined : await repository.get(read.session);
    if (read === undefined || stored === undefined) throw notAlive();
    const { session: id, generation } = read;
    if (!isRefreshToken(secret, text, { session: id, nonce: stored.nonce, generation })) throw notAlive();
    if (stored.disabled) throw notAlive();
    const now = this.#parts.now();
    if (now >= Date.parse(stored.expiresAt)) throw tokenExpired();
    if (generation === stored.generation) {
      const expiresAt = endOf(now, Date.parse(stored.createdAt));
      const from = { generation, now: new Date(now).toISOString(), expiresAt };
      if (await repository.rotate(id, from))
        return this.#issue({ id, nonce: stored.nonce, generation: generation + 1, expiresAt }, stored);
      return this.#again(id, generation, await repository.get(id));
    }
    return this.#again(id, generation, stored);
  }

  /** Ends one session of an account; false where there is none of that id. */
  async end(account: { readonly table: string; readonly key: string }, id: string): Promise<boolean> {
    const ended = await this.#parts.repository.end(account, id, this.#time());
    this.#parts.ended();
    return ended;
  }

  /** Something about accounts has changed: what is known of tokens is to be looked at anew. */
  changed(): void {
    this.#parts.ended();
  }

  async endAll(account: { readonly table: string; readonly key: string }): Promise<void> {
    await this.#parts.repository.endAll(account, this.#time());
    this.#parts.ended();
  }

  /** Whose session a refresh token proves; undefined where it proves none. It stays as good as it was. */
  async ownerOf(
    text: string,
  ): Promise<{ readonly id: string; readonly table: string; readonly key: string } | undefined> {
    const read = readRefreshToken(text);
    const stored = read === undefined ? undefined : await this.#parts.repository.get(read.session);
    if (read === undefined || stored === undefined) return undefined;
    const of = { session: read.session, nonce: stored.nonce, generation: read.generation };
    if (!isRefreshToken(this.#parts.secret, text, of)) return undefined;
    return { id: read.session, table: stored.table, key: stored.key };
  }

  /** A token that was used before: right behind its use it is answered the same, else its session ends. */
  async #again(id: string, generation: number, stored: StoredSession | undefined): Promise<IssuedTokens> {
    if (stored === undefined || generation > stored.generation) throw notAlive();
    const late = this.#parts.now() - Date.parse(stored.rotatedAt) > AGAIN_MS;
    if (generation === stored.generation - 1 && !late) return this.#issue({ id, ...stored }, stored);
    await this.end(stored, id);
    throw new Problem("refresh_reused", "This refresh token was used before. Its session is over: sign in again.", {
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  }

  async #issue(
    session: { readonly id: string; readonly nonce: string; readonly generation: number; readonly expiresAt: string },
    { table, key }: { readonly table: string; readonly key: string },
  ): Promise<IssuedTokens> {
    const { tokens, secret, now } = this.#parts;
    const { id, nonce, generation, expiresAt } = session;
    const { token, expiresIn } = await tokens.sign({ subject: key, table, session: id });
    return {
      accessToken: token,
      refreshToken: refreshToken(secret, { session: id, nonce, generation }),
      expiresIn,
      sessionSeconds: Math.max(0, Math.floor((Date.parse(expiresAt) - now()) / 1000)),
      session: id,
    };
  }

  #time(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

function endOf(now: number, begun: number): string {
  return new Date(Math.min(now + IDLE_MS, begun + ABSOLUTE_MS)).toISOString();
}

/** One answer for every refresh token that opens nothing. */
function notAlive(): Problem {
  return invalidToken("The refresh token belongs to no session that is alive. Sign in again.");
}

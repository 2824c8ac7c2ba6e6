import { LRUCache } from "lru-cache";
import type { Principal } from "../../auth/principal.ts";
import type { SessionRepository } from "../../repository/session-repository.ts";

/** Tokens that are known at once; those that were not used for longest are proved anew. */
const KNOWN_TOKENS = 10_000;

/** How old the knowledge of revocations may be, in milliseconds. Other processes revoke, so it is looked for in the database. */
const LOOK_EVERY_MS = 250;

/** After so long without a look, in milliseconds, revocations that were missed may have been dropped already. */
const FORGET_AFTER_MS = 900_000;

/** What a token was proved to be. */
export interface KnownToken {
  readonly principal: Principal;
  readonly account: number;
  readonly session: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Tokens that were proved, until they expire or something about their session or account changes. */
export class KnownTokens {
  readonly #sessions: Pick<SessionRepository, "revocations">;
  readonly #now: () => number;
  /** By the whole token: two tokens may share any part. */
  readonly #tokens = new LRUCache<string, KnownToken>({ max: KNOWN_TOKENS });
  #seen: number;
  #lookedAt = performance.now();
  #epoch = 0;

  /** `seen` is the number of the last revocation when the engine started. */
  constructor(sessions: Pick<SessionRepository, "revocations">, of: { readonly seen: number; now: () => number }) {
    this.#sessions = sessions;
    this.#seen = of.seen;
    this.#now = of.now;
  }

  /** Changes with every revocation that is seen: what was read before one is not known any more. */
  get epoch(): number {
    return this.#epoch;
  }

  /** What is known of a token. */
  get(token: string): KnownToken | undefined {
    const known = this.#tokens.get(token);
    if (known === undefined || this.#now() < known.expiresAt) return known;
    this.#tokens.delete(token);
    return undefined;
  }

  /** Keeps what a token was proved to be, unless something was revoked since `epoch`. */
  add(token: string, known: KnownToken, epoch: number): void {
    if (epoch === this.#epoch) this.#tokens.set(token, known);
  }

  /** The next request looks for revocations, however short ago the last one did. */
  expire(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** Looks for revocations where it is time to. Asked with every request, so most calls compare two clocks. */
  look(): void | Promise<void> {
    const now = performance.now();
    const since = now - this.#lookedAt;
    if (since < LOOK_EVERY_MS) return undefined;
    if (since >= FORGET_AFTER_MS) this.#clear();
    try {
      const found = this.#sessions.revocations(this.#seen);
      if (!(found instanceof Promise)) return this.#forget(found, now);
      return found.then(
        (late) => this.#forget(late, now),
        () => this.#clear(),
      );
    } catch {
      // What cannot be looked up is not believed: each token is proved anew, and that says what is wrong.
      return this.#clear();
    }
  }

  #forget(revocations: Awaited<ReturnType<SessionRepository["revocations"]>>, at: number): void {
    this.#lookedAt = at;
    if (revocations.length === 0) return;
    this.#epoch++;
    const accounts = new Set<number>();
    const sessions = new Set<string>();
    for (const { seq, account, session } of revocations) {
      this.#seen = Math.max(this.#seen, seq);
      if (session === null) accounts.add(account);
      else sessions.add(session);
    }
    for (const [token, known] of this.#tokens.entries())
      if (accounts.has(known.account) || sessions.has(known.session)) this.#tokens.delete(token);
  }

  #clear(): void {
    this.#epoch++;
    this.#tokens.clear();
  }
}

import { LRUCache } from "lru-cache";
import type { Principal } from "../../auth/principal.ts";

/**
 * How old what is known of a key may be, in milliseconds. Another process may revoke it, disable its account or take a
 * role away; asking for its row anew costs less than being told of each.
 */
const KNOWN_MS = 1_000;
/** Keys that are known at once; those that were not used for longest are looked up anew. */
const KNOWN_KEYS = 1_000;

/** Whom a key speaks for. Its account has no session, and the scopes in it. */
export interface ResolvedKey {
  readonly principal: Principal;
  /** The number of the account. */
  readonly account: number;
}

interface KnownKey extends ResolvedKey {
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly lookedAt: number;
}

/** API keys that were looked up a moment ago, by their ids; whether a secret is right is asked each time. */
export class KnownKeys {
  readonly #keys = new LRUCache<string, KnownKey>({ max: KNOWN_KEYS });
  #epoch = 0;

  /** Changes when something about accounts does: what was read before that is not known any more. */
  get epoch(): number {
    return this.#epoch;
  }

  /** What is known of a key; undefined where that is too old. */
  get(id: string, now: number): KnownKey | undefined {
    const known = this.#keys.get(id);
    if (known === undefined) return undefined;
    const age = now - known.lookedAt;
    return age < 0 || age >= KNOWN_MS || now >= known.expiresAt ? undefined : known;
  }

  /** Keeps what was read of a key in `epoch`. */
  add(id: string, known: KnownKey, epoch: number): void {
    if (epoch === this.#epoch) this.#keys.set(id, known);
  }

  /** This process has changed something: every key is looked up anew. */
  expire(): void {
    this.#epoch++;
    this.#keys.clear();
  }
}

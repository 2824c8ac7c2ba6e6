import { makeKey, openKey, type SigningKey, type StoredKey, type TokenAlgorithm } from "./signing-key.ts";

export type { StoredKey, TokenAlgorithm } from "./signing-key.ts";

/** Port: where keys are kept. */
export interface KeyStore {
  /** Every key, retired ones too. */
  load(): Promise<readonly StoredKey[]>;
  add(key: StoredKey): Promise<void>;
  /** `at` is ISO 8601. A key that is retired already keeps its time. */
  retire(kid: string, at: string): Promise<void>;
}

interface KeyRingOptions {
  readonly store: KeyStore;
  /** The application's secret, which the keys are sealed with. */
  readonly secret: string;
  /** What new keys are for; keys of another algorithm verify on, as long as any retired key does. */
  readonly algorithm: TokenAlgorithm;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** No token that a key of the ring signs lives longer, in seconds. */
export const LONGEST_TOKEN_SECONDS = 3600;

/** Clocks of two machines may differ by this much, in seconds. */
export const CLOCK_SKEW_SECONDS = 30;

/** What was loaded is loaded again after this long, in seconds: another process may have rotated. */
export const VIEW_SECONDS = 60;

/** An unknown kid loads the keys again at most once in this time, in seconds: anybody can send unknown ones. */
export const UNKNOWN_KID_SECONDS = 5;

/**
 * For how long a retired key verifies, in seconds: a process that has not yet heard of the rotation signs with it until
 * its view is renewed, and the last of those tokens has to live out its time.
 */
export const KEY_GRACE_SECONDS = LONGEST_TOKEN_SECONDS + VIEW_SECONDS + CLOCK_SKEW_SECONDS;

/** The keys that sign and verify this application's tokens, shared with other processes through the store. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #keys: ReadonlyMap<string, SigningKey> = new Map();
  #unreadable: readonly string[] = [];
  /** When the last load was asked for. */
  #loadedAt = 0;
  /** Loads go one after the other, so that an older answer never replaces a newer one. Never rejects. */
  #loads: Promise<void> = Promise.resolve();

  private constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** Loads the keys, and makes one where none is in force, or the one in force is for another algorithm. */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const ring = new KeyRing(options);
    await ring.reload();
    if (ring.#inForce()?.stored.algorithm !== options.algorithm) await ring.rotate();
    return ring;
  }

  /**
   * The ids of keys that could not be opened and are left aside: sealed with another secret, or changed. Where every
   * key is among them, the application's secret was changed and nobody is signed in any more.
   */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** The public halves of all keys that verify (RFC 7517 §5). A symmetric key has none. */
  jwks(): { keys: object[] } {
    const verifying = [...this.#keys.values()].filter(({ stored }) => this.#verifies(stored));
    return { keys: verifying.flatMap(({ published }) => (published === undefined ? [] : [{ ...published }])) };
  }

  /** A new key signs from now on. The ones before it verify until every token that they signed has expired. */
  async rotate(): Promise<void> {
    const { store, secret, algorithm, now } = this.#options;
    // Not before the newest: a clock that is behind would make a key that never signs.
    const newest = Math.max(...[...this.#keys.values()].map(({ stored }) => Date.parse(stored.createdAt) + 1), now());
    await store.add(await makeKey({ secret, algorithm, createdAt: new Date(newest).toISOString() }));
    await this.reload();
    const at = new Date(now()).toISOString();
    // Two processes that rotate at once may both be here. All but the newest go, so that they agree, and one stays.
    const signing = this.#inForce();
    for (const { stored } of this.#keys.values()) {
      if (stored.retiredAt === null && stored !== signing?.stored) await store.retire(stored.kid, at);
    }
    await this.reload();
  }

  /** Loads the keys again. Rejects with the store's error, and then knows what it knew before. */
  reload(): Promise<void> {
    // Before anything is awaited, so that of many callers at once only the first loads.
    this.#loadedAt = this.#options.now();
    const load = this.#loads.then(() => this.#load());
    this.#loads = load.catch(() => undefined);
    return load;
  }

  /** The key that signs now. */
  async signingKey(): Promise<SigningKey> {
    if (this.#olderThan(VIEW_SECONDS)) await this.reload();
    const key = this.#inForce();
    if (key !== undefined) return key;
    await this.rotate();
    const made = this.#inForce();
    if (made === undefined) throw new Error("The store does not keep the signing key that was added to it");
    return made;
  }

  /** The key of this id, as long as it verifies; undefined otherwise. An unknown one may load the keys again. */
  async verifyingKey(kid: string): Promise<SigningKey | undefined> {
    const known = this.#keys.has(kid);
    if (this.#olderThan(known ? VIEW_SECONDS : UNKNOWN_KID_SECONDS)) await this.reload();
    // A load that runs already may bring the key.
    else if (!known) await this.#loads;
    const key = this.#keys.get(kid);
    return key !== undefined && this.#verifies(key.stored) ? key : undefined;
  }

  async #load(): Promise<void> {
    const keys = new Map<string, SigningKey>();
    const unreadable: string[] = [];
    for (const stored of await this.#options.store.load()) {
      if (!this.#verifies(stored)) continue;
      const key = await this.#open(stored);
      if (key === undefined) unreadable.push(stored.kid);
      else keys.set(stored.kid, key);
    }
    this.#keys = keys;
    this.#unreadable = unreadable;
  }

  /** Keys never change but for their retirement: what was opened once is not opened again. */
  async #open(stored: StoredKey): Promise<SigningKey | undefined> {
    const known = this.#keys.get(stored.kid);
    if (known !== undefined && known.stored.sealed === stored.sealed && known.stored.algorithm === stored.algorithm) {
      return { ...known, stored };
    }
    try {
      return await openKey(this.#options.secret, stored);
    } catch {
      return undefined;
    }
  }

  #inForce(): SigningKey | undefined {
    let newest: SigningKey | undefined;
    for (const key of this.#keys.values()) {
      if (key.stored.retiredAt !== null) continue;
      if (newest === undefined || isBefore(newest.stored, key.stored)) newest = key;
    }
    return newest;
  }

  #verifies({ retiredAt }: StoredKey): boolean {
    // A time that cannot be read compares as false: such a key is refused.
    return retiredAt === null || this.#options.now() < Date.parse(retiredAt) + KEY_GRACE_SECONDS * 1000;
  }

  #olderThan(seconds: number): boolean {
    const age = this.#options.now() - this.#loadedAt;
    // A clock that was put back must not keep the view for ever.
    return age < 0 || age >= seconds * 1000;
  }
}

/** The order of keys, alike in every process: the newest of those in force signs. */
function isBefore(one: StoredKey, other: StoredKey): boolean {
  const [first, second] = [Date.parse(one.createdAt), Date.parse(other.createdAt)];
  return first < second || (first === second && one.kid < other.kid);
}

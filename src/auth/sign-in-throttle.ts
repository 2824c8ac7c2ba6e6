import { createHmac, randomBytes } from "node:crypto";
import { addressName } from "./address-name.ts";
import {
  ACCOUNT_ATTEMPTS,
  ACCOUNT_REFILL_SECONDS,
  ADDRESS_ATTEMPTS,
  ADDRESS_REFILL_SECONDS,
  THROTTLED_NAMES,
} from "./limits.ts";
import { RecentEntries } from "./recent-entries.ts";
import { Throttle } from "./throttle.ts";

/** Bytes of the key under which names are hashed. */
const KEY_BYTES = 32;

/** One try to sign in. */
export interface SignInAttempt {
  /** What was typed as the account's name. */
  readonly account: string;
  /** The address it comes from. */
  readonly address: string | undefined;
}

/** What one attempt has taken. */
interface Taken {
  readonly address: string;
  readonly pair: string;
  readonly name: string;
  readonly from: Throttle;
}

/**
 * Bounds how often a password can be guessed, for one account and from one address. Each attempt is taken before the
 * password is looked at, so that many at once are no way around, and given back when it was right: a right one resets
 * nothing, so whoever has an account of his own buys no guesses with it.
 *
 * An address that has signed in to the account before has attempts of its own: strangers who use up those of the
 * account do not lock its owner out. Names are folded and hashed with a key of this object, so memory holds nobody's
 * address. An account that does not exist is counted like one that does.
 */
export class SignInThrottle {
  readonly #addresses: Throttle;
  readonly #accounts: Throttle;
  readonly #pairs: Throttle;
  readonly #knownPairs = new RecentEntries<true>(THROTTLED_NAMES);
  readonly #taken = new WeakMap<SignInAttempt, Taken>();
  readonly #key = randomBytes(KEY_BYTES);

  constructor({ now }: { readonly now: () => number }) {
    const account = { attempts: ACCOUNT_ATTEMPTS, refillSeconds: ACCOUNT_REFILL_SECONDS, now };
    this.#addresses = new Throttle({ attempts: ADDRESS_ATTEMPTS, refillSeconds: ADDRESS_REFILL_SECONDS, now });
    this.#accounts = new Throttle(account);
    this.#pairs = new Throttle(account);
  }

  /** How many names are remembered in all. */
  get names(): number {
    return this.#addresses.names + this.#accounts.names + this.#pairs.names + this.#knownPairs.size;
  }

  /** Takes one attempt, or throws Problem `too_many_attempts` (429). Each attempt that passes is settled once, by the same object. */
  before(attempt: SignInAttempt): void {
    // The address first: one that is stopped here makes no further names of accounts.
    const address = this.#name(addressName(attempt.address));
    this.#addresses.take(address);
    const account = this.#name(attempt.account.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase()));
    const pair = this.#name(`${account} ${address}`);
    const known = this.#knownPairs.get(pair) !== undefined;
    const [from, name] = known ? [this.#pairs, pair] : [this.#accounts, account];
    from.take(name);
    this.#taken.set(attempt, { address, pair, name, from });
  }

  /** The password, or the second factor, was wrong: the attempt stays counted. */
  failed(attempt: SignInAttempt): void {
    this.#settle(attempt);
  }

  /** Everything was right: the attempt is given back, and the address is known to the account from now on. */
  succeeded(attempt: SignInAttempt): void {
    const { pair } = this.#refund(attempt);
    this.#knownPairs.set(pair, true);
  }

  /** Nothing was decided, since something else failed (a queue that is full, a database that is away): the attempt is given back. */
  undecided(attempt: SignInAttempt): void {
    this.#refund(attempt);
  }

  #refund(attempt: SignInAttempt): Taken {
    const taken = this.#settle(attempt);
    this.#addresses.refund(taken.address);
    taken.from.refund(taken.name);
    return taken;
  }

  #settle(attempt: SignInAttempt): Taken {
    const taken = this.#taken.get(attempt);
    if (taken === undefined) throw new TypeError("This attempt was not begun by before(), or is settled already.");
    this.#taken.delete(attempt);
    return taken;
  }

  #name(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

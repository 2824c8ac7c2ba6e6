import { Problem } from "../errors/problem.ts";
import { THROTTLED_NAMES } from "./limits.ts";
import { RecentEntries } from "./recent-entries.ts";

const MS_OF_A_SECOND = 1_000;
/** The policy's name in the fields of a refusal: which of several buckets it was is nobody's business. */
const POLICY = '"attempts"';

export interface ThrottleOptions {
  /** Attempts that may be made at once. */
  readonly attempts: number;
  /** Seconds after which one attempt comes back. */
  readonly refillSeconds: number;
  /** Names that are remembered; a forgotten one has all its attempts again. */
  readonly names?: number;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/**
 * A token bucket for each name. A bucket is one number, the time at which it will be full again (the "theoretical
 * arrival time" of the generic cell rate algorithm): no fractions, no timer, and a full bucket takes no memory.
 */
export class Throttle {
  readonly #fullAt: RecentEntries<number>;
  readonly #refillMs: number;
  readonly #capacityMs: number;
  readonly #now: () => number;
  readonly #policy: string;

  constructor({ attempts, refillSeconds, names = THROTTLED_NAMES, now }: ThrottleOptions) {
    this.#fullAt = new RecentEntries(names);
    this.#refillMs = refillSeconds * MS_OF_A_SECOND;
    this.#capacityMs = attempts * this.#refillMs;
    this.#policy = `${POLICY};q=${attempts};w=${attempts * refillSeconds}`;
    this.#now = now;
  }

  /** How many names are remembered. */
  get names(): number {
    return this.#fullAt.size;
  }

  /** Takes one attempt, or throws Problem `too_many_attempts` (429) with the seconds until one is back (`Retry-After`, `RateLimit`). */
  take(name: string): void {
    const now = this.#now();
    const fullAt = this.#full(name, now);
    const waitMs = fullAt + this.#refillMs - now - this.#capacityMs;
    if (waitMs > 0) {
      // Kept as used just now: whoever goes on is not forgotten before those who stopped.
      this.#fullAt.set(name, fullAt);
      const seconds = Math.ceil(waitMs / MS_OF_A_SECOND);
      throw new Problem("too_many_attempts", `Too many attempts. Try again in ${seconds} s.`, {
        headers: {
          "retry-after": String(seconds),
          ratelimit: `${POLICY};r=0;t=${seconds}`,
          "ratelimit-policy": this.#policy,
        },
      });
    }
    this.#fullAt.set(name, fullAt + this.#refillMs);
  }

  /** Gives back one attempt that was taken; a full bucket stays as it is. */
  refund(name: string): void {
    const now = this.#now();
    const fullAt = this.#full(name, now) - this.#refillMs;
    if (fullAt > now) this.#fullAt.set(name, fullAt);
    else this.#fullAt.delete(name);
  }

  /** When the bucket is full: now at the earliest, and never further away than an empty one, should the clock go back. */
  #full(name: string, now: number): number {
    return Math.min(Math.max(this.#fullAt.get(name) ?? now, now), now + this.#capacityMs);
  }
}

export { addressName } from "./address-name.ts";

import { availableParallelism } from "node:os";
import { hash, parseOptions, verify } from "@node-rs/argon2";
import { Problem } from "../errors/problem.ts";
import { PASSWORDS_AT_ONCE, PASSWORDS_WAITING } from "./limits.ts";
import { canonicalPassword } from "./password-text.ts";
import { WorkQueue } from "./work-queue.ts";

/** What one hash costs (OWASP Password Storage Cheat Sheet, Argon2id): 19 MiB of memory, in KiB. */
const MEMORY_KIB = 19_456;
/** Passes over that memory. */
const PASSES = 2;
/** Lanes of one hash, each a thread of its own. */
const LANES = 1;
/** Argon2id, as the package numbers it: its enumeration has no values at run time. */
const ARGON2ID = 2;
/** Version 1.3 of Argon2 (RFC 9106), as the package numbers it. */
const VERSION_1_3 = 1;
/** Bytes of a hash. */
const HASH_BYTES = 32;
/** Bytes of a salt: the package draws them at random (RFC 9106 §3.1 recommends 16). */
const SALT_BYTES = 16;

const COST = {
  algorithm: ARGON2ID,
  version: VERSION_1_3,
  memoryCost: MEMORY_KIB,
  timeCost: PASSES,
  parallelism: LANES,
  outputLen: HASH_BYTES,
} as const;

/** The hash of no password that anybody knows. Comparing with it takes as long as with one of an account. */
const NOBODYS_HASH = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(SALT_BYTES)}$${unpadded(HASH_BYTES)}`;

/** Seconds after which the queue of passwords has room again. */
const RETRY_SECONDS = "5";

/** What hashes and compares, each off the event loop. */
export interface Argon2 {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

const argon2id: Argon2 = {
  hash: (password) => hash(password, COST),
  verify: (stored, password) => verify(stored, password),
};

export interface PasswordsOptions {
  /** Passwords that are hashed or compared at once; without it `PASSWORDS_AT_ONCE`, and one processor is left over. */
  readonly atOnce?: number;
  /** Passwords that may wait for their turn. */
  readonly waiting?: number;
  /** In place of the package, for one that counts what it does. */
  readonly argon2?: Argon2;
}

/**
 * Hashes and compares passwords by Argon2id (RFC 9106) on Node's thread pool, a few at once, so that the event loop
 * and the other users of the pool keep their share however many people sign in.
 */
export class Passwords {
  readonly #queue: WorkQueue;
  readonly #argon2: Argon2;

  constructor({ atOnce = atOnceHere(), waiting = PASSWORDS_WAITING, argon2 = argon2id }: PasswordsOptions = {}) {
    this.#queue = new WorkQueue({ atOnce, waiting });
    this.#argon2 = argon2;
  }

  /** How many passwords wait for their turn. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /**
   * The hash to store, a PHC string with its salt and cost. Takes what `checkPassword` answers; a text that it
   * refuses for its length or characters is a RangeError here. 503 `sign_in_busy` when too many wait.
   */
  async hash(password: string): Promise<string> {
    const canonical = canonicalPassword(password);
    if (canonical === undefined) throw new RangeError("This text was not checked: no password is like it.");
    return this.#inTurn(() => this.#argon2.hash(canonical));
  }

  /**
   * Whether the password is the one that was hashed. Undefined stands for an account that is not there: the same work
   * is done and the answer is false, so that time tells nothing. The same for a stored text that is no hash of
   * Argon2, and for a text that can be no password. 503 `sign_in_busy` when too many wait.
   */
  async verify(hash: string | undefined, password: string): Promise<boolean> {
    const canonical = canonicalPassword(password);
    const stored = canonical === undefined || !isArgon2(hash) ? undefined : hash;
    const same = await this.#inTurn(() => this.#argon2.verify(stored ?? NOBODYS_HASH, canonical ?? ""));
    return same && stored !== undefined;
  }

  /** Whether the hash costs an attacker less (or us more) than one that is made today; true for what is no hash. */
  needsRehash(hash: string): boolean {
    if (!isArgon2(hash)) return true;
    const cost: Readonly<Record<string, number>> = { ...parseOptions(hash) };
    return Object.entries(COST).some(([name, value]) => cost[name] !== value) || cost.saltLen !== SALT_BYTES;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#queue.run(work);
    if (answer !== undefined) return answer;
    throw new Problem("sign_in_busy", "Too many people sign in at this moment.", {
      headers: { "retry-after": RETRY_SECONDS },
    });
  }
}

/**
 * A hash keeps a processor busy from its first moment to its last. With two of them on two processors the event loop
 * waits for its turn, and public reads with it.
 */
function atOnceHere(): number {
  return Math.max(1, Math.min(PASSWORDS_AT_ONCE, availableParallelism() - 1));
}

function isArgon2(hash: string | undefined): hash is string {
  if (hash === undefined) return false;
  try {
    parseOptions(hash);
    return true;
  } catch {
    return false;
  }
}

/** As many zero bytes in the base64 of PHC strings, which has no padding. */
function unpadded(bytes: number): string {
  return Buffer.alloc(bytes).toString("base64").replaceAll("=", "");
}

export { checkPassword } from "./password-text.ts";

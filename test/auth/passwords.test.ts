import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { hash as argon2Hash, verify as argon2Verify } from "@node-rs/argon2";
import { afterEach, expect, test } from "vitest";
import { Passwords } from "#servery/auth/passwords.js";

/** What Argon2 was asked, in order; it does its real work, and waits for `open` before it where `shut` is set. */
class WatchedArgon2 {
  readonly verified: { hash: string; password: string }[] = [];
  hashed = 0;
  running = 0;
  mostRunning = 0;
  readonly #gates: (() => void)[] = [];
  shut = false;

  async hash(password: string): Promise<string> {
    this.hashed++;
    return this.#work(() => argon2Hash(password));
  }

  async verify(hash: string, password: string): Promise<boolean> {
    this.verified.push({ hash, password });
    return this.#work(() => argon2Verify(hash, password));
  }

  open(): void {
    this.shut = false;
    for (const gate of this.#gates.splice(0)) gate();
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (this.shut) {
        await new Promise<void>((resolve) => {
          this.#gates.push(resolve);
        });
      }
      return await work();
    } finally {
      this.running--;
    }
  }
}

let argon2 = new WatchedArgon2();
afterEach(() => {
  argon2.open();
  argon2 = new WatchedArgon2();
});

test("a password is stored as Argon2id with the cost that is written down, and found again", async () => {
  const passwords = new Passwords();
  const hash = await passwords.hash("correct horse");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await passwords.hash("correct horse")).not.toBe(hash);
  expect(await passwords.verify(hash, "correct horse")).toBe(true);
  for (const wrong of ["Correct horse", "correct horse ", " correct horse", "correct", "", "correct horse\0"])
    expect(await passwords.verify(hash, wrong), JSON.stringify(wrong)).toBe(false);
});

test("nothing is cut at 72 bytes: a password that differs in the 73rd is another one", async () => {
  const passwords = new Passwords();
  const first = "a1".repeat(36);
  expect(Buffer.byteLength(first)).toBe(72);
  const hash = await passwords.hash(`${first}b`);
  expect(await passwords.verify(hash, `${first}c`)).toBe(false);
  expect(await passwords.verify(hash, first)).toBe(false);
  expect(await passwords.verify(hash, `${first}b`)).toBe(true);
  const long = "é".repeat(255);
  const longHash = await passwords.hash(`${long}x`);
  expect(await passwords.verify(longHash, `${long}x`)).toBe(true);
  expect(await passwords.verify(longHash, `${long}y`)).toBe(false);
});

test("an account that is not there costs the same work as one that is, and is never right", async () => {
  const passwords = new Passwords({ argon2 });
  const stored = await new Passwords().hash("a password of mine");
  const cost = (hash: string): string => hash.split("$").slice(0, 4).join("$");
  const lengths = (hash: string): number[] => hash.split("$").map((part) => part.length);
  expect(await passwords.verify(stored, "a guess")).toBe(false);
  for (const hash of [undefined, "", "plain", "$2b$10$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=19456,t=2,p=1$$"]) {
    expect(await passwords.verify(hash, "a guess"), hash).toBe(false);
  }
  for (const none of ["", "a".repeat(257), "a\0", "\ud800", "a".repeat(100_000)])
    expect(await passwords.verify(stored, none), none.slice(0, 3)).toBe(false);
  expect(argon2.verified).toHaveLength(11);
  for (const { hash } of argon2.verified) {
    expect(cost(hash)).toBe(cost(stored));
    expect(lengths(hash)).toEqual(lengths(stored));
  }
});

test("even the right guess for nobody's hash is refused", async () => {
  const passwords = new Passwords({
    argon2: { hash: (text) => argon2Hash(text), verify: () => Promise.resolve(true) },
  });
  expect(await passwords.verify(undefined, "a guess")).toBe(false);
  expect(await passwords.verify(await argon2Hash("x"), "a\0")).toBe(false);
  expect(await passwords.verify(await argon2Hash("x"), "a guess")).toBe(true);
});

test("a hash of another cost, kind or length is made anew, one of today is not", async () => {
  const passwords = new Passwords();
  expect(passwords.needsRehash(await passwords.hash("a password"))).toBe(false);
  const others = [
    { memoryCost: 8_192 },
    { memoryCost: 65_536 },
    { timeCost: 1 },
    { parallelism: 2 },
    { outputLen: 16 },
    { algorithm: 0 },
    { algorithm: 1 },
    { version: 0 },
    { salt: Buffer.alloc(8, 1) },
  ];
  for (const other of others) {
    const hash = await argon2Hash("a password", other);
    expect(passwords.needsRehash(hash), JSON.stringify(other)).toBe(true);
    expect(await passwords.verify(hash, "a password"), JSON.stringify(other)).toBe(true);
  }
  for (const none of ["", "plain", "$2b$10$abc"]) expect(passwords.needsRehash(none), none).toBe(true);
});

test("two run at once, the others wait in their order, and beyond the bound the answer is a 503 with Retry-After", async () => {
  argon2.shut = true;
  const passwords = new Passwords({ argon2, atOnce: 2, waiting: 3 });
  const ended: number[] = [];
  const begun = [1, 2, 3, 4, 5].map(async (number) => {
    await passwords.verify(undefined, `password ${number}`);
    ended.push(number);
  });
  expect(passwords.waiting).toBe(3);
  const busy = { code: "sign_in_busy", headers: { "retry-after": expect.stringMatching(/^[1-9]\d*$/) as string } };
  await expect(passwords.verify(undefined, "password 6")).rejects.toMatchObject(busy);
  await expect(passwords.hash("password 7")).rejects.toMatchObject(busy);
  expect(argon2.verified).toHaveLength(2);
  argon2.open();
  await Promise.all(begun);
  expect(argon2.mostRunning).toBe(2);
  expect(argon2.verified.map(({ password }) => password.at(-1))).toEqual(["1", "2", "3", "4", "5"]);
  expect(ended).toHaveLength(5);
  expect(argon2.hashed).toBe(0);
  expect(passwords.waiting).toBe(0);
  expect(await passwords.verify(undefined, "password 8")).toBe(false);
});

test("the default bounds are those of the limits", async () => {
  const gates: ((same: boolean) => void)[] = [];
  // The bounds are the queue's: the work behind them may be none.
  const verify = (): Promise<boolean> =>
    new Promise((resolve) => {
      gates.push(resolve);
    });
  const passwords = new Passwords({ argon2: { hash: () => Promise.resolve(""), verify } });
  // Two at once, and a processor left for the event loop.
  const atOnce = availableParallelism() > 2 ? 2 : 1;
  const begun = Array.from({ length: 500 + atOnce }, () => passwords.verify(undefined, "a password"));
  expect(passwords.waiting).toBe(500);
  expect(gates).toHaveLength(atOnce);
  const refused = await Promise.allSettled(Array.from({ length: 20 }, () => passwords.hash("a password")));
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => "rejected"));
  const all = Promise.all(begun);
  for (let ended = 0; ended < begun.length; ended++) {
    // Each round is a matter of turns, not of time.
    while (gates.length <= ended) await setImmediate();
    gates[ended]?.(true);
  }
  expect(await all).toEqual(begun.map(() => false));
});

test("a task that fails gives its place on", async () => {
  const failing = new Passwords({
    atOnce: 1,
    argon2: { hash: () => Promise.reject(new Error("no memory")), verify: () => Promise.resolve(false) },
  });
  const both = await Promise.allSettled([failing.hash("a password"), failing.hash("a password")]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await failing.verify(undefined, "a password")).toBe(false);
  expect(failing.waiting).toBe(0);
});

test("what no check lets through is not hashed", async () => {
  const passwords = new Passwords({ argon2 });
  for (const none of ["a".repeat(257), "half \ud800 a pair", "with \0"])
    await expect(passwords.hash(none)).rejects.toBeInstanceOf(RangeError);
  expect(argon2.hashed).toBe(0);
});

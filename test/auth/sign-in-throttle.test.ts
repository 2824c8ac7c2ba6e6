import { inspect } from "node:util";
import { expect, test } from "vitest";
import { type SignInAttempt, SignInThrottle } from "#servery/auth/sign-in-throttle.js";
import { Problem } from "#servery/errors/problem.js";
import { problemOf } from "./finding-of.ts";

const OWNER = "owner@example.org";
const HOME = "192.0.2.1";

/** A throttle with a clock that stands still until it is moved. */
function open() {
  let ms = 1_700_000_000_000;
  const throttle = new SignInThrottle({ now: () => ms });
  return {
    throttle,
    move: (seconds: number) => (ms += seconds * 1_000),
    /** How many of these attempts come through and fail. */
    fail: (attempts: Iterable<SignInAttempt>): number => {
      let passed = 0;
      for (const attempt of attempts) {
        if (!mayTry(throttle, attempt)) continue;
        throttle.failed(attempt);
        passed++;
      }
      return passed;
    },
    signIn: (account: string, address: string): boolean => {
      const attempt = { account, address };
      if (!mayTry(throttle, attempt)) return false;
      throttle.succeeded(attempt);
      return true;
    },
  };
}

function mayTry(throttle: SignInThrottle, attempt: SignInAttempt): boolean {
  try {
    throttle.before(attempt);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === "too_many_attempts") return false;
    throw error;
  }
}

/** As many addresses as one likes, none like another. */
function addressAt(at: number): string {
  return `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
}

function many<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

test("an account takes ten failures from a hundred addresses, then one in 30 s", () => {
  const { throttle, fail, move } = open();
  expect(fail(many(100, (at) => ({ account: OWNER, address: addressAt(at) })))).toBe(10);
  const refused = { account: OWNER, address: addressAt(500) };
  expect(problemOf(() => throttle.before(refused)).headers).toMatchObject({ "retry-after": "30" });
  move(29);
  expect(fail(many(100, (at) => ({ account: OWNER, address: addressAt(at) })))).toBe(0);
  move(1);
  expect(fail(many(100, (at) => ({ account: OWNER, address: addressAt(200 + at) })))).toBe(1);
  move(3_600);
  expect(fail(many(100, (at) => ({ account: OWNER, address: addressAt(at) })))).toBe(10);
});

test("an address takes thirty failures at a thousand accounts, then one in 6 s", () => {
  const { fail, move } = open();
  expect(fail(many(1_000, (at) => ({ account: `person ${at}`, address: HOME })))).toBe(30);
  move(5);
  expect(fail(many(10, (at) => ({ account: `other ${at}`, address: HOME })))).toBe(0);
  move(1);
  expect(fail(many(10, (at) => ({ account: `other ${at}`, address: HOME })))).toBe(1);
  expect(fail(many(5, (at) => ({ account: `other ${at}`, address: undefined })))).toBe(5);
});

test("attempts are taken before they are decided: as many at once are no way around", () => {
  const { throttle } = open();
  const passed = many(200, (at) => ({ account: OWNER, address: addressAt(at) })).filter((one) => mayTry(throttle, one));
  expect(passed).toHaveLength(10);
  for (const one of passed) throttle.failed(one);
  expect(mayTry(throttle, { account: OWNER, address: HOME })).toBe(false);
});

test("another spelling of the account is the same account", () => {
  const { fail } = open();
  const spellings = [OWNER, "Owner@Example.ORG", ` ${OWNER}`, `${OWNER}\t\n`, "OWNER@EXAMPLE.ORG", `\u00a0${OWNER} `];
  expect(fail(many(100, (at) => ({ account: spellings[at % 6] ?? "", address: addressAt(at) })))).toBe(10);
  // Letters beyond ASCII are not folded where addresses are stored either: these are two accounts.
  expect(fail(many(20, (at) => ({ account: "É@example.org", address: addressAt(200 + at) })))).toBe(10);
  expect(fail(many(20, (at) => ({ account: "é@example.org", address: addressAt(300 + at) })))).toBe(10);
});

test("another spelling of the address, and another address of the same /64, is the same address", () => {
  const { fail } = open();
  const spellings = [HOME, `::ffff:${HOME}`, "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:201"];
  expect(fail(many(100, (at) => ({ account: `person ${at}`, address: spellings[at % 4] })))).toBe(30);
  const inside = (at: number): string => `2001:db8:1:2:${(at * 31).toString(16)}::${at.toString(16)}`;
  expect(fail(many(1_000, (at) => ({ account: `person ${at}`, address: inside(at) })))).toBe(30);
});

test("whoever uses up the account's attempts does not lock out its owner, who gets ten of his own", () => {
  const { fail, signIn, move } = open();
  expect(signIn(OWNER, HOME)).toBe(true);
  expect(fail(many(500, (at) => ({ account: OWNER, address: addressAt(at) })))).toBe(10);
  for (let again = 0; again < 40; again++) expect(signIn("OWNER@example.org", `::ffff:${HOME}`)).toBe(true);
  // Known is the pair: neither another account at this address nor this account elsewhere.
  expect(signIn(OWNER, "192.0.2.2")).toBe(false);
  expect(fail(many(20, () => ({ account: OWNER, address: HOME })))).toBe(10);
  expect(signIn(OWNER, HOME)).toBe(false);
  move(30);
  expect(signIn(OWNER, HOME)).toBe(true);
});

test("a sign-in of one's own buys no guesses at another account", () => {
  const { fail, signIn } = open();
  let guesses = 0;
  for (let at = 0; at < 100; at++) {
    signIn("attacker@example.org", HOME);
    guesses += fail([{ account: `victim ${at}`, address: HOME }]);
  }
  expect(guesses).toBe(30);
});

test("the right password costs nothing, and one after nine wrong ones gives none of these back", () => {
  const { fail, signIn } = open();
  for (let again = 0; again < 100; again++) expect(signIn(OWNER, HOME)).toBe(true);
  expect(fail(many(9, (at) => ({ account: "other", address: addressAt(at) })))).toBe(9);
  expect(signIn("other", "192.0.2.9")).toBe(true);
  expect(fail(many(20, (at) => ({ account: "other", address: addressAt(100 + at) })))).toBe(1);
});

test("an attempt that something else ended is given back, and makes no address known", () => {
  const { throttle, fail } = open();
  for (let again = 0; again < 100; again++) {
    const attempt = { account: OWNER, address: HOME };
    throttle.before(attempt);
    throttle.undecided(attempt);
  }
  expect(fail(many(20, (at) => ({ account: OWNER, address: addressAt(at) })))).toBe(10);
  expect(mayTry(throttle, { account: OWNER, address: HOME })).toBe(false);
});

test("an attempt is settled once, where it was taken, and only when it was begun", () => {
  const { throttle, fail } = open();
  const attempt = { account: OWNER, address: HOME };
  for (const settle of ["failed", "succeeded", "undecided"] as const) {
    expect(() => throttle[settle](attempt), settle).toThrow(TypeError);
    throttle.before(attempt);
    throttle[settle](attempt);
    expect(() => throttle[settle](attempt), settle).toThrow(TypeError);
  }
  // Refused ones were not begun.
  fail(many(50, (at) => ({ account: "other", address: addressAt(at) })));
  const refused = { account: "other", address: HOME };
  expect(mayTry(throttle, refused)).toBe(false);
  expect(() => throttle.succeeded(refused)).toThrow(TypeError);
  expect(mayTry(throttle, { account: "other", address: HOME })).toBe(false);
});

test("an address that becomes known while an attempt is on its way gets back what that one took, where it took it", () => {
  const { throttle, fail } = open();
  const first = { account: OWNER, address: HOME };
  const second = { account: OWNER, address: HOME };
  throttle.before(first);
  throttle.before(second);
  throttle.succeeded(first);
  throttle.succeeded(second);
  expect(fail(many(20, (at) => ({ account: OWNER, address: addressAt(at) })))).toBe(10);
});

test("forged names keep memory bounded, and it holds nobody's address", () => {
  const { throttle, fail, signIn } = open();
  signIn(OWNER, HOME);
  expect(fail(many(12_000, (at) => ({ account: `forged${at}@example.net`, address: addressAt(at) })))).toBe(12_000);
  for (let at = 0; at < 12_000; at++) signIn(`real${at}@example.net`, addressAt(at));
  expect(throttle.names).toBeLessThanOrEqual(40_000);
  expect(throttle.names).toBeGreaterThanOrEqual(10_000);
  const held = inspect(throttle, { depth: 10, maxArrayLength: null, showHidden: true });
  for (const text of ["example.net", OWNER, "forged", HOME]) expect(held).not.toContain(text);
});

test("one address cannot fill the memory of accounts: it is stopped before it makes names", () => {
  const { throttle, fail } = open();
  fail(many(12_000, (at) => ({ account: `forged ${at}`, address: HOME })));
  expect(throttle.names).toBe(31);
});

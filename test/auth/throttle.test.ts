import fc from "fast-check";
import { expect, test } from "vitest";
import { addressName, Throttle } from "#servery/auth/throttle.js";
import { problemOf } from "./finding-of.ts";

/** A clock that stands still until it is moved. */
function clock(): { now: () => number; move: (seconds: number) => void } {
  let ms = 1_700_000_000_000;
  return { now: () => ms, move: (seconds) => (ms += seconds * 1_000) };
}

/** How often in a row the name is let through, up to a bound. */
function passes(throttle: Throttle, name: string, most = 1_000): number {
  let passed = 0;
  try {
    while (passed < most) {
      throttle.take(name);
      passed++;
    }
  } catch {
    return passed;
  }
  return passed;
}

test("as many attempts as there are, then one for each refill, and never more than there are", () => {
  const time = clock();
  const throttle = new Throttle({ attempts: 10, refillSeconds: 30, now: time.now });
  expect(passes(throttle, "a")).toBe(10);
  time.move(29.999);
  expect(passes(throttle, "a")).toBe(0);
  time.move(0.001);
  expect(passes(throttle, "a")).toBe(1);
  time.move(95);
  expect(passes(throttle, "a")).toBe(3);
  time.move(25);
  expect(passes(throttle, "a")).toBe(1);
  time.move(1e9);
  expect(passes(throttle, "a")).toBe(10);
  expect(passes(throttle, "b")).toBe(10);
});

test("the refusal is a 429 with the seconds until the next attempt passes, and refused ones cost nothing", () => {
  const time = clock();
  const throttle = new Throttle({ attempts: 2, refillSeconds: 30, now: time.now });
  throttle.take("a");
  time.move(12.5);
  throttle.take("a");
  for (let again = 0; again < 50; again++) {
    const problem = problemOf(() => throttle.take("a"));
    expect(problem).toMatchObject({ code: "too_many_attempts", headers: { "retry-after": "18" } });
    expect(problem.detail).toBe("Too many attempts. Try again in 18 s.");
  }
  time.move(17);
  expect(problemOf(() => throttle.take("a")).headers).toEqual({
    "retry-after": "1",
    ratelimit: '"attempts";r=0;t=1',
    "ratelimit-policy": '"attempts";q=2;w=60',
  });
  time.move(1);
  expect(passes(throttle, "a")).toBe(1);
});

test("what is given back can be taken again, once, and a full bucket does not grow", () => {
  const time = clock();
  const throttle = new Throttle({ attempts: 3, refillSeconds: 10, now: time.now });
  for (let again = 0; again < 20; again++) throttle.refund("a");
  expect(throttle.names).toBe(0);
  expect(passes(throttle, "a")).toBe(3);
  throttle.refund("a");
  expect(passes(throttle, "a")).toBe(1);
  throttle.refund("a");
  throttle.refund("a");
  throttle.refund("a");
  expect(throttle.names).toBe(0);
  expect(passes(throttle, "a")).toBe(3);
});

test("a clock that is set back locks nobody out for longer than an empty bucket does", () => {
  const time = clock();
  const throttle = new Throttle({ attempts: 3, refillSeconds: 10, now: time.now });
  expect(passes(throttle, "a")).toBe(3);
  time.move(-86_400);
  expect(problemOf(() => throttle.take("a")).headers).toMatchObject({ "retry-after": "10" });
  time.move(10);
  expect(passes(throttle, "a")).toBe(1);
});

test("memory is bounded: of 10,000 forged names and more the one used longest ago goes", () => {
  const time = clock();
  const throttle = new Throttle({ attempts: 2, refillSeconds: 30, now: time.now });
  expect(passes(throttle, "first")).toBe(2);
  expect(passes(throttle, "busy")).toBe(2);
  for (let turn = 0; turn < 6; turn++) {
    for (let forged = 0; forged < 5_000; forged++) throttle.take(`forged ${turn} ${forged}`);
    // Refused ones count as seen: whoever goes on is not forgotten.
    expect(passes(throttle, "busy")).toBe(0);
  }
  expect(throttle.names).toBe(10_000);
  expect(passes(throttle, "first")).toBe(2);
  const few = new Throttle({ attempts: 1, refillSeconds: 30, names: 2, now: time.now });
  for (const name of ["a", "b", "c"]) few.take(name);
  expect([few.names, passes(few, "c"), passes(few, "b"), passes(few, "a")]).toEqual([2, 0, 0, 1]);
});

test("names are not members of an object", () => {
  const throttle = new Throttle({ attempts: 1, refillSeconds: 30, now: clock().now });
  for (const name of ["", "__proto__", "constructor", "toString"]) expect(passes(throttle, name), name).toBe(1);
});

test("whatever is taken, given back and waited for, no more passes than a bucket allows", () => {
  const action = fc.oneof(
    fc.constant({ kind: "take" as const }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  );
  // In any stretch of time: the full bucket, and one for each refill in it.
  const checked = fc.check(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      let now = 0;
      const throttle = new Throttle({ attempts: 4, refillSeconds: 7, now: () => now });
      const passed: number[] = [];
      for (const step of actions) {
        if (step.kind === "wait") now += step.ms;
        else if (passes(throttle, "a", 1) === 1) passed.push(now);
      }
      return passed.every((begun, from) =>
        passed.slice(from).every((ended, more) => more + 1 <= 4 + Math.floor((ended - begun) / 7_000)),
      );
    }),
    { numRuns: 1_000 },
  );
  expect(checked).toMatchObject({ failed: false, numRuns: 1_000 });
});

test("an address is counted in one spelling, IPv6 by its /64", () => {
  const same: readonly (readonly string[])[] = [
    ["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:203.0.113.7", "::ffff:cb00:7107", "0:0:0:0:0:ffff:203.0.113.7"],
    [
      "2001:db8:1:2::/64",
      "2001:db8:1:2::1",
      "2001:0DB8:0001:0002:ffff:FFFF:ffff:ffff",
      "2001:db8:1:2:0:0:0:0",
      "2001:db8:1:2::203.0.113.7",
    ],
    ["0:0:0:0::/64", "::1", "::", "0:0:0:0:0:0:0:1", "::203.0.113.7"],
    ["fe80:0:0:0::/64", "fe80::1%eth0", "fe80::2%25", "fe80::3"],
    ["1:2:3:4::/64", "1:2:3:4:5:6:7::", "1:2:3:4::5:6:7"],
  ];
  for (const [name, ...spellings] of same)
    for (const spelling of spellings) expect(addressName(spelling), spelling).toBe(name);
  expect(addressName("203.0.113.7")).toBe("203.0.113.7");
  expect(addressName("2001:db8:1:3::1")).not.toBe(addressName("2001:db8:1:2::1"));
  expect(addressName("0:0:0:0:1:ffff:203.0.113.7")).toBe("0:0:0:0::/64");
});

test("what is no address is one name for all of them", () => {
  const none = [
    undefined,
    "",
    "unknown",
    "localhost",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4.",
    "01.2.3.4",
    "1.2.3.4:80",
    "203.0.113.7\n",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "::12345",
    "1:2:3:4:5:6:7:8::",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "::g",
    ":",
    ":::",
    "1:",
    ":1:2:3:4:5:6:7:8",
    "[::1]",
    "2001:db8::1 ",
    "%eth0",
  ];
  for (const text of none) expect(addressName(text), JSON.stringify(text)).toBe("unknown");
});

test("whoever changes his address inside his /64 stays one name", () => {
  const throttle = new Throttle({ attempts: 30, refillSeconds: 6, now: clock().now });
  let passed = 0;
  for (let at = 0; at < 10_000; at++)
    passed += passes(throttle, addressName(`2001:db8:1:2:${at.toString(16)}::${((at * 7) & 0xffff).toString(16)}`), 1);
  expect(passed).toBe(30);
  expect(throttle.names).toBe(1);
});

import { expect, test } from "vitest";
import { isRefreshToken, readRefreshToken, refreshToken } from "#servery/auth/tokens/refresh-token.js";

const SECRET = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";
const OF = { session: "0199c3b2-5b1e-7c3a-9d51-6f3e2a1b4c5d", nonce: "r4nd0mN0nce", generation: 3 };
const TOKEN = refreshToken(SECRET, OF);

test("the same generation always gives the same token, which says what it is of", () => {
  expect(refreshToken(SECRET, { ...OF })).toBe(TOKEN);
  expect(TOKEN).toMatch(/^svrt_0199c3b2-5b1e-7c3a-9d51-6f3e2a1b4c5d\.3\.[A-Za-z0-9_-]{43}$/);
  expect(readRefreshToken(TOKEN)).toEqual({ session: OF.session, generation: 3, mac: TOKEN.slice(-43) });
  expect(isRefreshToken(SECRET, TOKEN, OF)).toBe(true);
});

test.each([
  ["secret", `${SECRET}x`, OF],
  ["session", SECRET, { ...OF, session: "other" }],
  ["nonce", SECRET, { ...OF, nonce: "r4nd0mN0ncf" }],
  ["generation", SECRET, { ...OF, generation: 4 }],
])("another %s gives another token", (_what, secret, of) => {
  expect(refreshToken(secret, of).slice(-43)).not.toBe(TOKEN.slice(-43));
  expect(isRefreshToken(secret, TOKEN, of)).toBe(false);
  // Nor does the MAC of the one serve for the other.
  const named = `${refreshToken(secret, of).slice(0, -43)}${TOKEN.slice(-43)}`;
  expect(isRefreshToken(secret, named, of)).toBe(false);
});

test("a token has one spelling", () => {
  const [head, mac] = [TOKEN.slice(0, -43), TOKEN.slice(-43)];
  const lastBits = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    .map((last) => mac.slice(0, -1) + last)
    .filter((other) => other !== mac && Buffer.from(other, "base64url").equals(Buffer.from(mac, "base64url")));
  expect(lastBits.length).toBe(3);
  const spelled = [
    ...["=", "\n", ".", "A", " "].map((odd) => TOKEN + odd),
    ` ${TOKEN}`,
    TOKEN.toUpperCase(),
    TOKEN.slice(5),
    ...lastBits.map((other) => head + other),
    ...["03", "+3", "3.0", "3e0", "-3", "", " 3", "３", "1".repeat(16)].map((other) =>
      TOKEN.replace(".3.", `.${other}.`),
    ),
    ...["svrt_.3.", `svrt_${"s".repeat(65)}.3.`, "svrt_a b.3.", "svrt_../x.3.", "SVRT_a.3.", "svrt-a.3."].map(
      (other) => other + mac,
    ),
    ...Array.from({ length: TOKEN.length }, (_, length) => TOKEN.slice(0, length)),
    "x".repeat(100_000),
    TOKEN + "x".repeat(100_000),
  ];
  expect(spelled.filter((text) => readRefreshToken(text) !== undefined)).toEqual([]);
  expect(spelled.filter((text) => isRefreshToken(SECRET, text, OF))).toEqual([]);
  // As long in characters, longer in bytes.
  expect(isRefreshToken(SECRET, `${TOKEN.slice(0, -1)}é`, OF)).toBe(false);
});

test.each([
  ["", 0],
  ["a.b", 0],
  ["s".repeat(65), 0],
  ["s", -1],
  ["s", 1.5],
  ["s", Number.NaN],
  ["s", 1e21],
])("no token is made that could not be read back: session %j, generation %d", (session, generation) => {
  expect(() => refreshToken(SECRET, { session, generation, nonce: "n" })).toThrow(TypeError);
});

test("every generation that is counted can be read back", () => {
  for (const generation of [0, 1, 9, 10, 4_294_967_296, 999_999_999_999_999]) {
    expect(readRefreshToken(refreshToken(SECRET, { ...OF, generation }))?.generation).toBe(generation);
  }
});

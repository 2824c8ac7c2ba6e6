import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { weakness } from "#servery/auth/secret-strength.js";

test.each([
  ["", "It has 0 characters; 32 are the least."],
  ["a".repeat(31), "It has 31 characters; 32 are the least."],
  ["kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6", "It has 31 characters; 32 are the least."],
  // Sixteen letters of two UTF-16 units each.
  ["😀".repeat(16), "It has 16 characters; 32 are the least."],
  ["a".repeat(64), "It has 1 different characters; 10 are the least."],
  ["abcdefghi".repeat(10), "It has 9 different characters; 10 are the least."],
  ["k3Jd9sLq0Z".repeat(4), "It repeats one pattern."],
  ["kQ3v0Zr8fTn5yLw2".repeat(2), "It repeats one pattern."],
  ["kQ3v0Zr8fTn5".repeat(2) + "kQ3v0Zr8", "It repeats one pattern."],
  ["abcdefghijklmnopqrstuvwxyz0123456789", "Its characters follow each other as in the alphabet."],
  ["zyxwvutsrqponmlkjihgfedcba9876543210", "Its characters follow each other as in the alphabet."],
  ["0123456789abcdefghijABCDEFGHIJKLMNOP", "Its characters follow each other as in the alphabet."],
  ["change-me-this-is-not-a-secure-secret-key", "It is made of well-known words."],
  ["my-super-secret-jwt-key-change-in-production", "It is made of well-known words."],
  ["YourSuperSecretKeyForJWTTokens-ChangeIt!", "It is made of well-known words."],
  ["s3cr3t-p@ssw0rd-ch4ng3-m3-pl3a5e-t0d4y", "It is made of well-known words."],
  ["please_replace_this_secret_with_your_own_1", "It is made of well-known words."],
  ["passwordpassword-secretsecret-admin-2024", "It is made of well-known words."],
  ["qwertyuiopasdfghjklzxcvbnm-qwerty-1234567", "It is made of well-known words."],
  ["servery development secret, do not use it", "It is made of well-known words."],
  ["SECRET_KEY_CHANGE_ME_IN_PRODUCTION_12345", "It is made of well-known words."],
])("too weak: %j", (secret, why) => {
  expect(weakness(secret)).toBe(why);
});

test("secrets that were drawn at random are strong enough", () => {
  const bytes = Array.from({ length: 2_000 }, (_, at) => createHash("sha256").update(String(at)).digest());
  const forms = (["hex", "base64", "base64url"] as const).flatMap((form) => bytes.map((drawn) => drawn.toString(form)));
  const short = bytes.map((drawn) => drawn.toString("base64url").slice(0, 32));
  const chosen = ["secret-kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e", "correct horse battery staple orbit lantern fig"];
  expect([...forms, ...short, ...chosen].filter((secret) => weakness(secret) !== undefined)).toEqual([]);
});

test("what it says names no part of the secret", () => {
  expect(weakness("change-me-this-is-not-a-secure-secret-key")).not.toMatch(/change|secret/);
});

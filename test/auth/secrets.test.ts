import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { isApiKey, newApiKey, parseApiKey } from "#servery/auth/api-key.js";
import { hashOneTimeSecret, isOneTimeSecret, newOneTimeSecret, sameHash } from "#servery/auth/one-time-secret.js";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

test("a one-time secret has 256 random bits behind its prefix, and the hash of the whole is what is stored", () => {
  const made = Array.from({ length: 500 }, () => newOneTimeSecret("reset"));
  expect(new Set(made.map(({ text }) => text)).size).toBe(500);
  for (const { text, hash } of made) {
    expect(text).toMatch(/^reset_[\w-]{43}$/);
    expect(Buffer.from(text.slice(6), "base64url")).toHaveLength(32);
    expect(hash).toBe(sha256(text));
    expect(hashOneTimeSecret(text)).toBe(hash);
    expect(isOneTimeSecret("reset", text)).toBe(true);
  }
});

test("only a secret of this prefix, whole and in its one spelling, has its form", () => {
  const { text } = newOneTimeSecret("reset");
  const secret = text.slice("reset_".length);
  const zeros = `reset_${"A".repeat(43)}`;
  expect(isOneTimeSecret("reset", zeros)).toBe(true);
  const none = [
    "",
    "reset",
    "reset_",
    secret,
    `verify_${secret}`,
    `Reset_${secret}`,
    `reset${secret}`,
    text.slice(0, -1),
    `${text}A`,
    `${text}=`,
    `${text}\n`,
    ` ${text}`,
    // The last character has two bits to spare: set, they would be a second spelling.
    `${zeros.slice(0, -1)}B`,
    `reset_${"A".repeat(41)}+A`,
  ];
  for (const other of none) expect(isOneTimeSecret("reset", other), other).toBe(false);
  expect(isOneTimeSecret("reset_x", text)).toBe(false);
  expect(isOneTimeSecret("", text)).toBe(false);
});

test("hashes are compared whole: a beginning, another length and another kind of letter are not equal", () => {
  const hash = sha256("one");
  expect(sameHash(hash, sha256("one"))).toBe(true);
  for (const other of ["", hash.slice(0, -1), `${hash}0`, hash.toUpperCase(), sha256("two"), `é${hash.slice(2)}`])
    expect(sameHash(hash, other), other).toBe(false);
  for (let at = 0; at < hash.length; at++) {
    const changed = hash.slice(0, at) + (hash[at] === "0" ? "1" : "0") + hash.slice(at + 1);
    expect(sameHash(hash, changed), String(at)).toBe(false);
  }
});

test("a key is svk_, its id, and a secret with its checksum; it is found again by its id and hash", () => {
  const made = Array.from({ length: 300 }, newApiKey);
  expect(new Set(made.map(({ id }) => id)).size).toBe(300);
  expect(new Set(made.map(({ text }) => text.slice(21, 73))).size).toBe(300);
  for (const { id, text, hash } of made) {
    expect(text).toMatch(/^svk_[0-9a-hjkmnp-tv-z]{16}_[0-9a-hjkmnp-tv-z]{58}$/);
    expect(text.slice(4, 20)).toBe(id);
    expect(hash).toBe(sha256(text));
    const key = parseApiKey(text);
    expect(key).toEqual({ id, hash });
    expect(key !== undefined && isApiKey(key, hash)).toBe(true);
  }
});

test("every single wrong character, every swap of neighbours and every cut is recognised without looking it up", () => {
  const { text } = newApiKey();
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === "7" ? "8" : "7";
    expect(parseApiKey(text.slice(0, at) + other + text.slice(at + 1)), `changed at ${at}`).toBeUndefined();
    expect(parseApiKey(text.slice(0, at)), `cut at ${at}`).toBeUndefined();
  }
  const swapped = Array.from(
    text,
    (letter, at) => text.slice(0, at) + (text[at + 1] ?? "") + letter + text.slice(at + 2),
  );
  const other = swapped.filter((each) => each !== text);
  expect(other.length).toBeGreaterThan(40);
  for (const each of other) expect(parseApiKey(each), each).toBeUndefined();
  const forms = [
    text.toUpperCase(),
    ` ${text}`,
    `${text}\n`,
    `${text}0`,
    text.replace("svk_", "svk-"),
    text.replace("svk_", ""),
  ];
  for (const other of forms) expect(parseApiKey(other), other).toBeUndefined();
});

test("the form of a key is fixed: one that is stored today is read tomorrow", () => {
  const body = `svk_${"0123456789abcdef"}_${"z".repeat(51)}g`;
  // The first 30 bits of SHA-256, in base 32.
  const bits = BigInt(`0x${sha256(body).slice(0, 8)}`) >> 2n;
  const letters = "0123456789abcdefghjkmnpqrstvwxyz";
  const check = Array.from({ length: 6 }, (_, at) => letters[Number((bits >> BigInt(25 - 5 * at)) & 31n)]).join("");
  expect(parseApiKey(body + check)).toEqual({ id: "0123456789abcdef", hash: sha256(body + check) });
});

test("a key is not another one with the same id", () => {
  const [one, other] = [newApiKey(), newApiKey()];
  expect(isApiKey(one, one.hash)).toBe(true);
  expect(isApiKey({ id: one.id, hash: other.hash }, one.hash)).toBe(false);
  expect(isApiKey(one, "")).toBe(false);
});

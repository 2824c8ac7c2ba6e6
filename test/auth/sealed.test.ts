import { expect, test } from "vitest";
import { seal, unseal } from "#servery/auth/tokens/sealed.js";

const SECRET = "kQ3v0Zr8fTn5yLw2Xb7cHd9gJm4sPa6e";

test.each(["", "a", '{"kty":"oct"}', "ä😀\0", "x".repeat(10_000)])("what was sealed is the same again: %j", (text) => {
  const sealed = seal(SECRET, "keys", text);
  expect(unseal(SECRET, "keys", sealed)).toBe(text);
  expect(sealed).not.toBe(seal(SECRET, "keys", text));
});

test("another secret or purpose does not open it", () => {
  const sealed = seal(SECRET, "keys", "text");
  expect(() => unseal(`${SECRET}x`, "keys", sealed)).toThrow("another secret");
  expect(() => unseal(SECRET, "totp", sealed)).toThrow("another purpose");
});

test("no bit of it can be changed, and nothing be cut off or added", () => {
  const sealed = seal(SECRET, "keys", "text");
  const bytes = Buffer.from(sealed.slice(3), "base64url");
  const changed = Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return `v1.${other.toString("base64url")}`;
  });
  const cut = Array.from({ length: sealed.length }, (_, length) => sealed.slice(0, length));
  const other = [`${sealed}A`, `${sealed}=`, ` ${sealed}`, `v2.${sealed.slice(3)}`, sealed.slice(3), `v1.${sealed}`];
  const opened = [...changed, ...cut, ...other].filter((text) => opens(text));
  expect(opened).toEqual([]);
  expect(opens(sealed)).toBe(true);
});

function opens(sealed: string): boolean {
  try {
    unseal(SECRET, "keys", sealed);
    return true;
  } catch {
    return false;
  }
}

import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { newRecoveryCodes, newTotpSecret, recoveryHash, totpStep, totpUri } from "#servery/auth/second-factor.js";

/** "12345678901234567890", the secret of RFC 6238 appendix B for SHA-1. */
const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/** Seconds since 1970 and the code of eight digits there. Codes of six digits are the last six of them. */
const RFC_VECTORS = [
  [59, "94287082"],
  [1_111_111_109, "07081804"],
  [1_111_111_111, "14050471"],
  [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"],
  [20_000_000_000, "65353130"],
] as const;

/** RFC 4226 §5.3, written out once more: what the code of a step is. */
function codeOf(key: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", key).update(counter).digest();
  const offset = (mac.at(-1) as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
const RFC_KEY = Buffer.from("12345678901234567890");

test("the vectors of RFC 6238", () => {
  for (const [seconds, code] of RFC_VECTORS)
    expect(totpStep(RFC_SECRET, code.slice(2), seconds * 1_000), code).toBe(Math.floor(seconds / 30));
});

test("the step before and the one after are taken, those beyond are not", () => {
  const step = 41_152_263;
  for (const now of [step * 30_000, step * 30_000 + 29_999]) {
    for (const delta of [-1, 0, 1])
      expect(totpStep(RFC_SECRET, codeOf(RFC_KEY, step + delta), now), String(delta)).toBe(step + delta);
    for (const delta of [-20, -3, -2, 2, 3, 20])
      expect(totpStep(RFC_SECRET, codeOf(RFC_KEY, step + delta), now), String(delta)).toBeUndefined();
  }
  // In the first half minute of 1970 there is no step before.
  expect(totpStep(RFC_SECRET, codeOf(RFC_KEY, 0), 0)).toBe(0);
  expect(totpStep(RFC_SECRET, codeOf(RFC_KEY, 1), 0)).toBe(1);
});

test("a code belongs to the same step whenever it is sent, so that whoever keeps the step sees it a second time", () => {
  const step = 50_000_000;
  const code = codeOf(RFC_KEY, step);
  const seen = [-30_000, -1, 0, 29_999, 30_000, 59_999].map((ms) => totpStep(RFC_SECRET, code, step * 30_000 + ms));
  expect(seen).toEqual(seen.map(() => step));
});

test("only six digits are a code; the space that apps show in the middle is left out", () => {
  const now = 59_000;
  expect(totpStep(RFC_SECRET, "287 082", now)).toBe(1);
  expect(totpStep(RFC_SECRET, " 287082 ", now)).toBe(1);
  const none = [
    "",
    "94287082",
    "28708",
    "2870820",
    "287083",
    "٢٨٧٠٨٢",
    "287082\n",
    "28708e",
    "+287082",
    "0x4616A",
    "-87082",
    "２８７０８２",
  ];
  for (const code of [...none, "2".repeat(100_000)])
    expect(totpStep(RFC_SECRET, code, now), code.slice(0, 9)).toBeUndefined();
});

test("a secret has 160 bits in base 32, and its URI is what authenticator apps read", () => {
  const secrets = new Set(Array.from({ length: 100 }, newTotpSecret));
  expect(secrets.size).toBe(100);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  const uri = new URL(totpUri({ secret: RFC_SECRET, account: "a b:c&d@example.org", issuer: "Café & Söhne" }));
  expect(uri.protocol + uri.host).toBe("otpauth:totp");
  expect(decodeURIComponent(uri.pathname)).toBe("/Café & Söhne:a b:c&d@example.org");
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    issuer: "Café & Söhne",
    secret: RFC_SECRET,
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
});

test("ten recovery codes of 100 bits, in letters that are not mistaken for one another", () => {
  const codes = Array.from({ length: 200 }, newRecoveryCodes);
  for (const ten of codes) expect(ten).toHaveLength(10);
  const all = codes.flat();
  expect(new Set(all).size).toBe(2_000);
  for (const code of all) expect(code).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){4}[0-9a-hjkmnp-tv-z]{4}$/);
  // Each of the 20 places takes each of the 32 letters: no place is fixed or skewed by how bytes are cut up.
  for (let place = 0; place < 20; place++)
    expect(new Set(all.map((code) => code.replaceAll("-", "")[place])).size, String(place)).toBe(32);
});

test("a recovery code is found again however it was typed, and another is not", () => {
  const code = "7k0m-9q1d-x2nf-h8rw-5tcz";
  const hash = createHash("sha256").update("7k0m9q1dx2nfh8rw5tcz").digest("hex");
  expect(recoveryHash(code)).toBe(hash);
  const same = [code.toUpperCase(), code.replaceAll("-", ""), code.replaceAll("-", " "), ` ${code}\n`];
  for (const typed of [...same, "7kom-9qld-x2nf-h8rw-5tcz", "7KOM-9QID-x2nf-h8rw-5tcz"])
    expect(recoveryHash(typed), typed).toBe(hash);
  for (const other of ["", "7k0m-9q1d-x2nf-h8rw-5tcy", "7k0m-9q1d-x2nf-h8rw", `${code}0`])
    expect(recoveryHash(other), other).not.toBe(hash);
});

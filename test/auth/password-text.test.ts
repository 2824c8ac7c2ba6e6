import { expect, test } from "vitest";
import { COMMON_PASSWORDS } from "#servery/auth/common-passwords.js";
import { checkPassword, Passwords } from "#servery/auth/passwords.js";
import { findingOf } from "./finding-of.ts";

const refused = (password: unknown, email?: string): unknown =>
  findingOf(() => checkPassword(password, "/password", { email }));

test("a password has 8 to 256 code points, counted as people count them", () => {
  const emoji = "😀";
  for (const right of ["xkcd9361", "grün-Öl7", emoji.repeat(4) + "abcd", "ab".repeat(128), `${emoji}a`.repeat(128)])
    expect(checkPassword(right, "/password")).toBe(right);
  expect(refused("xkcd936")).toMatchObject({ code: "too_short", pointer: "/password" });
  // Eight UTF-16 units, four code points.
  expect(refused("😀😁😂😃")).toMatchObject({ code: "too_short" });
  // Eight code points as they are sent, four as they are counted.
  expect(refused("e\u0301".repeat(4))).toMatchObject({ code: "too_short" });
  expect(refused(`${"ab".repeat(128)}c`)).toMatchObject({ code: "too_long" });
  expect(checkPassword("e\u0301x".repeat(128), "/password")).toBe("éx".repeat(128));
});

test("a text of many marks is refused before it is normalised, one of the longest real ones is not", () => {
  // U+0344 and U+1F82 become two and three code points.
  expect(refused("a\u0301\u0316".repeat(300_000))).toMatchObject({ code: "too_long" });
  expect(refused("x".repeat(2_049))).toMatchObject({ code: "too_long" });
  const fourEach = "\u1fb7\u0345".normalize("NFD");
  expect(checkPassword(`start${fourEach.repeat(50)}`, "/password").startsWith("start")).toBe(true);
});

test("what is no password is refused with what is wrong", () => {
  expect(refused(undefined)).toEqual({ pointer: "/password", code: "required", message: "Password required." });
  expect(refused("")).toMatchObject({ code: "required" });
  for (const other of [null, 12_345_678, true, ["correct horse"], { password: "correct horse" }])
    expect(refused(other)).toMatchObject({ code: "type" });
  for (const text of ["correct\0horse", "correct horse \ud83d", "\ude00 correct horse"])
    expect(refused(text)).toMatchObject({ code: "characters" });
});

test("the message never repeats the password", () => {
  for (const text of ["short-1", "passw0rd", "x".repeat(300), "someone@example.org"])
    expect(JSON.stringify(refused(text, "someone@example.org"))).not.toContain(text);
});

test("the commonest passwords are refused in any capitals, and one character over and over", () => {
  expect(COMMON_PASSWORDS.size).toBeGreaterThanOrEqual(200);
  for (const common of COMMON_PASSWORDS) {
    expect(common, "is in the form in which it is looked up").toBe(common.normalize("NFC").toLowerCase());
    expect([...common].length, `${common} would be refused as too short anyway`).toBeGreaterThanOrEqual(8);
    expect(refused(common), common).toMatchObject({ code: "guessable" });
  }
  for (const common of ["PassWord", "QWERTYUIOP", "P@SSW0RD", "zzzzzzzz", "ZzzzzzzZ", "        ", "contrasen\u0303a"])
    expect(refused(common), common).toMatchObject({ code: "guessable" });
  expect(checkPassword("password of mine", "/password")).toBe("password of mine");
});

test("a password is not its owner's e-mail address, nor what stands before its @", () => {
  const email = "Long.Name@Example.org";
  for (const same of [email, "long.name@example.org", "LONG.NAME@EXAMPLE.ORG", " long.name@example.org ", "long.name"])
    expect(refused(same, email), same).toMatchObject({ code: "guessable" });
  expect(refused("se\u00f1or@example.org", "sen\u0303or@example.org")).toMatchObject({ code: "guessable" });
  for (const other of ["long.name@example.com", "example.org", "long.name1"])
    expect(checkPassword(other, "/password", { email })).toBe(other);
  // Another's address is nobody's business here, and an address without @ has nothing before it.
  expect(checkPassword(email, "/password")).toBe(email);
  expect(checkPassword("long.name", "/password", { email: "@example.org" })).toBe("long.name");
});

test("the two spellings of é, and every kind of space, are one password; ﬁ and fi, ² and 2, A and Ａ are not", async () => {
  const passwords = new Passwords();
  const composed = "caf\u00e9 au lait";
  const hash = await passwords.hash(composed);
  expect(checkPassword("cafe\u0301 au lait", "/password")).toBe(composed);
  expect(await passwords.verify(hash, "cafe\u0301 au lait")).toBe(true);
  expect(await passwords.verify(hash, "caf\u00e9\u00a0au\u3000lait")).toBe(true);
  expect(await passwords.verify(hash, "cafe au lait")).toBe(false);
  expect(await passwords.verify(await passwords.hash("A\u030angstr\u00f6m 12"), "\u212bngstr\u00f6m 12")).toBe(true);
  for (const [one, other] of [
    ["of\ufb01ce hours", "office hours"],
    ["square \u00b2\u00b2\u00b2", "square 222"],
    ["\uff21bcdefgh", "Abcdefgh"],
    ["Case Matters", "case matters"],
    ["with a space ", "with a space"],
  ] as const)
    expect(await passwords.verify(await passwords.hash(one), other), one).toBe(false);
});

import { describe, expect, test } from "vitest";
import { compile, integer, longText, owner, ref, servery, signedIn, table, text } from "servery";
import { explainAction } from "#servery/auth/policy/explain.js";
import { explanationLine } from "#servery/http/explain-refusal.js";

function lineOf(declared: Parameters<typeof servery>[0], key = 7): string {
  const { policies } = compile(servery(declared));
  const account = { table: "users", key, roles: [] as string[], scopes: undefined };
  const principal = policies.source(() => {}).account(account as never);
  return explanationLine({ rules: [explainAction(principal, { name: "rows" }, "read")] }, undefined);
}

const users = table({ name: text(30).unique() }).allow({ read: signedIn });

describe("an explanation", () => {
  test("keeps the values of private columns to itself", () => {
    const rows = table({ code: longText().optional().private() });
    const line = lineOf({ tables: { users, rows: rows.allow({ read: () => ({ code: "canary" }) }) } });
    expect(line).toBe("rows.read: a function of the caller -> code = (private)");
  });

  test("is one line of ASCII, whatever stands in names and values", () => {
    const odd = { ["a\r\nSet-Cookie: b"]: () => ({ name: "ÿ\r\n😀\u2028" }) };
    const rule = odd["a\r\nSet-Cookie: b"] as () => { name: string };
    const line = lineOf({ tables: { users, rows: table({ name: text(30) }).allow({ read: rule }) } });
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(line).toContain(String.raw`the function a\u{D}\u{A}Set-Cookie: b`);
    expect(line).toContain(String.raw`\u{1F600}`);
  });

  test("has at most 1,000 characters", () => {
    const many = Array.from({ length: 300 }, (_, at) => 100_000 + at);
    const rows = table({ level: integer() }).allow({ read: () => ({ level: { in: many } }) });
    const line = lineOf({ tables: { users, rows } });
    expect(line).toHaveLength(1_000);
    expect(line.endsWith("...")).toBe(true);
  });

  test.each([
    [{ not: { name: "x" } }, 'not (name = "x")'],
    [{ note: null }, "note is null"],
    [{ note: { ne: null } }, "note is not null"],
    [{ name: "x", or: [{ note: "a" }, { note: "b" }] }, 'name = "x" and (note = "a" or note = "b")'],
  ])("says %j in words that can be read one way only", (filter, words) => {
    const rows = table({ name: text(30), note: text(30).optional() }).allow({ read: () => filter as never });
    expect(lineOf({ tables: { users, rows } })).toBe(`rows.read: a function of the caller -> ${words}`);
  });

  test("names the rows of an owner by the column", () => {
    const rows = table({ user_id: ref("users").owner() }).allow({ read: owner });
    const accounts = table({ name: text(30).unique() })
      .accounts({ identifier: "name", verify: false })
      .allow({ read: signedIn });
    expect(lineOf({ tables: { users: accounts, rows } })).toBe("rows.read: owner -> user_id = 7");
  });
});

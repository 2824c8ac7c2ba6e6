import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnyDeclaration,
  compile,
  createEngine,
  everyone,
  nobody,
  owner,
  ref,
  role,
  self,
  servery,
  signedIn,
  table,
  text,
} from "servery";
import { describe, expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const plain = table({ title: text(10) }).allow(OPEN);

function posts(columns: Parameters<typeof table>[0]): AnyDeclaration {
  return servery({ tables: { users: plain, posts: table(columns).allow(OPEN) } });
}

/** Everything that a later version brings: named, it must not be taken and ignored. */
const later: [string, () => AnyDeclaration, RegExp][] = [
  [".accounts()", () => servery({ tables: { posts: plain.accounts() } }), /table posts: \.accounts\(\)/],
  [".audited()", () => servery({ tables: { posts: plain.audited() } }), /table posts: \.audited\(\)/],
  [".owner()", () => posts({ user_id: ref("users").owner() }), /table posts, column user_id: \.owner\(\)/],
  [".private()", () => posts({ title: text(1).private() }), /table posts, column title: \.private\(\)/],
  [".readable()", () => posts({ title: text(1).readable(self) }), /table posts, column title: \.readable\(\)/],
  [".writable()", () => posts({ title: text(1).writable(owner) }), /table posts, column title: \.writable\(\)/],
  [
    "signedIn",
    () => servery({ tables: { posts: plain.allow({ ...OPEN, create: signedIn }) } }),
    /table posts, create: The rule signedIn/,
  ],
  [
    "owner",
    () => servery({ tables: { posts: plain.allow({ ...OPEN, update: owner }) } }),
    /table posts, update: The rule owner/,
  ],
  [
    "self",
    () => servery({ tables: { posts: plain.allow({ ...OPEN, delete: self }) } }),
    /table posts, delete: The rule self/,
  ],
  [
    "role()",
    () => servery({ tables: { posts: plain.allow({ ...OPEN, read: role("staff") }) } }),
    /table posts, read: The rule role\("staff"\)/,
  ],
  [
    "a rule that is a function",
    () => servery({ tables: { posts: plain.allow(Object.assign({}, OPEN, { read: () => true })) } }),
    /table posts, read/,
  ],
];

describe("what is not there yet stops the start and says so", () => {
  test.each(later)("%s", (_, make, words) => {
    const reason = reasonOf(make);
    expect(reason).toMatch(words);
    expect(reason).toContain("not available yet");
  });

  test("everyone and nobody are there", () => {
    expect(() =>
      compile(servery({ tables: { posts: plain.allow({ read: everyone, create: nobody }) } })),
    ).not.toThrow();
  });
});

describe("a first row that does not fit", () => {
  const seeded = (rows: readonly { readonly [column: string]: string | number }[], name = "posts") =>
    compile({ ...servery({ tables: { posts: plain } }), seed: () => [{ table: name, rows }] });

  test.each([
    ["a value that breaks its column", seeded([{ title: "far too long for it" }])],
    ["an unknown column", seeded([{ title: "x", nope: 1 }])],
    ["a table that is not there", seeded([{ title: "x" }], "post")],
    [
      "a key twice",
      seeded([
        { id: 1, title: "x" },
        { id: 1, title: "y" },
      ]),
    ],
  ])("%s: no engine, and the next start finds no half of it", async (_, application) => {
    const folder = mkdtempSync(join(tmpdir(), "servery-seed-"));
    const database = `sqlite:${folder}/data.db`;
    await expect(createEngine(application, { database })).rejects.toThrow(/seed|does not fit|already taken|has this/);
    const engine = await createEngine(compile(servery({ tables: { posts: plain } })), { database });
    expect((await engine.handle({ method: "GET", url: "/api/posts" })).body).toBe("[]");
    await engine.close();
    rmSync(folder, { recursive: true });
  });
});

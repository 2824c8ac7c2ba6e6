import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  and,
  type AnyDeclaration,
  compile,
  createEngine,
  email,
  everyone,
  nobody,
  or,
  owner,
  ref,
  role,
  type Rules,
  sameAs,
  self,
  servery,
  table,
  text,
} from "servery";
import { describe, expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const plain = table({ title: text(10) }).allow(OPEN);

const people = table({ address: email().unique() }).accounts().allow(OPEN);

function posts(columns: Parameters<typeof table>[0], rules: Rules = OPEN): AnyDeclaration {
  return servery({ tables: { people, users: plain, posts: table(columns).allow(rules) } });
}

/** Rules together as JavaScript may put them: the types refuse most of it. */
function allOf(join: typeof and, ...rules: readonly unknown[]) {
  return (join as (...rules: readonly unknown[]) => ReturnType<typeof and>)(...rules);
}

/** Rules that cannot be asked, and what the start says of them. */
const wrong: [string, () => AnyDeclaration, RegExp][] = [
  ["an owner of no accounts", () => posts({ user_id: ref("users").owner() }), /column user_id: users has no accounts/],
  [
    "two owners",
    () => posts({ one_id: ref("people", { as: "one" }).owner(), two_id: ref("people", { as: "two" }).owner() }),
    /is the owner already/,
  ],
  [
    "owner without an owner column",
    () => posts({ title: text(1) }, { read: owner }),
    /posts, read: the table has no owner/,
  ],
  [
    "self without accounts",
    () => posts({ title: text(1) }, { delete: self }),
    /posts, delete: the table has no accounts/,
  ],
  ["a role without a name", () => posts({ title: text(1) }, { read: role("") }), /posts, read: a role has no name/],
  [
    "a part of another rule",
    () => posts({ title: text(1) }, { read: or(everyone, self) }),
    /posts, read: the table has no acc/,
  ],
  ["and() of nothing", () => posts({ title: text(1) }, { read: allOf(and) }), /^and\(\): it has no parts/],
  ["or() of nothing", () => posts({ title: text(1) }, { read: allOf(or) }), /^or\(\): it has no parts/],
  [
    "a part that is undefined",
    () => posts({ title: text(1) }, { read: allOf(and, everyone, undefined) }),
    /^and\(\), part 2: this is no rule/,
  ],
  [
    "a column's rule that is undefined",
    () => posts({ title: text(1).readable(undefined as never) }),
    /^\.readable\(\): this is no rule/,
  ],
  [
    "sameAs of no relation",
    () => posts({ title: text(1) }, { read: sameAs("author") }),
    /sameAs\("author"\) names no relation/,
  ],
  [
    "sameAs of a list",
    () =>
      servery({ tables: { people: people.allow({ read: sameAs("posts") }), posts: table({ by_id: ref("people") }) } }),
    /posts is a list/,
  ],
  [
    "sameAs in a ring",
    () =>
      servery({
        tables: {
          a: table({ b_id: ref("b", { reverse: "as" }).optional() }).allow({ read: sameAs("b") }),
          b: table({ a_id: ref("a", { reverse: "bs" }).optional() }).allow({ read: sameAs("a") }),
        },
      }),
    /sameAs runs in a ring: a\.read → b\.read → a\.read/,
  ],
  ["what is no rule", () => posts({ title: text(1) }, { read: "everyone" as never }), /posts, read: this is no rule/],
  [
    "a key that not everybody sees",
    () => servery({ tables: { posts: table({ code: text(9).private() }).primaryKey("code") } }),
    /column code: a key names the row/,
  ],
  [
    "a column that a row needs and not everybody writes",
    () => posts({ title: text(1).writable(role("editor")) }),
    /column title: not everyone who may create a row may write it/,
  ],
  ["a private column that a row needs", () => posts({ title: text(1).private() }), /column title: not everyone/],
];

describe("a rule that cannot be asked stops the start and says so", () => {
  test.each(wrong)("%s", (_, make, words) => {
    expect(reasonOf(make)).toMatch(words);
  });

  test("which private columns changed is kept as bits of one number", () => {
    const secrets = Array.from({ length: 63 }, (_, at) => [`s${at}`, text(1).optional().private()] as const);
    const many = (count: number) =>
      table(Object.fromEntries(secrets.slice(0, count)))
        .audited()
        .allow(OPEN);
    expect(reasonOf(() => servery({ tables: { posts: many(63) } }))).toMatch(
      /table posts: an audited table has at most 62/,
    );
    expect(() => compile(servery({ tables: { posts: many(62) } }))).not.toThrow();
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

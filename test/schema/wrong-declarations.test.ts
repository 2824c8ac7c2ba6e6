import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnyDeclaration,
  boolean,
  compile,
  createEngine,
  date,
  DeclarationError,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  nobody,
  owner,
  real,
  ref,
  role,
  self,
  servery,
  signedIn,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
} from "servery";
import { describe, expect, test } from "vitest";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const plain = table({ title: text(10) }).allow(OPEN);

/** What stops the start. `make` may throw by itself: some mistakes are found where they are written. */
function reasonOf(make: () => AnyDeclaration): string {
  try {
    compile(make());
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return (error as Error).message;
  }
  throw new Error("the declaration was accepted");
}

function posts(columns: Parameters<typeof table>[0], options: Parameters<typeof table>[1] = {}): AnyDeclaration {
  return servery({ tables: { users: plain, posts: table(columns, options).allow(OPEN) } });
}

/** Each mistake, and the words that its message must hold: the table, the column, what to write. */
const mistakes: [string, () => AnyDeclaration, RegExp][] = [
  [
    "a reference to no table",
    () => posts({ user_id: ref("user") }),
    /table posts, column user_id: ref\("user"\) names no table\. Did you mean users\?/,
  ],
  [
    "a reference to nothing like a table",
    () => posts({ user_id: ref("zzz") }),
    /table posts, column user_id: .*Declare the table/,
  ],
  [
    "a reference called like a thing of JavaScript",
    () => posts({ user_id: ref("constructor") }),
    /table posts, column user_id/,
  ],
  [
    "set null on a required column",
    () => posts({ user_id: ref("users", { onDelete: "set null" }) }),
    /table posts, column user_id: .*Add \.optional\(\)/,
  ],
  [
    "an unknown onDelete",
    () => posts({ user_id: ref("users", { onDelete: JSON.parse('"explode"') }) }),
    /table posts, column user_id: .*"restrict", "cascade" or "set null"/,
  ],
  [
    "two references to one table without names",
    () => posts({ a_id: ref("users"), b_id: ref("users") }),
    /table posts, column a_id: a_id and b_id both refer to users\. .*as:/,
  ],
  [
    "two relations of one name",
    () => posts({ a_id: ref("users", { as: "x" }), b_id: ref("users", { as: "x" }) }),
    /table posts, relation x: two relations have this name/,
  ],
  [
    "a relation called like a column",
    () => posts({ user_id: ref("users"), user: text(10) }),
    /table posts, relation user: a column has this name/,
  ],
  [
    "a reverse relation called like a column",
    () =>
      servery({
        tables: { users: table({ posts: integer() }).allow(OPEN), posts: table({ user_id: ref("users") }).allow(OPEN) },
      }),
    /table users, relation posts: a column has this name.*reverse/,
  ],
  [
    "a reference to a key of two columns",
    () =>
      servery({
        tables: {
          pairs: table({ a: integer(), b: integer() }).primaryKey("a", "b").allow(OPEN),
          posts: table({ pair_id: ref("pairs") }).allow(OPEN),
        },
      }),
    /table posts, column pair_id: pairs has a key of several columns/,
  ],
  [
    "a ring of cascades",
    () =>
      servery({
        tables: {
          left: table({ right_id: ref("right", { onDelete: "cascade", reverse: "lefts" }).optional() }).allow(OPEN),
          right: table({ left_id: ref("left", { onDelete: "cascade", reverse: "rights" }) }).allow(OPEN),
        },
      }),
    /table (?:left|right), column (?:left|right)_id: .*ring.*"restrict" or "set null"/,
  ],
  [
    "a key that is a ring of references",
    () =>
      servery({
        tables: {
          left: table({ right_id: ref("right", { reverse: "lefts" }) })
            .primaryKey("right_id")
            .allow(OPEN),
          right: table({ left_id: ref("left", { reverse: "rights" }) })
            .primaryKey("left_id")
            .allow(OPEN),
        },
      }),
    /table left, column right_id: .*ring/,
  ],

  [
    "a column that is there by itself: id",
    () => posts({ id: integer() }),
    /table posts, column id: the column is there by itself.*\{ id: false \}/,
  ],
  [
    "a column that is there by itself: created_at",
    () => posts({ created_at: timestamp() }),
    /table posts, column created_at.*created_at: false/,
  ],
  [
    "a column that is there by itself: updated_at",
    () => posts({ updated_at: timestamp() }),
    /table posts, column updated_at.*updated_at: false/,
  ],
  ["no key", () => posts({ title: text(10) }, { id: false }), /table posts: it has no key\. .*primaryKey/],
  [
    "a key of no column",
    () =>
      servery({
        tables: {
          posts: table({ code: text(10) })
            .primaryKey(JSON.parse('"cod"'))
            .allow(OPEN),
        },
      }),
    /table posts: \.primaryKey\(\) names no column cod.*Did you mean code\?/,
  ],
  [
    "a key that may be null",
    () =>
      servery({
        tables: {
          posts: table({ code: text(10).optional() })
            .primaryKey("code")
            .allow(OPEN),
        },
      }),
    /table posts, column code: .*Remove \.optional\(\)/,
  ],
  [
    "a key of json",
    () => servery({ tables: { posts: table({ data: json() }).primaryKey("data").allow(OPEN) } }),
    /table posts, column data: a json cannot be a key/,
  ],

  [
    "two columns that differ in case alone",
    () => posts({ title: text(10), Title: text(10) }),
    /table posts: the columns title and Title differ in case alone/,
  ],
  ["a column that differs from a given one in case alone", () => posts({ ID: integer() }), /table posts.*(?:ID|id)/],
  [
    "two tables that differ in case alone",
    () => servery({ tables: { posts: plain, Posts: plain } }),
    /the tables posts and Posts differ in case alone/,
  ],
  ["a table of Servery's own path", () => servery({ tables: { auth: plain } }), /table "auth": .*path/],
  [
    "a table with a leading underscore",
    () => servery({ tables: { _posts: plain } }),
    /table "_posts": .*path: "postss?"/,
  ],
  [
    "a path that is no segment",
    () => servery({ tables: { posts: table({ title: text(1) }, { path: "a/b" }) } }),
    /table "posts": "a\/b"/,
  ],
  [
    "a path of Servery's own",
    () => servery({ tables: { posts: table({ title: text(1) }, { path: "batch" }) } }),
    /table "posts": "batch"/,
  ],
  [
    "two tables of one path",
    () =>
      servery({ tables: { a: table({ title: text(1) }, { path: "x" }), b: table({ title: text(1) }, { path: "x" }) } }),
    /table b: the path x is already that of a/,
  ],
  ["a table of SQLite's own", () => servery({ tables: { sqlite_x: plain } }), /table "sqlite_x"/],
  ["an empty name", () => servery({ tables: { "": plain } }), /table ""/],
  [
    "a name that is too long",
    () => posts({ ["x".repeat(64)]: text(1) }),
    /table posts, column "x+": a name has 1 to 63 bytes/,
  ],
  ["a name with a control character", () => posts({ "a\nb": text(1) }), /table posts, column "a\\nb"/],
  ["a name that JavaScript takes", () => posts({ constructor: text(1) }), /table posts, column "constructor"/],

  [
    "a default of the wrong type",
    () => posts({ likes: integer().default(JSON.parse('"many"')) }),
    /table posts, column likes: the default "many" is no integer/,
  ],
  [
    "a default out of the range",
    () => posts({ likes: integer({ min: 0 }).default(-1) }),
    /table posts, column likes: .*from 0/,
  ],
  ["a default that is too long", () => posts({ title: text(3).default("long") }), /table posts, column title/],
  [
    "a default that is not in the list",
    () => posts({ status: enumeration("a", "b").default(JSON.parse('"c"')) }),
    /table posts, column status.*one of a, b/,
  ],
  ["a default that is no day", () => posts({ day: date().default("2024-02-30") }), /table posts, column day/],
  [
    "a default with too many digits",
    () => posts({ price: decimal(4, 2).default("1.234") }),
    /table posts, column price/,
  ],
  [
    "a decimal default below its smallest",
    () => posts({ price: decimal(4, 2, { min: "0" }).default("-1.00") }),
    /table posts, column price/,
  ],
  ["an e-mail default that is none", () => posts({ mail: email().default("nobody") }), /table posts, column mail/],
  ["a slug default that is none", () => posts({ slug: slug().default("No Slug") }), /table posts, column slug/],
  [
    "a url default that is none",
    () => posts({ link: url().default("javascript:alert(1)") }),
    /table posts, column link/,
  ],
  [
    "a boolean default that is a number",
    () => posts({ flag: boolean().default(JSON.parse("1")) }),
    /table posts, column flag/,
  ],
  ["a real default that is none", () => posts({ weight: real().default(Number.NaN) }), /table posts, column weight/],
  [
    "null as a default",
    () => posts({ title: text(3).default(JSON.parse("null")) }),
    /table posts, column title: null is no default\. Write \.optional\(\)/,
  ],

  ["a unique json column", () => posts({ data: json().unique() }), /table posts, column data: .*unique/],
  ["an index on json", () => posts({ data: json().index() }), /table posts, column data: .*index/],
  [
    "an index of no column",
    () =>
      servery({
        tables: {
          posts: table({ title: text(1) })
            .index(JSON.parse('"titel"'))
            .allow(OPEN),
        },
      }),
    /table posts: .*titel/,
  ],
  [
    "a unique of no column",
    () =>
      servery({
        tables: {
          posts: table({ title: text(1) })
            .unique("title", JSON.parse('"x"'))
            .allow(OPEN),
        },
      }),
    /table posts: .*\bx\b/,
  ],
  [
    "a check of no column",
    () =>
      servery({
        tables: {
          posts: table({ title: text(1) })
            .check("c", { titel: { eq: "x" } })
            .allow(OPEN),
        },
      }),
    /table posts.*titel/,
  ],
  [
    "a check between kinds",
    () =>
      servery({
        tables: {
          posts: table({ a: integer(), b: text(1) })
            .check("c", { a: { lt: { column: "b" } } })
            .allow(OPEN),
        },
      }),
    /table posts, check c: a and b are of different kinds/,
  ],
  [
    "a check with a value of another kind",
    () =>
      servery({
        tables: {
          posts: table({ a: integer() })
            .check("c", { a: { lt: "x" } })
            .allow(OPEN),
        },
      }),
    /table posts, check c/,
  ],
  [
    "a check on json",
    () =>
      servery({
        tables: {
          posts: table({ a: json() })
            .check("c", { a: { eq: "x" } })
            .allow(OPEN),
        },
      }),
    /table posts, check c: a is a json/,
  ],
  [
    "a check with an unknown operator",
    () =>
      servery({ tables: { posts: table({ a: integer() }).check("c", JSON.parse('{"a":{"like":1}}')).allow(OPEN) } }),
    /table posts, check c.*like/,
  ],
  [
    "two checks of one name",
    () =>
      servery({
        tables: {
          posts: table({ a: integer() })
            .check("c", { a: { gt: 1 } })
            .check("c", { a: { lt: 9 } })
            .allow(OPEN),
        },
      }),
    /table posts, check c/,
  ],

  [
    "a sum over no table",
    () => posts({ total: integer().sumOf("items", "price") }),
    /table posts, column total: \.sumOf\(\) needs a table items/,
  ],
  [
    "a sum over a table that does not refer back",
    () => posts({ total: integer().sumOf("users", "title") }),
    /table posts, column total/,
  ],
  [
    "a copy of no reference",
    () => posts({ price: integer().copyOf("user_id", "price") }),
    /table posts, column price: \.copyOf/,
  ],
  [
    "a copy of another kind",
    () => posts({ user_id: ref("users"), name: text(99).copyOf("user_id", "title") }),
    /table posts, column name/,
  ],
  [
    "a transfer of text",
    () =>
      servery({
        tables: {
          users: plain,
          posts: table({ user_id: ref("users"), title: text(1) })
            .adds("title", "user_id", "title")
            .allow({ read: everyone }),
        },
      }),
    /table posts, \.adds/,
  ],
  [
    "a transfer that may be changed afterwards",
    () =>
      servery({
        tables: {
          users: table({ sum: integer() }).allow(OPEN),
          posts: table({ user_id: ref("users"), n: integer() })
            .adds("n", "user_id", "sum")
            .allow(OPEN),
        },
      }),
    /table posts: .*update: nobody/,
  ],

  [
    "an unknown action",
    () => servery({ tables: { posts: plain.allow(JSON.parse('{"reed":{"rule":"everyone"}}')) } }),
    /table posts: \.allow\(\) knows no action reed/,
  ],
  ["text without a length", () => posts({ title: text(0) }), /text\(0\)/],
  ["text of half a length", () => posts({ title: text(1.5) }), /text\(1\.5\)/],
  ["text with a min above its max", () => posts({ title: text(3, { min: 4 }) }), /text\(3/],
  ["long text of no length", () => posts({ title: longText({ max: -1 }) }), /longText/],
  ["an integer whose range is empty", () => posts({ n: integer({ min: 5, max: 1 }) }), /integer/],
  ["an integer range of halves", () => posts({ n: integer({ min: 0.5 }) }), /integer/],
  ["a decimal without digits", () => posts({ n: decimal(0, 0) }), /decimal\(0, 0\)/],
  ["a decimal with more digits behind the point than it has", () => posts({ n: decimal(2, 3) }), /decimal\(2, 3\)/],
  ["a decimal of more digits than fit", () => posts({ n: decimal(19, 2) }), /decimal\(19, 2\)/],
  ["a decimal whose smallest is none", () => posts({ n: decimal(4, 2, { min: "abc" }) }), /decimal\(4, 2/],
  ["an enumeration that names a value twice", () => posts({ s: enumeration("a", "a") }), /enumeration/],
  [
    "a generated text",
    () => posts({ code: text(5).generated() }),
    /text\(\): only a uuid can be generated.*uuid\(\)\.generated\(\)/,
  ],
];

describe("a wrong declaration stops the start and says what to write", () => {
  test.each(mistakes)("%s", (_, make, words) => {
    expect(reasonOf(make)).toMatch(words);
  });
});

/** Everything that a later version brings: named, it must not be taken and ignored. */
const later: [string, () => AnyDeclaration, RegExp][] = [
  [".accounts()", () => servery({ tables: { posts: plain.accounts() } }), /table posts: \.accounts\(\)/],
  [".audited()", () => servery({ tables: { posts: plain.audited() } }), /table posts: \.audited\(\)/],
  [".owner()", () => posts({ user_id: ref("users").owner() }), /table posts, column user_id: \.owner\(\)/],
  [".private()", () => posts({ title: text(1).private() }), /table posts, column title: \.private\(\)/],
  [".readable()", () => posts({ title: text(1).readable(self) }), /table posts, column title: \.readable\(\)/],
  [".writable()", () => posts({ title: text(1).writable(owner) }), /table posts, column title: \.writable\(\)/],
  [".search()", () => posts({ title: text(1).search() }), /table posts, column title: \.search\(\)/],
  [".was()", () => posts({ title: text(1).was("name") }), /table posts, column title: \.was\(\)/],
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
  ["a Standard Schema in json()", () => posts({ data: json({ "~standard": { version: 1 } }) }), /json/],
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
    await expect(createEngine(application, { database })).rejects.toThrow();
    const engine = await createEngine(compile(servery({ tables: { posts: plain } })), { database });
    expect((await engine.handle({ method: "GET", url: "/api/posts" })).body).toBe("[]");
    await engine.close();
    rmSync(folder, { recursive: true });
  });
});

test("uuid().generated() is taken", () => {
  expect(() => compile(posts({ code: uuid().generated() }))).not.toThrow();
});

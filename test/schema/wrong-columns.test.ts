import {
  type AnyDeclaration,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  real,
  ref,
  servery,
  slug,
  table,
  text,
  url,
  uuid,
} from "servery";
import { describe, expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const plain = table({ title: text(10) }).allow(OPEN);

function posts(columns: Parameters<typeof table>[0], options: Parameters<typeof table>[1] = {}): AnyDeclaration {
  return servery({ tables: { users: plain, posts: table(columns, options).allow(OPEN) } });
}

/** Each mistake, and the words that its message must hold: the table, the column, what to write. */
const mistakes: [string, () => AnyDeclaration, RegExp][] = [
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
  [
    "a search of numbers",
    () => posts({ likes: integer().search() }),
    /table posts, column likes: a integer column cannot be searched.*text, longText, email, slug/,
  ],
  ["a search of a list", () => posts({ status: enumeration("a", "b").search() }), /a enumeration column cannot be/],
  [
    "a searched column with a name of the index",
    () => posts({ Rank: text(10).search() }),
    /table posts, column Rank: .*Rename/,
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

describe("a wrong column stops the start and says what to write", () => {
  test.each(mistakes)("%s", (_, make, words) => {
    expect(reasonOf(make)).toMatch(words);
  });
});

test("uuid().generated() is taken", () => {
  expect(reasonOf(() => posts({ code: uuid().generated(), again: text(0) }))).toContain("text(0)");
});

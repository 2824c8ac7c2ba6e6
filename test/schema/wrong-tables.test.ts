import { type AnyDeclaration, everyone, integer, json, ref, servery, table, text, timestamp } from "servery";
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
  [
    "a table of Servery's own",
    () => servery({ tables: { _Servery_x: table({ a: text(1) }, { path: "x" }) } }),
    /table "_Servery_x": .*belong to Servery/,
  ],
  ["an empty name", () => servery({ tables: { "": plain } }), /table ""/],
  [
    "a name that is too long",
    () => posts({ ["x".repeat(64)]: text(1) }),
    /table posts, column "x+": a name has 1 to 63 bytes/,
  ],
  ["a name with a control character", () => posts({ "a\nb": text(1) }), /table posts, column "a\\nb"/],
  ["a name that JavaScript takes", () => posts({ constructor: text(1) }), /table posts, column "constructor"/],
];

describe("a wrong table stops the start and says what to write", () => {
  test.each(mistakes)("%s", (_, make, words) => {
    expect(reasonOf(make)).toMatch(words);
  });
});

import { expect, test } from "vitest";
import { type AnyDeclaration, boolean, everyone, integer, json, ref, servery, table, text, uuid } from "servery";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import { reasonOf } from "./reason.ts";

const OPEN = { read: everyone, create: everyone };
const plain = table({ title: text(10), data: json().optional() });
const posts = (made: AnyDeclaration["tables"][string]): AnyDeclaration =>
  servery({ tables: { users: table({ name: text(5) }), posts: made } });
const one = (): number => 1;

const refused: readonly [string, () => AnyDeclaration, RegExp][] = [
  [
    "unique()",
    () => posts(plain.computed("n", integer().unique(), [], one)),
    /table posts, column n: a computed column takes no \.unique\(\)/,
  ],
  ["index()", () => posts(plain.computed("n", integer().index(), [], one)), /takes no \.index\(\)/],
  ["default()", () => posts(plain.computed("n", integer().default(1), [], one)), /takes no \.default\(\)/],
  ["generated()", () => posts(plain.computed("n", uuid().generated(), [], () => "")), /takes no \.generated\(\)/],
  ["search()", () => posts(plain.computed("n", text(9).search(), [], () => "")), /takes no \.search\(\)/],
  ["a reference", () => posts(plain.computed("n", ref("users"), [], (() => 1) as never)), /cannot be a reference/],
  [
    "an async function",
    () => posts(plain.computed("n", integer(), [], (async () => 1) as never)),
    /a function that does not wait/,
  ],
  ["no function", () => posts(plain.computed("n", integer(), [], 1 as never)), /a function that does not wait/],
  [
    "a column that is not there",
    () => posts(plain.computed("n", integer(), ["titel" as "title"], one)),
    /needs titel, .*Did you mean title\?/,
  ],
  [
    "another computed column",
    () => posts(plain.computed("m", integer(), [], one).computed("n", integer(), ["m" as "title"], one)),
    /needs m, which is no stored column/,
  ],
  [
    "a name twice",
    () => posts(plain.computed("title", integer(), [], one)),
    /columns title and title differ in case alone|two columns have this name/,
  ],
  ["a given column's name", () => posts(plain.computed("id", integer(), [], one)), /column/],
  ["a name in another case", () => posts(plain.computed("Title", integer(), [], one)), /differ in case alone/],
  ["a name that JavaScript keeps", () => posts(plain.computed("__proto__", integer(), [], one)), /JavaScript/],
  [
    "a key made of it",
    () => posts(plain.computed("n", integer(), [], one).primaryKey("n" as "title")),
    /n is computed, and the database does not have it/,
  ],
  ["an index over it", () => posts(plain.computed("n", integer(), [], one).index("n" as "title")), /n is computed/],
  [
    "a unique pair with it",
    () => posts(plain.computed("n", integer(), [], one).unique("title", "n" as "title")),
    /n is computed/,
  ],
  [
    "a check of it",
    () => posts(plain.computed("n", integer(), [], one).check("c", { n: { gt: 1 } })),
    /check c: n is computed/,
  ],
  [
    "a relation's name",
    () =>
      servery({
        tables: {
          users: table({ name: text(5) }),
          posts: table({ user_id: ref("users") }).computed("user", integer(), [], one),
        },
      }),
    /relation user: a column has this name/,
  ],
];

test.each(refused)("a computed column with %s is refused", (_, make, words) => {
  expect(reasonOf(make)).toMatch(words);
});

test("the model knows it apart from what is stored", () => {
  const made = table({ title: text(10) })
    .computed("long", boolean().optional(), ["title", "id"], (row) => row.title.length > row.id)
    .allow(OPEN);
  const model = resolveSchema(servery({ tables: { made } })).tables.get("made");
  const names = (columns: Iterable<{ name: string }>): string[] => [...columns].map(({ name }) => name);
  expect(names(model?.columns ?? [])).toEqual(["id", "title", "created_at", "updated_at"]);
  expect(names(model?.shown ?? [])).toEqual(["id", "title", "created_at", "updated_at", "long"]);
  expect([...(model?.column.keys() ?? [])]).not.toContain("long");
  expect(names(model?.computed.get("long")?.computed?.needs ?? [])).toEqual(["title", "id"]);
});

test("a declaration is not changed by its methods", () => {
  plain.computed("n", integer(), [], one);
  expect(plain.spec.computed).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, filterParameter, idsOf, problemOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

function posts(rule: (id: number) => boolean): number[] {
  return Array.from({ length: 30 }, (_, at) => at + 1).filter(rule);
}

const likes = (id: number): number => (id * 7) % 10;

describe("?filter=", () => {
  test.each<[string, unknown, (id: number) => boolean]>([
    ["a column", { likes: 7 }, (id) => likes(id) === 7],
    [
      "two columns hold together",
      { likes: { gt: 5 }, category: "news" },
      (id) => likes(id) > 5 && id % 2 === 0 && id % 6 !== 0,
    ],
    ["two operators hold together", { likes: { gt: 2, lt: 6 } }, (id) => likes(id) > 2 && likes(id) < 6],
    ["or", { or: [{ likes: 0 }, { likes: 1 }] }, (id) => likes(id) <= 1],
    [
      "or over a relation",
      { or: [{ likes: { gt: 5 } }, { comments: { none: {} } }] },
      (id) => likes(id) > 5 || id % 5 === 0,
    ],
    ["and", { and: [{ likes: { gte: 3 } }, { likes: { lte: 4 } }] }, (id) => likes(id) === 3 || likes(id) === 4],
    ["not", { not: { category: "news" } }, (id) => id % 2 === 1 || id % 6 === 0],
    ["not not", { not: { not: { category: "news" } } }, (id) => id % 2 === 0 && id % 6 !== 0],
    ["a list", { id: { in: [3, 1, 99] } }, (id) => id === 1 || id === 3],
    ["an empty list", { id: { in: [] } }, () => false],
    ["no empty list", { id: { nin: [] } }, () => true],
    ["null", { category: null }, (id) => id % 6 === 0],
    ["not null", { category: { ne: null } }, (id) => id % 6 !== 0],
    ["an empty or", { or: [] }, () => false],
    ["an empty and", { and: [] }, () => true],
    ["nothing", {}, () => true],
    ["a relation to one", { user: { username: "bob" } }, (id) => id % 3 === 1],
    [
      "a relation and its opposite",
      { comments: { some: { approved: true }, none: { approved: false } } },
      (id) => id % 5 === 1,
    ],
    ["not of a relation", { not: { comments: { approved: false } } }, (id) => id % 5 <= 1],
  ])("%s", async (_, tree, rule) => {
    const answer = await forum.get(`/api/posts?${filterParameter(tree)}&sort=id&limit=100`);
    expect(idsOf(answer)).toEqual(posts(rule));
    expect(answer.sql).toHaveLength(1);
  });

  test("holds together with the plain parameters", async () => {
    const answer = await forum.get(`/api/posts?category=news&${filterParameter({ or: [{ id: 2 }, { id: 3 }] })}`);
    expect(idsOf(answer)).toEqual([2]);
  });

  test("trees of one form do not share their values", async () => {
    for (const id of [1, 2, 3]) expect(idsOf(await forum.get(`/api/posts?${filterParameter({ id })}`))).toEqual([id]);
    for (const ids of [[1], [2, 3], [4, 5, 6]]) {
      expect(idsOf(await forum.get(`/api/posts?${filterParameter({ id: { in: ids } })}&sort=id`))).toEqual(ids);
    }
  });

  test("trees of another form do not share a form", async () => {
    const trees = [
      { and: [{ id: 1 }, { likes: 7 }] },
      { or: [{ id: 1 }, { likes: 7 }] },
      { id: 1, likes: { ne: 7 } },
      { not: { id: 1, likes: 7 } },
    ];
    const counts = [];
    for (const tree of trees)
      counts.push(idsOf(await forum.get(`/api/posts?${filterParameter(tree)}&limit=100`)).length);
    expect(counts).toEqual([1, 3, 0, 29]);
  });

  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["a list", []],
    ["a text", '"x"'],
    ["null", null],
    ["or of no list", { or: { id: 1 } }],
    ["or of texts", { or: ["id"] }],
    ["not of a list", { not: [] }],
    ["in of one value", { id: { in: 1 } }],
    ["eq of a list", { id: { eq: [1] } }],
    ["a column that is a list", { id: [1] }],
    ["gt null", { likes: { gt: null } }],
    ["a list with null", { id: { in: [null] } }],
    ["a list of lists", { id: { in: [[1]] } }],
    ["an object for a value", { id: { eq: {} } }],
    ["null of a number", { id: { null: 1 } }],
    ["a relation that is a value", { user: 1 }],
    ["a relation that is null", { user: null }],
    ["a NUL", { title: "a\0b" }],
    ["half a surrogate pair", { title: "\ud800" }],
    ["a number of the wrong form", { likes: 1.5 }],
    ["a truth for a number", { likes: true }],
  ])("%s is 400", async (_, tree) => {
    const text = typeof tree === "string" ? tree : JSON.stringify(tree);
    const answer = await forum.get(`/api/posts?filter=${encodeURIComponent(text)}`);
    problemOf(answer, 400, "invalid_parameter");
    expect(answer.sql).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["an unknown column", { nope: 1 }, "unknown_column"],
    ["an unknown operator", { id: { nope: 1 } }, "unknown_operator"],
    ["an unknown column below", { or: [{ not: { user: { nope: 1 } } }] }, "unknown_column"],
    ["__proto__", JSON.parse('{"__proto__":{"id":1}}'), "unknown_column"],
    ["constructor", { constructor: 1 }, "unknown_column"],
    ["an operator of another kind", { likes: { contains: "1" } }, "unknown_operator"],
    ["all of one row", { user: { all: { id: 1 } } }, "unknown_operator"],
  ])("%s is 400 by its name", async (_, tree, code) => {
    const answer = await forum.get(`/api/posts?${filterParameter(tree)}`);
    problemOf(answer, 400, code);
    expect(answer.sql).toEqual([]);
  });

  test("a column without a test is 400: it would mean everything", async () => {
    expect(
      problemOf(await forum.get(`/api/posts?${filterParameter({ likes: {} })}`), 400, "invalid_parameter"),
    ).toMatchObject({ status: 400 });
  });
});

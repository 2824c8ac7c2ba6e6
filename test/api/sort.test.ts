import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, idsOf, type JsonRow, problemOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function list(query: string): Promise<JsonRow[]> {
  return rowsOf(await forum.get(`/api/posts?${query}&limit=100`));
}

describe("?sort=", () => {
  test("up, down, and several keys", async () => {
    const rows = await list("sort=-likes,title");
    const expected = rows.toSorted(
      (a, b) => Number(b["likes"]) - Number(a["likes"]) || (String(a["title"]) < String(b["title"]) ? -1 : 1),
    );
    expect(rows).toEqual(expected);
    expect(rows).toHaveLength(30);
    expect(rows[0]?.["likes"]).toBe(9);
  });

  test("ends with the key in the direction of the last one, so that equal rows keep one order", async () => {
    const up = (await list("sort=likes")).map((row) => row["id"]);
    const down = (await list("sort=-likes")).map((row) => row["id"]);
    expect(down).toEqual(up.toReversed());
    const zero = (await list("sort=likes&likes=0")).map((row) => row["id"]);
    expect(zero).toEqual([10, 20, 30]);
  });

  test("a missing value is the smallest", async () => {
    expect((await list("sort=category")).slice(0, 5).map((row) => row["category"])).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect((await list("sort=-category")).slice(-5).map((row) => row["category"])).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test("decimals sort as numbers, not as texts", async () => {
    const prices = (await list("sort=price&price[null]=false")).map((row) => Number(row["price"]));
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    expect(prices.indexOf(9.5)).toBeLessThan(prices.indexOf(10.5));
  });

  test("through a relation to one, a missing one first", async () => {
    const ids = (await list("sort=editor.username,id")).map((row) => row["id"]);
    const numbers = Array.from({ length: 30 }, (_, at) => at + 1);
    expect(ids).toEqual([...numbers.filter((id) => id % 4 !== 0), ...numbers.filter((id) => id % 4 === 0)]);
    const authors = (await list("sort=-user.username,id")).map((row) => row["user_id"]);
    expect(authors).toEqual(authors.toSorted((a, b) => Number(b) - Number(a)));
  });

  test("works on a key of two columns", async () => {
    const keys = rowsOf(await forum.get("/api/memberships?sort=group_code")).map(
      (row) => `${String(row["group_code"])} ${String(row["user_id"])}`,
    );
    expect(keys).toEqual(["a/b c 1", "staff 1", "staff 2"]);
  });

  test("is the same on a nested list", async () => {
    expect(idsOf(await forum.get("/api/users/1/posts?sort=id&limit=3"))).toEqual([3, 6, 9]);
  });

  test.each([
    ["sort=", "unknown_column"],
    ["sort=nope", "unknown_column"],
    ["sort=-", "unknown_column"],
    ["sort=--id", "unknown_column"],
    ["sort=id,", "unknown_column"],
    ["sort=+id", "unknown_column"],
    ["sort=id desc", "unknown_column"],
    ["sort=id;drop", "unknown_column"],
    ["sort=nope.id", "unknown_relation"],
    ["sort=comments.id", "invalid_parameter"],
    ["sort=user.posts.id", "invalid_parameter"],
    ["sort=id,-id", "repeated_parameter"],
    ["sort=likes,title,likes", "repeated_parameter"],
    ["sort=user.id,user.id", "repeated_parameter"],
  ])("?%s is 400", async (query, code) => {
    const answer = await forum.get(`/api/posts?${query.replaceAll(" ", "%20")}`);
    problemOf(answer, 400, code);
    expect(answer.sql).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, nextOf, problemOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("?fields=", () => {
  test("answers those columns in that order, in lists and alone", async () => {
    expect((await forum.get("/api/posts?fields=title,id&limit=2")).text).toBe(
      '[{"title":"Post 30","id":30},{"title":"Post 29","id":29}]',
    );
    expect((await forum.get("/api/posts/3?fields=likes")).text).toBe('{"likes":1}');
  });

  test("what is not asked for does not leave the database", async () => {
    const [sql = ""] = (await forum.get("/api/posts?fields=id")).sql;
    expect(sql).not.toContain('"content"');
  });

  test("filters and sorts by columns that are not answered", async () => {
    expect((await forum.get("/api/posts?fields=id&category=news&sort=-likes,id&limit=3")).text).toBe(
      '[{"id":4},{"id":14},{"id":8}]',
    );
  });

  test("goes along with the pages", async () => {
    const first = await forum.get("/api/posts?fields=id&limit=2");
    const second = await forum.get(nextOf(first) ?? "");
    expect(second.text).toBe('[{"id":28},{"id":27}]');
  });

  test("stands beside included relations", async () => {
    expect((await forum.get("/api/posts/4?fields=id&include=user&user.fields=username")).text).toBe(
      '{"id":4,"user":{"username":"bob"}}',
    );
  });

  test("PUT and PATCH take it too, DELETE does not", async () => {
    expect((await forum.patch("/api/posts/1?fields=id,likes", { likes: 3 })).text).toBe('{"id":1,"likes":3}');
    expect((await forum.put("/api/posts/1?fields=id,likes", { user_id: 1, title: "x" })).text).toBe(
      '{"id":1,"likes":0}',
    );
    problemOf(await forum.delete("/api/posts/1?fields=id"), 400, "unknown_parameter");
  });

  test.each([
    ["fields=", "unknown_column"],
    ["fields=nope", "unknown_column"],
    ["fields=id,", "unknown_column"],
    ["fields=*", "unknown_column"],
    ["fields=id, title", "unknown_column"],
    ["fields=user", "unknown_column"],
    ["fields=user.username", "unknown_column"],
    ["fields=id,id", "repeated_parameter"],
    ["fields=id&fields=title", "repeated_parameter"],
  ])("?%s is 400", async (query, code) => {
    for (const url of ["/api/posts", "/api/posts/1", "/api/users/1/posts"]) {
      const answer = await forum.get(`${url}?${query.replaceAll(" ", "%20")}`);
      problemOf(answer, 400, code);
      expect(answer.sql).toEqual([]);
    }
    for (const answer of [
      await forum.post(`/api/posts?${query.replaceAll(" ", "%20")}`, { user_id: 1, title: "x" }),
      await forum.patch(`/api/posts/2?${query.replaceAll(" ", "%20")}`, { likes: 1 }),
    ]) {
      problemOf(answer, 400, code);
      expect(answer.sql).toEqual([]);
    }
  });

  test("all columns may be named at once", async () => {
    const [row] = rowsOf(await forum.get("/api/posts?limit=1"));
    const named = await forum.get(`/api/posts?limit=1&fields=${Object.keys(row ?? {}).join(",")}`);
    expect(named.json).toEqual([row]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, problemOf, rowOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function total(table: string): Promise<number> {
  return Number((await forum.get(`/api/${table}?count=exact&limit=1`)).headers["x-total-count"]);
}

describe("DELETE /api/posts/{id}", () => {
  test("answers 204 with nothing, and takes one row", async () => {
    const post = rowOf(await forum.post("/api/posts", { user_id: 1, title: "x" }));
    const before = await total("posts");
    const answer = await forum.delete(`/api/posts/${String(post["id"])}`);
    expect([answer.status, answer.text, answer.headers["content-type"]]).toEqual([204, "", undefined]);
    expect(await total("posts")).toBe(before - 1);
    problemOf(await forum.get(`/api/posts/${String(post["id"])}`), 404, "not_found");
    problemOf(await forum.delete(`/api/posts/${String(post["id"])}`), 404, "not_found");
  });

  test("every statement that deletes is bound to the key", async () => {
    const answer = await forum.delete("/api/posts/29");
    expect(writesOf(answer).length).toBeGreaterThan(0);
    for (const sql of writesOf(answer)) expect(sql).toMatch(/ WHERE .*\?/);
  });

  test("is refused while others refer to the row: 409, and nothing is gone", async () => {
    const before = [await total("users"), await total("posts"), await total("comments")];
    problemOf(await forum.delete("/api/users/1"), 409, "still_referenced");
    expect([await total("users"), await total("posts"), await total("comments")]).toEqual(before);
  });

  test("takes a row of a composite key, and not its neighbours", async () => {
    expect((await forum.delete("/api/memberships/2,staff")).status).toBe(204);
    expect((await forum.get("/api/memberships/1,staff")).status).toBe(200);
    problemOf(await forum.get("/api/memberships/2,staff"), 404, "not_found");
  });

  test.each(["?id=5", "?fields=id", "?user_id[gt]=0", "?filter={}"])(
    "takes no parameters: %s is 400",
    async (query) => {
      const answer = await forum.delete(`/api/posts/5${query}`);
      problemOf(answer, 400, "unknown_parameter");
      expect(answer.sql).toEqual([]);
    },
  );

  test("on a collection needs a condition: there is no way to delete everything", async () => {
    const before = await total("posts");
    problemOf(await forum.delete("/api/posts"), 400, "filter_required");
    problemOf(await forum.delete("/api/posts/"), 404, "no_route");
    problemOf(await forum.delete("/api/users/1/posts?title=x"), 405, "method_not_allowed");
    expect(await total("posts")).toBe(before);
  });

  test("two at once: one takes the row, the other finds none", async () => {
    const post = rowOf(await forum.post("/api/posts", { user_id: 1, title: "x" }));
    const both = await Promise.all([
      forum.delete(`/api/posts/${String(post["id"])}`),
      forum.delete(`/api/posts/${String(post["id"])}`),
    ]);
    expect(both.map((answer) => String(answer.status)).sort()).toEqual(["204", "404"]);
  });
});

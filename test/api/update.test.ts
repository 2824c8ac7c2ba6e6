import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, findingsOf, type JsonRow, problemOf, rowOf, rowsOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function makePost(): Promise<JsonRow> {
  return rowOf(await forum.post("/api/posts", { user_id: 1, title: "Full", content: "c", category: "k", likes: 7 }));
}

describe("PATCH /api/posts/{id}", () => {
  test("changes what was sent and updated_at, nothing else, of no other row", async () => {
    const post = await makePost();
    const others = rowsOf(await forum.get(`/api/posts?id[ne]=${String(post["id"])}&limit=1000`));
    const answer = await forum.patch(`/api/posts/${String(post["id"])}`, { title: "Just the title" });
    expect(answer.status).toBe(200);
    expect(rowOf(answer)).toEqual({ ...post, title: "Just the title", updated_at: expect.any(String) });
    expect(String(rowOf(answer)["updated_at"]) >= String(post["updated_at"])).toBe(true);
    expect(rowsOf(await forum.get(`/api/posts?id[ne]=${String(post["id"])}&limit=1000`))).toEqual(others);
    expect(writesOf(answer)).toHaveLength(1);
  });

  test("null empties an optional column, and only an optional one", async () => {
    const post = await makePost();
    expect(rowOf(await forum.patch(`/api/posts/${String(post["id"])}`, { content: null }))["content"]).toBeNull();
    expect(findingsOf(await forum.patch(`/api/posts/${String(post["id"])}`, { likes: null }))).toEqual(["/likes null"]);
    expect(findingsOf(await forum.patch(`/api/posts/${String(post["id"])}`, { title: null }))).toEqual([
      "/title required",
    ]);
  });

  test("{} changes nothing, the tag included", async () => {
    const post = await makePost();
    const before = await forum.get(`/api/posts/${String(post["id"])}`);
    const answer = await forum.patch(`/api/posts/${String(post["id"])}`, {});
    expect(rowOf(answer)).toEqual(post);
    expect(answer.headers["etag"]).toBe(before.headers["etag"]);
    expect(writesOf(answer)).toEqual([]);
  });

  test("?fields= says what the answer holds", async () => {
    const post = await makePost();
    const answer = await forum.patch(`/api/posts/${String(post["id"])}?fields=likes`, { likes: 9 });
    expect(answer.text).toBe('{"likes":9}');
  });

  test("a merge patch is the same thing", async () => {
    const post = await makePost();
    const answer = await forum.send({
      method: "PATCH",
      url: `/api/posts/${String(post["id"])}`,
      headers: { "content-type": "application/merge-patch+json" },
      body: '{"content":null}',
    });
    expect(rowOf(answer)["content"]).toBeNull();
  });

  test("an id that is not there is 404, and so is an empty change of it", async () => {
    expect(problemOf(await forum.patch("/api/posts/999", { title: "x" }), 404, "not_found")).toMatchObject({
      status: 404,
    });
    problemOf(await forum.patch("/api/posts/999", {}), 404, "not_found");
    problemOf(await forum.patch("/api/posts/999", { id: 999 }), 404, "not_found");
    problemOf(await forum.patch("/api/posts/999", { created_at: "2001-01-01T00:00:00Z" }), 404, "not_found");
  });

  test("what the server fills may be sent as it is, and not otherwise", async () => {
    const post = await makePost();
    const same = { id: post["id"], created_at: post["created_at"], updated_at: post["updated_at"], title: "Same" };
    expect(rowOf(await forum.patch(`/api/posts/${String(post["id"])}`, same))["title"]).toBe("Same");
    expect(findingsOf(await forum.patch(`/api/posts/${String(post["id"])}`, { id: 1 }))).toEqual(["/id read_only"]);
  });

  test("a reference must lead to a row", async () => {
    const post = await makePost();
    const answer = await forum.patch(`/api/posts/${String(post["id"])}`, { editor_id: 999 });
    expect(findingsOf(answer)).toEqual(["/editor_id reference_missing"]);
    expect(rowOf(await forum.patch(`/api/posts/${String(post["id"])}`, { editor_id: 3 }))["editor_id"]).toBe(3);
    expect(rowOf(await forum.patch(`/api/posts/${String(post["id"])}`, { editor_id: null }))["editor_id"]).toBeNull();
  });

  test("a taken unique value is 409, one's own is not", async () => {
    problemOf(await forum.patch("/api/users/2", { email: "Alice@example.com" }), 409, "unique");
    expect(rowOf(await forum.patch("/api/users/2", { email: "BOB@example.com" }))["email"]).toBe("BOB@example.com");
  });

  test("every finding is listed, and no write was tried", async () => {
    const answer = await forum.patch("/api/posts/1", { title: "x".repeat(201), likes: "1", price: 1.005, nope: null });
    expect(findingsOf(answer).sort()).toEqual([
      "/likes type",
      "/nope unknown_field",
      "/price format",
      "/title too_long",
    ]);
    expect(answer.sql).toEqual([]);
  });

  test("fifty changes of one row at once all happen, one after the other", async () => {
    const post = await makePost();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, likes) => forum.patch(`/api/posts/${String(post["id"])}`, { likes })),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(answers.map((answer) => rowOf(answer)["likes"])).toEqual(Array.from({ length: 50 }, (_, likes) => likes));
  });
});

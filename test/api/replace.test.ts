import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, findingsOf, type JsonRow, problemOf, rowOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function makePost(): Promise<JsonRow> {
  const full = {
    user_id: 1,
    editor_id: 2,
    title: "Full",
    content: "c",
    category: "k",
    status: "published",
    likes: 7,
    price: "1.00",
  };
  return rowOf(await forum.post("/api/posts", full));
}

describe("PUT /api/posts/{id}", () => {
  test("replaces the row: what is absent takes its default or null, what the server fills stays", async () => {
    const post = await makePost();
    const answer = await forum.put(`/api/posts/${String(post["id"])}`, { user_id: 2, title: "Replaced" });
    const row = rowOf(answer);
    expect(answer.status).toBe(200);
    expect(row).toEqual({
      ...post,
      user_id: 2,
      editor_id: null,
      title: "Replaced",
      content: null,
      category: null,
      status: "draft",
      likes: 0,
      price: null,
      updated_at: expect.any(String),
    });
    const read = await forum.get(`/api/posts/${String(post["id"])}`);
    expect(read.json).toEqual(row);
    expect(read.headers["etag"]).toBe(answer.headers["etag"]);
  });

  test("wants every required column", async () => {
    const post = await makePost();
    const answer = await forum.put(`/api/posts/${String(post["id"])}`, { content: "only this" });
    expect(findingsOf(answer).sort()).toEqual(["/title required", "/user_id required"]);
    expect((await forum.get(`/api/posts/${String(post["id"])}`)).json).toEqual(post);
  });

  test("takes back what it answered", async () => {
    const post = await makePost();
    const row = rowOf(await forum.put(`/api/posts/${String(post["id"])}`, post));
    expect({ ...row, updated_at: post["updated_at"] }).toEqual(post);
  });

  test("the same moment in another spelling is equal", async () => {
    const post = await makePost();
    const spelled = { ...post, created_at: String(post["created_at"]).replace("T", " ").replace("Z", "+00:00") };
    expect((await forum.put(`/api/posts/${String(post["id"])}`, spelled)).status).toBe(200);
  });

  test.each([
    ["id", 1],
    ["created_at", "2001-01-01T00:00:00.000Z"],
    ["updated_at", "2001-01-01T00:00:00.000Z"],
  ])("refuses another %s than the stored one and changes nothing", async (column, value) => {
    const post = await makePost();
    const answer = await forum.put(`/api/posts/${String(post["id"])}`, { user_id: 1, title: "x", [column]: value });
    expect(findingsOf(answer)).toEqual([`/${column} read_only`]);
    expect((await forum.get(`/api/posts/${String(post["id"])}`)).json).toEqual(post);
  });

  test("to an id that is not there is 404 and makes no row", async () => {
    for (const body of [
      { user_id: 1, title: "x" },
      { user_id: 1, title: "x", id: 999, created_at: "2001-01-01T00:00:00.000Z" },
    ]) {
      expect(problemOf(await forum.put("/api/posts/999", body), 404, "not_found")).toMatchObject({ status: 404 });
      problemOf(await forum.get("/api/posts/999"), 404, "not_found");
    }
  });

  test("a wrong body is 400 before the database is asked whether the row is there", async () => {
    const answer = await forum.put("/api/posts/999", { title: 7 });
    expect(findingsOf(answer)).toContain("/title type");
    expect(answer.sql).toEqual([]);
  });

  test("keeps the parts of a key that callers choose", async () => {
    const answer = await forum.put("/api/memberships/1,staff", { role: "lead" });
    expect(rowOf(answer)).toMatchObject({ user_id: 1, group_code: "staff", role: "lead" });
    const same = await forum.put("/api/memberships/1,staff", { user_id: 1, group_code: "staff" });
    expect(rowOf(same)["role"]).toBe("member");
    const moved = await forum.put("/api/memberships/1,staff", { user_id: 2, group_code: "staff" });
    expect(findingsOf(moved)).toEqual(["/user_id read_only"]);
  });

  test("writes with the key in the WHERE of its one UPDATE", async () => {
    const post = await makePost();
    const answer = await forum.put(`/api/posts/${String(post["id"])}`, { user_id: 1, title: "x" });
    expect(writesOf(answer)).toHaveLength(1);
    expect(writesOf(answer)[0]).toMatch(/^UPDATE "posts" SET .* WHERE "id" = (?:\?|CAST\(\? AS bigint\)) RETURNING /);
  });

  test("on a collection without anything unique is 405", async () => {
    expect(problemOf(await forum.put("/api/posts", { title: "all" }), 405, "method_not_allowed")).toMatchObject({
      status: 405,
    });
  });
});

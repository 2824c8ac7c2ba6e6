import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, problemOf, rowOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("GET /api/posts/{id}", () => {
  test("answers the row as JSON, found by one statement", async () => {
    const answer = await forum.get("/api/posts/4");
    expect(rowOf(answer)).toEqual({
      id: 4,
      user_id: 2,
      editor_id: 5,
      title: "Post 4",
      content: "Content of 4",
      category: "news",
      status: "published",
      likes: 8,
      price: "4.50",
      created_at: "2024-01-16T04:00:00.000Z",
      updated_at: expect.any(String),
    });
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["vary"]).toBe("Accept, Authorization, Origin");
    expect(answer.headers["x-request-id"]).toMatch(/^[\w-]+$/);
    expect(answer.sql).toHaveLength(1);
  });

  test("booleans are true and false, a missing value is null", async () => {
    expect(rowOf(await forum.get("/api/users/4"))).toMatchObject({ is_active: false, bio: null });
    expect(rowOf(await forum.get("/api/users/1"))).toMatchObject({ is_active: true, bio: "I am alice" });
  });

  test.each(["999", "0", "-1", "9007199254740993", "99999999999999999999"])("%s is 404", async (id) => {
    expect(problemOf(await forum.get(`/api/posts/${id}`), 404, "not_found")).toMatchObject({ status: 404 });
  });

  test.each(["042", "4.0", "4e0", "+4", "%2B4", "abc", "4%00", "4,4", "null", "%20", "0x4", "٤"])(
    "%s is no spelling of a key, so 404 and nothing is asked of the database",
    async (id) => {
      const answer = await forum.get(`/api/posts/${id}`);
      problemOf(answer, 404, "not_found");
      expect(answer.sql).toEqual([]);
    },
  );

  test("an escaped digit is the digit", async () => {
    expect(rowOf(await forum.get("/api/posts/%34"))["id"]).toBe(4);
  });

  test("a key of two columns is written with a comma", async () => {
    expect(rowOf(await forum.get("/api/memberships/1,staff"))).toMatchObject({ user_id: 1, group_code: "staff" });
    expect(rowOf(await forum.get("/api/memberships/1,a%2Fb%20c"))["role"]).toBe("owner");
    for (const id of ["1", "1,", "1,nope", "staff,1", "1,staff,2", "2,a%2Fb%20c"]) {
      problemOf(await forum.get(`/api/memberships/${id}`), 404, "not_found");
    }
  });

  test("?fields= answers those columns in that order", async () => {
    const answer = await forum.get("/api/posts/4?fields=title,id");
    expect(answer.text).toBe('{"title":"Post 4","id":4}');
  });

  test.each(["limit=1", "offset=1", "sort=id", "cursor=", "count=exact", "filter={}", "likes=8", "likes[gt]=1", "q=x"])(
    "?%s belongs to lists and is 400",
    async (query) => {
      const answer = await forum.get(`/api/posts/4?${query}`);
      problemOf(answer, 400, "unknown_parameter");
      expect(answer.sql).toEqual([]);
    },
  );

  test("a row that is not there and one that never was are one answer, but for the ids", async () => {
    await forum.delete("/api/posts/30");
    const [gone, never] = [await forum.get("/api/posts/30"), await forum.get("/api/posts/12345")];
    const masked = (text: string, id: string): string => text.replaceAll(id, "ID").replace(/"request_id":"[^"]+"/, "");
    expect(masked(gone.text, "30")).toBe(masked(never.text, "12345"));
    expect(Object.keys(gone.headers)).toEqual(Object.keys(never.headers));
  });
});

describe("rules", () => {
  test("a table without .allow() wants a sign-in: 401 with WWW-Authenticate, whatever is asked", async () => {
    for (const answer of [
      await forum.get("/api/secrets"),
      await forum.get("/api/secrets/1"),
      await forum.post("/api/secrets", { title: "x" }),
      await forum.post("/api/secrets", { nonsense: true }),
      await forum.put("/api/secrets/1", { title: "x" }),
      await forum.patch("/api/secrets/1", { title: "x" }),
      await forum.delete("/api/secrets/1"),
    ]) {
      problemOf(answer, 401, "sign_in_required");
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
      expect(answer.sql).toEqual([]);
    }
  });

  test("nobody, and an action that .allow() leaves out, is 403", async () => {
    for (const answer of [
      await forum.get("/api/drafts"),
      await forum.get("/api/drafts/1"),
      await forum.post("/api/archive", { title: "x", user_id: 1 }),
      await forum.patch("/api/archive/1", { title: "x" }),
      await forum.delete("/api/archive/1"),
    ]) {
      problemOf(answer, 403, "forbidden");
      expect(answer.sql).toEqual([]);
    }
  });

  test("a closed table is closed on every way to it: include, filter, count, nested", async () => {
    for (const url of [
      "/api/users?include=drafts",
      "/api/users/1?include=drafts",
      "/api/users?include=drafts.count",
      "/api/users?drafts.title=x",
      "/api/users?drafts[none]=",
      `/api/users?filter=${encodeURIComponent('{"not":{"drafts":{"title":"x"}}}')}`,
      `/api/users?filter=${encodeURIComponent('{"or":[{"id":1},{"drafts":{}}]}')}`,
      "/api/posts?include=user.drafts",
      "/api/posts?user.drafts.title=x",
    ]) {
      const answer = await forum.get(url);
      expect(answer.status, url).toBe(400);
      expect(answer.sql, url).toEqual([]);
    }
    const nested = await forum.get("/api/users/1/drafts");
    problemOf(nested, 403, "forbidden");
    expect(nested.sql).toEqual([]);
  });

  test("credentials that nobody can have are refused, never taken for none", async () => {
    const answer = await forum.get("/api/posts/4", { authorization: "Bearer abc123token" });
    problemOf(answer, 401, "invalid_token");
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer error="invalid_token"/);
    expect(answer.sql).toEqual([]);
  });
});

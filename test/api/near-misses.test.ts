import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, problemOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("a path that is not there names the nearest that is", () => {
  test.each([
    // Without the /api in front, as other servers have it.
    ["/posts", "/api/posts"],
    ["/posts/1", "/api/posts/1"],
    ["/Posts", "/api/posts"],
    ["/post", "/api/posts"],
    ["/post/1", "/api/posts/1"],
    ["/users/1/posts", "/api/users/1/posts"],
    ["/user/1/post", "/api/users/1/posts"],
    ["/groups/a%2Fb%20c", "/api/groups/a%2Fb%20c"],
    // Another spelling.
    ["/api/post", "/api/posts"],
    ["/api/posst/1", "/api/posts/1"],
    ["/api/post/1/coments", "/api/posts/1/comments"],
    ["/api/POSTS", "/api/posts"],
    ["/API/posts", "/api/posts"],
    ["/Api/Posts/1", "/api/posts/1"],
    ["/api/p%6fst", "/api/posts"],
    ["/api/posts/1/coments", "/api/posts/1/comments"],
    ["/api/users/1/edited-posts", "/api/users/1/edited_posts"],
    // Slashes, versions, endings.
    ["/api/posts/", "/api/posts"],
    ["/api/posts/1/", "/api/posts/1"],
    ["/api/posts/1/comments/", "/api/posts/1/comments"],
    ["/api//posts", "/api/posts"],
    ["/api/posts//1", "/api/posts/1"],
    ["//api/posts", "/api/posts"],
    ["///posts///", "/api/posts"],
    ["/api/v1/posts", "/api/posts"],
    ["/api/v2/posts/7", "/api/posts/7"],
    ["/v1/posts", "/api/posts"],
    ["/posts.json", "/api/posts"],
    ["/api/posts.json", "/api/posts"],
    // Beside the API.
    ["/openapi", "/openapi.json"],
    ["/api/openapi.json", "/openapi.json"],
    ["/OpenAPI.json", "/openapi.json"],
    ["/doc", "/docs"],
    ["/docs/", "/docs"],
    ["/docs/error", "/docs/errors"],
    ["/health", "/health/live"],
    ["/healthz", "/health/live"],
    ["/health/redy", "/health/ready"],
  ])("%s → %s", async (path, near) => {
    for (const query of ["", "?limit=2"]) {
      const answer = await forum.get(path + query);
      expect(problemOf(answer, 404, "no_route").detail).toBe(`There is no ${path}. Did you mean ${near}?`);
      expect(answer.sql).toEqual([]);
    }
    const there = await forum.get(near);
    expect((there.json as { code?: string } | undefined)?.code).not.toBe("no_route");
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s as well", async (method) => {
    const answer = await forum.send({ method, url: "/posts", ...(method === "POST" ? { json: { title: "x" } } : {}) });
    expect([answer.status, writesOf(answer)]).toEqual([404, []]);
    expect(answer.text).toContain("Did you mean /api/posts?");
  });

  test.each(["/", "/api", "/api/", "/API", "//"])("%s names the documentation", async (path) => {
    const { detail } = problemOf(await forum.get(path), 404, "no_route");
    expect(detail).toBe(`There is no ${path}. The documentation is at /docs.`);
  });
});

describe("nothing is named", () => {
  test.each([
    "/zzzzzz",
    "/api/zzzzzz",
    "/nothing/like/it",
    "/favicon.ico",
    "/robots.txt",
    "/.env",
    "/api/posts/1/zzzzzz",
    "/api/posts/1/comments/2",
    "/api/posts/1/user",
    "/api/zzzzzz/1/comments",
    "/x/posts",
    "/api/posts/1/comments/2/3/4/5/6/7/8/9",
    `/${"a/".repeat(5_000)}`,
    `/api/${"posts".repeat(1_000)}`,
    "/api/..",
    "/api/posts%00",
    "/api/%2e%2e/posts",
  ])("where nothing is near: %.60s", async (path) => {
    const { detail } = problemOf(await forum.get(path), 404, "no_route");
    expect(detail).not.toMatch(/Did you mean|documentation/);
    expect(detail.length).toBeLessThan(150);
  });

  test.each([
    // `secrets` has no rule at all, `drafts` may be written but not read.
    "/secrets",
    "/secrets/1",
    "/Secrets",
    "/api/secret",
    "/api/SECRETS",
    "/api/secrets/",
    "/api/v1/secrets",
    "/secrets.json",
    "/drafts",
    "/api/draft",
    "/api/drafts/",
    "/api/users/1/draft",
    "/api/users/1/drafts/",
    "/users/1/drafts",
  ])("of a table that is closed to everybody: %s", async (path) => {
    const answer = await forum.get(path);
    expect(problemOf(answer, 404, "no_route").detail).toBe(`There is no ${path}.`);
  });

  test("of what one method may not do: a POST is not led to a table that takes none", async () => {
    const closed = await forum.post("/api/secret", { title: "x" });
    expect(problemOf(closed, 404, "no_route").detail).toBe("There is no /api/secret.");
    const open = await forum.post("/drafts", { title: "x" });
    expect(problemOf(open, 404, "no_route").detail).toBe("There is no /drafts. Did you mean /api/drafts?");
    expect([writesOf(closed), writesOf(open)]).toEqual([[], []]);
  });

  test("of documentation that is switched off", async () => {
    const engine = await openForum({ docs: false });
    for (const path of ["/", "/api", "/doc", "/docs", "/openapi", "/docs/errors", "/openapi.json"])
      expect(problemOf(await engine.get(path), 404, "no_route").detail).toBe(`There is no ${path}.`);
    await closeSound(engine);
  });
});

test("a long key is cut in the suggestion", async () => {
  const { detail } = problemOf(await forum.get(`/posts/${"9".repeat(3_000)}`), 404, "no_route");
  expect(detail).toMatch(/^There is no \/posts\/9+…\. Did you mean \/api\/posts\/9+…\?$/);
  expect(detail.length).toBeLessThan(300);
});

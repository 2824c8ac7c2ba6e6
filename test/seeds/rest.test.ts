import { compile } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import chinook from "../../examples/chinook/servery.ts";
import social from "../../examples/social/servery.ts";
import socialV1 from "../../examples/social-v1/servery.ts";
import { closeSound, findingsOf, idsOf, problemOf, rowOf, rowsOf } from "../api/answers.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { changesOf, countOf, kindsOf, openSocial } from "./social.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openSocial();
});
afterAll(() => closeSound(engine));

const NEW_POST = { user_id: 1, title: "My First Post", content: "Hello world!" };

async function makePost(): Promise<number> {
  return Number(rowOf(await engine.post("/api/posts", NEW_POST))["id"]);
}

describe("methods", () => {
  test("98 GET retrieves: SELECT, and nothing changes", async () => {
    const before = await countOf(engine, "posts");
    const answer = await engine.get("/api/posts");
    expect([answer.status, kindsOf(answer)]).toEqual([200, ["SELECT"]]);
    expect(await countOf(engine, "posts")).toBe(before);
  });

  test("99 POST creates: INSERT, one row more", async () => {
    const before = await countOf(engine, "posts");
    const answer = await engine.post("/api/posts", NEW_POST);
    expect([answer.status, changesOf(answer)]).toEqual([201, ["INSERT"]]);
    expect(await countOf(engine, "posts")).toBe(before + 1);
  });

  test("100 PUT replaces the entire post: UPDATE, and what is not sent goes back to its default", async () => {
    const id = await makePost();
    await engine.patch(`/api/posts/${String(id)}`, { category: "news", likes: 5 });
    const answer = await engine.put(`/api/posts/${String(id)}`, { user_id: 1, title: "Replaced", content: "All new" });
    expect([answer.status, changesOf(answer)]).toEqual([200, ["UPDATE"]]);
    expect(rowOf(answer)).toMatchObject({ id, title: "Replaced", content: "All new", category: null, likes: 0 });
    expect(findingsOf(await engine.put(`/api/posts/${String(id)}`, { title: "Half" })).sort()).toEqual([
      "/content required",
    ]);
  });

  test("101 PATCH changes just the title: UPDATE, and the rest stays", async () => {
    const id = await makePost();
    const before = rowOf(await engine.get(`/api/posts/${String(id)}`));
    const answer = await engine.patch(`/api/posts/${String(id)}`, { title: "Just the title" });
    expect([answer.status, changesOf(answer)]).toEqual([200, ["UPDATE"]]);
    expect(rowOf(answer)).toEqual({ ...before, title: "Just the title", updated_at: rowOf(answer)["updated_at"] });
  });

  test("102 DELETE removes: the row is gone, and only the row", async () => {
    const id = await makePost();
    const before = await countOf(engine, "posts");
    const answer = await engine.delete(`/api/posts/${String(id)}`);
    expect(answer.status).toBe(204);
    expect(new Set(changesOf(answer))).toEqual(new Set(["DELETE"]));
    expect(await countOf(engine, "posts")).toBe(before - 1);
    problemOf(await engine.get(`/api/posts/${String(id)}`), 404, "not_found");
  });
});

describe("endpoints", () => {
  test("103 GET /api/users gets all users, a page at a time", async () => {
    const seen: unknown[] = [];
    for (let offset = 0; offset < 200; offset += 100)
      seen.push(...idsOf(await engine.get(`/api/users?limit=100&offset=${offset}&sort=id`)));
    expect(seen).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
  });

  test("104 GET /api/users/42 gets user 42", async () => {
    expect(rowOf(await engine.get("/api/users/42"))["id"]).toBe(42);
  });

  test("105 POST /api/users creates a user", async () => {
    const answer = await engine.post("/api/users", { username: "zoe", email: "zoe@example.com" });
    expect([answer.status, answer.headers["location"]]).toEqual([201, `/api/users/${String(rowOf(answer)["id"])}`]);
  });

  test("106 PUT /api/users/42 updates user 42 and no other", async () => {
    const others = rowsOf(await engine.get("/api/users?id[ne]=42&sort=id&limit=1000"));
    const answer = await engine.put("/api/users/42", { username: "renamed", email: "renamed@example.com" });
    expect(rowOf(answer)).toMatchObject({ id: 42, username: "renamed", email: "renamed@example.com" });
    expect(rowsOf(await engine.get("/api/users?id[ne]=42&sort=id&limit=1000"))).toEqual(others);
  });

  test("107 DELETE /api/users/42 deletes user 42, unless posts refer to it", async () => {
    problemOf(await engine.delete("/api/users/42"), 409, "still_referenced");
    const free = rowOf(await engine.post("/api/users", { username: "free", email: "free@example.com" }))["id"];
    expect((await engine.delete(`/api/users/${String(free)}`)).status).toBe(204);
    problemOf(await engine.get(`/api/users/${String(free)}`), 404, "not_found");
    expect((await engine.get("/api/users/42")).status).toBe(200);
  });

  test("108 GET /api/users/42/posts gets the posts by user 42", async () => {
    const posts = rowsOf(await engine.get("/api/users/42/posts?limit=1000"));
    expect(posts.length).toBeGreaterThan(0);
    expect(new Set(posts.map((post) => post["user_id"]))).toEqual(new Set([42]));
    expect(posts.map((post) => post["id"])).toEqual(idsOf(await engine.get("/api/posts?user_id=42&limit=1000")));
  });

  test("109 routes are nouns: no segment of any route begins with a verb", () => {
    const verb =
      /^(?:get|list|read|fetch|create|add|insert|make|update|edit|set|change|replace|delete|remove|destroy|do|find|search)(?:[-_A-Z]|s?$)/;
    for (const declaration of [social, socialV1, chinook]) {
      // To sign in is an act, and no resource.
      const patterns = compile(declaration)
        .routes.map((route) => route.pattern)
        .filter((pattern) => !pattern.startsWith("/api/auth/"));
      expect(patterns.length).toBeGreaterThan(10);
      const verbs = patterns.flatMap((pattern) => pattern.split("/").filter((segment) => verb.test(segment)));
      expect(verbs).toEqual([]);
    }
    expect(["getUsers", "create-post", "delete", "update_user"].every((segment) => verb.test(segment))).toBe(true);
  });
});

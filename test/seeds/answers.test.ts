import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findingsOf, problemOf, rowOf } from "../api/answers.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { changesOf, countOf, openSocial } from "./social.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openSocial();
});
afterAll(() => engine.close());

const POST = { user_id: 1, title: "My First Post", content: "Hello world!" };

describe("the anatomy of an answer", () => {
  test("115 HTTP 201 with JSON {id, title, content, created_at}", async () => {
    const answer = await engine.post("/api/posts?fields=id,title,content,created_at", POST);
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: 2001,
      title: "My First Post",
      content: "Hello world!",
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test("116 status", async () => {
    expect((await engine.post("/api/posts", POST)).status).toBe(201);
  });

  test("117 headers: Content-Type, and where the row is", async () => {
    const { headers, json } = await engine.post("/api/posts", POST);
    expect(headers["content-type"]).toMatch(/^application\/json/);
    expect(headers["location"]).toBe(`/api/posts/${(json as { id: number }).id}`);
  });

  test("118 body: the data", async () => {
    const answer = await engine.post("/api/posts", POST);
    expect(answer.json).toMatchObject(POST);
    expect(JSON.parse(answer.text)).toEqual(answer.json);
  });
});

describe("status codes", () => {
  test("119 200 OK: GET, PUT, PATCH worked", async () => {
    const id = rowOf(await engine.post("/api/posts", POST))["id"];
    expect((await engine.get(`/api/posts/${String(id)}`)).status).toBe(200);
    expect((await engine.put(`/api/posts/${String(id)}`, POST)).status).toBe(200);
    expect((await engine.patch(`/api/posts/${String(id)}`, { title: "x" })).status).toBe(200);
  });

  test("120 201 Created: POST worked", async () => {
    const before = await countOf(engine, "posts");
    expect((await engine.post("/api/posts", POST)).status).toBe(201);
    expect(await countOf(engine, "posts")).toBe(before + 1);
  });

  test("121 204 No Content: DELETE worked, and there is no body", async () => {
    const id = rowOf(await engine.post("/api/posts", POST))["id"];
    const answer = await engine.delete(`/api/posts/${String(id)}`);
    expect([answer.status, answer.text]).toEqual([204, ""]);
  });

  test("122 400 Bad Request: a required field is missing, and nothing is written", async () => {
    const before = await countOf(engine, "posts");
    const answer = await engine.post("/api/posts", { user_id: 1 });
    expect(findingsOf(answer).sort()).toEqual(["/content required", "/title required"]);
    expect(changesOf(answer)).toEqual([]);
    expect(await countOf(engine, "posts")).toBe(before);
  });

  test("125 404 Not Found: user 999 does not exist, by any method", async () => {
    for (const answer of [
      await engine.get("/api/users/999"),
      await engine.put("/api/users/999", { username: "x", email: "x999@example.com" }),
      await engine.patch("/api/users/999", { username: "x" }),
      await engine.delete("/api/users/999"),
      await engine.get("/api/users/999/posts"),
    ]) {
      problemOf(answer, 404, "not_found");
    }
    expect(await countOf(engine, "users")).toBe(200);
  });

  test("126 500 Internal Server Error: a fault of the server is opaque, is reported, and the server goes on", async () => {
    const broken = await openSocial();
    const file = await openRaw(broken.databasePath);
    file.run("ALTER TABLE comments RENAME TO stolen");
    file.close();
    const answers = [
      await broken.get("/api/comments"),
      await broken.get("/api/comments/1"),
      await broken.post("/api/comments", { post_id: 1, user_id: 1, content: "x" }),
    ];
    for (const answer of answers) {
      const problem = problemOf(answer, 500, "internal");
      expect(Object.keys(problem).sort()).toEqual(["code", "detail", "error", "request_id", "status", "title", "type"]);
      expect(problem.request_id).toBe(answer.headers["x-request-id"]);
      expect(answer.text).not.toMatch(
        /comments|stolen|no such table|sqlite|SELECT|INSERT|\.(?:js|ts)|\/tmp|node_modules/i,
      );
    }
    expect(broken.faults).toHaveLength(3);
    expect(JSON.stringify(broken.faults.map(String))).toContain("no such table");
    expect((await broken.get("/api/users/1")).status).toBe(200);
    expect((await broken.post("/api/users", { username: "after", email: "after@example.com" })).status).toBe(201);
    expect((await broken.get("/health/live")).status).toBe(200);
    await broken.close();
  });
});

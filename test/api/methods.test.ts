import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, problemOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

const COLLECTION = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";
const ITEM = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS";
const PLACES: [string, string][] = [
  ["/api/posts", COLLECTION],
  ["/api/posts/1", ITEM],
  ["/api/users", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"],
  ["/api/users/1/posts", "GET, HEAD, POST, OPTIONS"],
  ["/api/batch", "POST, OPTIONS"],
  ["/health/live", "GET, HEAD, OPTIONS"],
  ["/openapi.json", "GET, HEAD, OPTIONS"],
];

describe("OPTIONS", () => {
  test.each(PLACES)("%s allows %s", async (url, allow) => {
    const answer = await forum.send({ method: "OPTIONS", url });
    expect([answer.status, answer.headers["allow"], answer.text]).toEqual([204, allow, ""]);
    expect(answer.sql).toEqual([]);
  });
});

describe("405", () => {
  test.each(PLACES)("%s refuses every other method and names %s", async (url, allow) => {
    const others = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"].filter(
      (method) => !allow.split(", ").includes(method),
    );
    for (const method of others) {
      const answer = await forum.send({ method, url });
      problemOf(answer, 405, "method_not_allowed");
      expect(answer.headers["allow"]).toBe(allow);
      expect(answer.sql).toEqual([]);
    }
  });
});

describe("HEAD", () => {
  test.each([
    "/api/posts",
    "/api/posts?count=exact&limit=3",
    "/api/posts/4",
    "/api/posts/4?fields=id&include=user",
    "/api/users/1/posts",
    "/api/posts/999",
    "/api/posts?nope=1",
    "/health/live",
    "/openapi.json",
  ])("%s has the headers of GET and no body", async (url) => {
    const [get, head] = [await forum.get(url), await forum.send({ method: "HEAD", url })];
    const { "x-request-id": asked, "content-length": length, ...headers } = head.headers;
    const { "x-request-id": before, "content-length": _length, ...wanted } = get.headers;
    expect(asked).not.toBe(before);
    expect([head.status, head.text, headers]).toEqual([get.status, "", wanted]);
    // A problem holds its request id, which may be a digit longer the second time.
    const bytes = Buffer.byteLength(get.text);
    expect(get.status === 200 ? [bytes] : [bytes, bytes + 1]).toContain(Number(length));
  });

  test("answers 304 as GET does", async () => {
    const etag = (await forum.get("/api/posts/4")).headers["etag"] ?? "";
    const answer = await forum.send({ method: "HEAD", url: "/api/posts/4", headers: { "if-none-match": etag } });
    expect([answer.status, answer.headers["etag"]]).toEqual([304, etag]);
  });
});

describe("a method that is none", () => {
  test.each(["get", "", "GET ", "G@T", "X".repeat(30)])("%j is 400", async (method) => {
    expect(problemOf(await forum.send({ method, url: "/api/posts" }), 400, "malformed_request")).toMatchObject({
      status: 400,
    });
  });
});

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestAnswer, TestRequest } from "../harness/open-engine.ts";
import { type Door, openInside } from "./doors.ts";
import { guardedWorld } from "./guarded-declaration.ts";
import { OF_AUTHENTICATION } from "./oracles.ts";
import { difference } from "./snapshot.ts";

/** Keys of which no use was noted. */
const UNUSED = "SELECT count(*) FROM _servery_api_keys WHERE last_used_at IS NULL";

let door: Door;
let reading: Record<string, string>;
let writing: Record<string, string>;
let account: Record<string, string>;

beforeAll(async () => {
  door = await openInside(guardedWorld);
  account = { authorization: `Bearer ${door.signedIn.get("alice")?.access_token ?? ""}` };
  const key = async (scope: string): Promise<Record<string, string>> => {
    const made = await door.engine.post("/api/auth/keys", { label: scope, scopes: [scope] }, account);
    return { authorization: `Bearer ${(made.json as { readonly key: string }).key}` };
  };
  [reading, writing] = [await key("posts:read"), await key("posts:write")];
  // The first use of a key is noted beside the request.
  for (const headers of [reading, writing]) assert.equal((await door.engine.get("/api/posts/1", headers)).status, 200);
  const unnoted = (): unknown => door.database.rows(UNUSED)[0]?.[0];
  for (const start = performance.now(); unnoted() !== 0; await sleep(5))
    assert.ok(performance.now() - start < 20_000, "the use of a key is not noted");
});
afterAll(async () => {
  assert.deepEqual(door.engine.faults, []);
  await door.close();
});

const ask = (request: TestRequest, headers: Record<string, string>): Promise<TestAnswer> =>
  door.engine.send({ ...request, headers: { ...request.headers, ...headers } });
const masked = ({ status, text }: TestAnswer, name: string): string =>
  `${status} ${text.replace(/"request_id":"[^"]*"/, "").replaceAll(name, "…")}`;

describe("A25 a key for one table knows no other", () => {
  test.each([
    ["include=comments", "comments"],
    ["include=author", "author"],
    ["include=comments.user", "comments"],
    ["include=comments.count", "comments"],
    ["comments.body=x", "comments"],
    ["author.username=alice", "author"],
    ["sort=author.username", "author"],
    ["aggregate=count&group_by=author.username", "author"],
    [`filter=${encodeURIComponent('{"author":{"username":"alice"}}')}`, "author"],
  ])("A25 ?%s is a question about what there is not", async (query, name) => {
    const none = query.replaceAll(name, "nosuch");
    const [hidden, missing] = [
      await ask({ url: `/api/posts?${query}` }, reading),
      await ask({ url: `/api/posts?${none}` }, reading),
    ];
    expect([hidden.status, hidden.sql.filter((sql) => !OF_AUTHENTICATION.test(sql))]).toEqual([400, []]);
    expect(masked(hidden, name)).toBe(masked(missing, "nosuch"));
    expect((await ask({ url: `/api/posts?${query}` }, account)).status, "its account may ask").toBe(200);
  });

  test("A25 neither by another path, nor for what its account owns", async () => {
    const urls = ["/api/notes", "/api/notes/1", "/api/users/1", "/api/posts/1/comments", "/api/users/1/posts"];
    for (const url of urls) {
      expect((await ask({ url }, account)).status, url).toBe(200);
      for (const key of [reading, writing]) {
        const answer = await ask({ url }, key);
        expect([403, 404], `${url} ${answer.text}`).toContain(answer.status);
        expect(answer.text).not.toMatch(/Note of alice|alice@|Comment 1|Post of/);
      }
    }
  });

  const post = { title: "a25" };
  const batch = (...json: readonly object[]): TestRequest => ({ method: "POST", url: "/api/batch", json });
  const writes: readonly (readonly [is: string, request: TestRequest])[] = [
    [
      "a batch",
      batch(
        { method: "POST", path: "/api/posts", body: post },
        { method: "POST", path: "/api/notes", body: { text: "a25" } },
      ),
    ],
    ["a batch of another table alone", batch({ method: "PATCH", path: "/api/notes/1", body: { text: "a25" } })],
    [
      "a batch that deletes",
      batch({ method: "POST", path: "/api/posts", body: post }, { method: "DELETE", path: "/api/notes/1" }),
    ],
    ["rows inside a row", { method: "POST", url: "/api/posts", json: { ...post, comments: [{ body: "a25" }] } }],
    ["rows below a row", { method: "POST", url: "/api/posts/1/comments", json: { body: "a25" } }],
    [
      "lines",
      {
        method: "POST",
        url: "/api/notes",
        headers: { "content-type": "application/x-ndjson" },
        body: '{"text":"a25"}\n',
      },
    ],
    ["an upsert", { method: "PUT", url: "/api/notes?on_conflict=code", json: { text: "a25", code: "alice-code" } }],
    ["a list", { method: "PATCH", url: "/api/notes?id=1", json: { text: "a25" } }],
    ["its account's own row", { method: "PATCH", url: "/api/users/1", json: { username: "a25" } }],
    ["another key", { method: "POST", url: "/api/auth/keys", json: { label: "more", scopes: ["*:write"] } }],
    [
      "another password",
      {
        method: "POST",
        url: "/api/auth/change-password",
        json: { current_password: "correct horse battery", new_password: "another long password" },
      },
    ],
  ];
  test.each(writes)("A25 %s changes nothing", async (_is, request) => {
    for (const key of [reading, writing]) {
      const before = door.database.snapshot();
      const answer = await ask(request, key);
      expect([400, 403, 404], answer.text).toContain(answer.status);
      expect(difference(before, door.database.snapshot(), "with counters")).toEqual({});
    }
  });

  test("A25 what it is for it may do, in a batch as well", async () => {
    const answer = await ask(batch({ method: "POST", path: "/api/posts", body: post }), writing);
    expect(answer.status).toBe(200);
    expect((await ask(batch({ method: "POST", path: "/api/posts", body: post }), reading)).status).toBe(403);
  });
});

import { everyone, json, longText, ref, servery, table, text } from "servery";
import * as limits from "#servery/validation/limits.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, filterParameter, findingsOf, idsOf, problemOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`c${at}`, text(5).optional()]));

const nodes = table({ parent_id: ref("nodes", { as: "parent", reverse: "children" }).optional() }).allow(OPEN);

let forum: EngineUnderTest;
let other: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
  other = await openEngine(
    servery({
      tables: {
        things: table({ data: json().optional(), long: longText().optional() }).allow(OPEN),
        wide: table(wide).allow(OPEN),
        nodes,
      },
    }),
  );
});
afterAll(async () => {
  await closeSound(forum);
  await closeSound(other);
});

/** The longest allowed passes, one more is refused. */
function url(length: number): string {
  const start = "/api/posts?title=";
  return start + "x".repeat(length - start.length);
}

function tree(nodes: number): string {
  return filterParameter({ or: Array.from({ length: nodes }, (_, id) => ({ id })) });
}

function nested(levels: number): object {
  let inner: object = { id: 1 };
  for (let level = 1; level < levels; level++) inner = { not: inner };
  return inner;
}

function listOf(operator: string, count: number): string {
  return Array.from({ length: count }, (_, id) => `id[${operator}]=${id}`).join("&");
}

function deep(levels: number): string {
  return `{"data":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
}

const JSON_TYPE = { "content-type": "application/json" };

describe("the documented limits are those of the program", () => {
  test("in figures", () => {
    expect(limits).toMatchObject({
      BODY_BYTES: 1_048_576,
      JSON_DEPTH: 32,
      URL_BYTES: 16_384,
      DEFAULT_LIMIT: 20,
      MAX_LIMIT: 1_000,
      INCLUDE_DEPTH: 3,
      INCLUDE_DEFAULT_LIMIT: 20,
      INCLUDE_MAX_LIMIT: 100,
      FILTER_NODES: 50,
      FILTER_DEPTH: 8,
      IN_VALUES: 500,
      CASCADE_ROWS: 10_000,
    });
  });
});

describe("at the limit a request passes, one above it is refused", () => {
  test("the URL", async () => {
    expect((await forum.get(url(16_384))).status).toBe(200);
    problemOf(await forum.get(url(16_385)), 414, "url_too_long");
  });

  test("the body", async () => {
    const body = (bytes: number): string => `{"long":"${"x".repeat(bytes - 11)}"}`;
    const send = (bytes: number) =>
      other.send({ method: "POST", url: "/api/things", headers: JSON_TYPE, body: body(bytes) });
    expect(Buffer.byteLength(body(1_000))).toBe(1_000);
    expect(findingsOf(await send(1_048_576))).toEqual(["/long too_long"]);
    expect((await send(1_000_011)).status).toBe(201);
    problemOf(await send(1_048_577), 413, "body_too_large");
  });

  test("the body counts in bytes, not in characters", async () => {
    const body = `{"long":"${"ä".repeat(524_288)}"}`;
    expect(
      problemOf(
        await other.send({ method: "POST", url: "/api/things", headers: JSON_TYPE, body }),
        413,
        "body_too_large",
      ),
    ).toMatchObject({ status: 413 });
  });

  test("the depth of the JSON", async () => {
    const send = (levels: number) =>
      other.send({ method: "POST", url: "/api/things", headers: JSON_TYPE, body: deep(levels) });
    expect((await send(32)).status).toBe(201);
    problemOf(await send(33), 400, "body_too_deep");
    problemOf(await send(200_000), 400, "body_too_deep");
    const text = JSON.stringify({ data: "[[[[".repeat(100), long: '\\"[{' });
    expect((await other.send({ method: "POST", url: "/api/things", headers: JSON_TYPE, body: text })).status).toBe(201);
  });

  test("the keys of a body", async () => {
    const body = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${at}`, "x"]));
    expect((await other.post("/api/wide", body(1_000))).status).toBe(201);
    problemOf(await other.post("/api/wide", body(1_001)), 400, "limit_exceeded");
  });

  test("the parameters of a query", async () => {
    const parameters = (count: number): string => listOf("in", count);
    expect((await forum.get(`/api/posts?${parameters(200)}`)).status).toBe(200);
    problemOf(await forum.get(`/api/posts?${parameters(201)}`), 400, "limit_exceeded");
  });

  test("the values of a list", async () => {
    const list = (count: number): string =>
      filterParameter({ id: { in: Array.from({ length: count }, (_, id) => id) } });
    expect(idsOf(await forum.get(`/api/posts?${list(500)}`))).toHaveLength(20);
    problemOf(await forum.get(`/api/posts?${list(501)}`), 400, "limit_exceeded");
    expect(idsOf(await forum.get(`/api/posts?${list(500).replace("in", "nin")}`))).toEqual([]);
  });

  test("the conditions of a filter, plain ones and those of a tree together", async () => {
    expect(rowsOf(await forum.get(`/api/posts?${tree(50)}&limit=100`))).toHaveLength(30);
    problemOf(await forum.get(`/api/posts?${tree(51)}`), 400, "limit_exceeded");
    problemOf(await forum.get(`/api/posts?likes[gte]=0&${tree(50)}`), 400, "limit_exceeded");
  });

  test("a tree of many empty branches", async () => {
    const empty = (count: number): string =>
      filterParameter({ or: Array.from({ length: count }, () => ({})) })
        .replaceAll("%7B%7D", "{}")
        .replaceAll("%2C", ",");
    expect((await forum.get(`/api/posts?${empty(40)}`)).status).toBe(200);
    problemOf(await forum.get(`/api/posts?${empty(3_000)}`), 400, "limit_exceeded");
  });

  test("the depth of a filter", async () => {
    expect((await forum.get(`/api/posts?${filterParameter(nested(8))}`)).status).toBe(200);
    problemOf(await forum.get(`/api/posts?${filterParameter(nested(9))}`), 400, "limit_exceeded");
    problemOf(await forum.get(`/api/posts?${filterParameter(nested(400))}`), 400, "limit_exceeded");
  });

  test("the steps of a path over relations, in a filter and in a sort", async () => {
    const path = (name: string, steps: number): string => `${`${name}.`.repeat(steps)}id`;
    expect((await other.get(`/api/nodes?${path("parent", 7)}=1`)).status).toBe(200);
    expect((await other.get(`/api/nodes?sort=${path("parent", 7)}`)).status).toBe(200);
    expect((await other.get(`/api/nodes?${path("children[none]", 7)}=1`)).status).toBe(200);
    for (const steps of [8, 50, 1_000]) {
      problemOf(await other.get(`/api/nodes?${path("parent", steps)}=1`), 400, "limit_exceeded");
      problemOf(await other.get(`/api/nodes?${path("children[none]", steps)}=1`), 400, "limit_exceeded");
      problemOf(await other.get(`/api/nodes?sort=${path("parent", steps)}`), 400, "limit_exceeded");
    }
  });

  test("the keys of a sort", async () => {
    const keys = "id,title,content,category,status,likes,price,created_at,updated_at".split(",");
    expect((await forum.get(`/api/posts?sort=${keys.slice(0, 8).join(",")}`)).status).toBe(200);
    problemOf(await forum.get(`/api/posts?sort=${keys.join(",")}`), 400, "limit_exceeded");
  });

  test("the levels and the number of includes", async () => {
    expect((await forum.get("/api/posts/1?include=user.posts.comments")).status).toBe(200);
    problemOf(await forum.get("/api/posts/1?include=user.posts.comments.user"), 400, "limit_exceeded");
    const relations = ["user", "editor", "comments"];
    const paths = relations.flatMap((name) =>
      name === "comments"
        ? ["comments.user", "comments.post"]
        : [
            "posts",
            "edited_posts",
            "comments",
            "memberships",
            "posts.comments",
            "edited_posts.comments",
            "comments.post",
            "archive",
          ].map((inner) => `${name}.${inner}`),
    );
    problemOf(await forum.get(`/api/posts/1?include=${paths.join(",")}`), 400, "limit_exceeded");
  });

  test("the findings of a body", async () => {
    const body = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x${at}`, 1]));
    expect(findingsOf(await forum.post("/api/posts", body)).length).toBeLessThanOrEqual(100);
  });

  test("the tags of If-Match", async () => {
    const tags = (count: number): string => Array.from({ length: count }, (_, at) => `"${at}"`).join(",");
    expect(
      problemOf(await forum.patch("/api/posts/1", {}, { "if-match": tags(50) }), 412, "precondition_failed"),
    ).toMatchObject({ status: 412 });
    problemOf(await forum.patch("/api/posts/1", {}, { "if-match": tags(51) }), 400, "limit_exceeded");
    problemOf(await forum.get("/api/posts/1", { "if-none-match": tags(51) }), 400, "limit_exceeded");
  });
});

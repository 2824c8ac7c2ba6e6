import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { closeSound, columnOf, idsOf, type JsonRow, problemOf, rowsOf, writesOf } from "./answers.ts";
import { depot as declaration, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

describe("limits", () => {
  test("1,000 rows go, 1,001 are refused as a whole", async () => {
    const engine = await openDepot();
    const file = await openRaw(engine.databasePath);
    const fill = (count: number): number =>
      file.run(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO comments (post_id, content, created_at, updated_at) SELECT 1, 'c', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z' FROM n`,
      );
    await engine.post("/api/posts", { user_id: 1, title: "t" });
    fill(1001);
    problemOf(await engine.delete("/api/comments?content=c"), 400, "limit_exceeded");
    problemOf(await engine.patch("/api/comments?content=c", { content: "d" }), 400, "limit_exceeded");
    expect((await engine.get("/api/comments?content=c&count=exact&limit=1")).headers["x-total-count"]).toBe("1001");
    await engine.delete("/api/comments/1");
    expect((await engine.patch("/api/comments?content=c&fields=id", { content: "d" })).headers["x-total-count"]).toBe(
      "1000",
    );
    expect((await engine.delete("/api/comments?content=d")).headers["x-total-count"]).toBe("1000");
    file.close();
    await closeSound(engine);
  });

  test("more than 10,000 rows that would go along are refused before any goes", async () => {
    const engine = await openDepot();
    const file = await openRaw(engine.databasePath);
    const times = "'2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'";
    const numbers = (count: number): string =>
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
    await engine.post("/api/posts", [
      { user_id: 1, title: "t" },
      { user_id: 1, title: "t" },
    ]);
    file.run(
      `${numbers(10_002)} INSERT INTO comments (post_id, content, created_at, updated_at) SELECT 1 + i % 2, 'c', ${times} FROM n`,
    );
    const refused = await engine.delete("/api/posts?title=t");
    problemOf(refused, 400, "limit_exceeded");
    expect((await engine.get("/api/comments?count=exact&limit=1")).headers["x-total-count"]).toBe("10002");
    file.run(`INSERT INTO folders (id, name) VALUES (1, 'root')`);
    file.run(`${numbers(30_000)} INSERT INTO folders (id, name, parent_id) SELECT i + 1, 'below', i FROM n`);
    file.run("ANALYZE folders");
    problemOf(await engine.delete("/api/folders?name=root"), 400, "limit_exceeded");
    problemOf(await engine.delete("/api/folders/1"), 400, "limit_exceeded");
    expect((await engine.get("/api/folders?count=exact&limit=1")).headers["x-total-count"]).toBe("30001");
    expect((await engine.delete("/api/folders/29000")).status).toBe(204);
    file.close();
    await closeSound(engine);
  });
});

describe("a filter that visits a large table", () => {
  let large: EngineUnderTest;
  beforeAll(async () => {
    large = await openEngine(declaration, { queryTimeoutMs: 4_000 });
    await large.post("/api/users", { email: "a@example.com", name: "a" });
    const file = await openRaw(large.databasePath);
    file.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO posts (user_id, title, likes, created_at, updated_at) SELECT 1, 'title ' || (i % 10000), i % 100, '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z' FROM n`,
    );
    file.close();
  });
  afterAll(() => closeSound(large));

  test("is answered beside the writes, and looked at again among them by key", async () => {
    const answer = await large.patch("/api/posts?title=title%2017", { category: "found" });
    expect(answer.headers["x-total-count"]).toBe("3");
    expect(idsOf(answer)).toEqual([20017, 10017, 17]);
    const reads = answer.sql.filter((sql) => sql.includes("json_group_array"));
    expect(reads).toHaveLength(2);
    expect(reads[0]).not.toContain("json_each");
    expect(reads[1]).toContain('CROSS JOIN "posts"');
    const file = await openRaw(large.databasePath);
    const plan = file
      .rows(
        `EXPLAIN QUERY PLAN ${reads[1] ?? ""}`,
        Array.from({ length: (reads[1] ?? "").split("?").length - 1 }, () => null),
      )
      .map((row) => String(row[3]));
    file.close();
    expect(plan.filter((line) => line.startsWith("SCAN t"))).toEqual([]);
    expect(plan.some((line) => /^SEARCH t\d+ USING INTEGER PRIMARY KEY/.test(line))).toBe(true);
  });

  test("rows that stop matching meanwhile are left out", async () => {
    const [bulk, single] = await Promise.all([
      large.patch("/api/posts?title=title%2018", { category: "late" }),
      large.patch("/api/posts/18", { title: "gone" }),
    ]);
    expect(single.status).toBe(200);
    const rows = (bulk.json as JsonRow[]).map(({ id, title }) => [id, title]);
    // Whichever came first: no row is changed that did not match at that moment.
    const late = columnOf(await large.get("/api/posts?category=late&sort=id"), "id");
    expect(late).toEqual(rows.map(([id]) => id).toSorted((a, b) => Number(a) - Number(b)));
    const row = await stored(large, "posts/18");
    expect([
      ["gone", null],
      ["gone", "late"],
    ]).toContainEqual([row["title"], row["category"]]);
  });

  test("too many rows are refused without the transaction", async () => {
    const answer = await large.delete("/api/posts?title[starts]=title%201");
    problemOf(answer, 400, "limit_exceeded");
    expect(writesOf(answer)).toEqual([]);
    expect(answer.sql).toHaveLength(1);
  });

  test("stands first in a batch, or alone", async () => {
    const visits = { method: "DELETE", path: "/api/posts?title=title%2019" };
    const other = { method: "POST", path: "/api/users", body: { email: "b@example.com", name: "b" } };
    const late = await large.post("/api/batch", [other, visits]);
    expect(problemOf(late, 400, "limit_exceeded").detail).toMatch(/first operation/);
    expect(rowsOf(await large.get("/api/users?name=b"))).toEqual([]);
    const first = await large.post("/api/batch", [visits, other]);
    expect(first.json).toMatchObject([{ status: 204, count: 3 }, { status: 201 }]);
  });

  test("answers a kept answer without selecting again", async () => {
    const key = { "idempotency-key": "large" };
    const first = await large.patch("/api/posts?title=title%2020&fields=id", { likes: { increment: 1 } }, key);
    const again = await large.patch("/api/posts?title=title%2020&fields=id", { likes: { increment: 1 } }, key);
    expect([again.status, again.text, again.headers["x-total-count"], again.headers["idempotency-replayed"]]).toEqual([
      200,
      first.text,
      "3",
      "true",
    ]);
    expect(again.sql.filter((sql) => sql.includes("json_group_array"))).toEqual([]);
  });

  test("is ended at the deadline: 503, and other writes went on meanwhile", async () => {
    const slow = await openEngine(declaration, { queryTimeoutMs: 2_000 });
    await slow.post("/api/users", { email: "a@example.com", name: "a" });
    const file = await openRaw(slow.databasePath);
    file.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO posts (user_id, title, likes, created_at, updated_at) SELECT 1, 't', 0, '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z' FROM n`,
    );
    file.close();
    // For each post every post of its author: 400 million rows.
    let ended = false;
    const endless = slow.delete("/api/posts?author.posts.title=none").finally(() => {
      ended = true;
    });
    let made = 0;
    while (!ended) await slow.post("/api/tags", { code: `meanwhile${made++}`, word: "w" });
    problemOf(await endless, 503, "query_timeout");
    expect(made).toBeGreaterThan(3);
    await closeSound(slow);
  });
});

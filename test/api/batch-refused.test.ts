import { everyone, integer, longText, servery, table } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { closeSound, findingsOf, problemOf, rowOf, rowsOf } from "./answers.ts";
import { batchTo, operationsOf, patch, post, rowAt, TABLES, unchangedBy } from "./batches.ts";
import { contents, newIds, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

const batch = (operations: unknown, headers: Readonly<Record<string, string>> = {}): Promise<TestAnswer> =>
  batchTo(depot)(operations, headers);
const unchanged = (operations: unknown, check: (answer: TestAnswer) => void): Promise<void> =>
  unchangedBy(depot, operations, check);

/** Rows of half a megabyte. */
function openTexts(): Promise<EngineUnderTest> {
  const texts = table({ word: longText(), likes: integer().default(0) });
  return openEngine(
    servery({
      tables: { texts: texts.allow({ read: everyone, create: everyone, update: everyone, delete: everyone }) },
    }),
  );
}

describe("what is refused, and where", () => {
  test.each([
    ["an object", {}, ""],
    ["a text", '"x"', ""],
    ["an empty list", [], ""],
    ["null inside", [null], "/0"],
    ["a list inside", [[]], "/0"],
    ["no method", [{ path: "/api/tags" }], "/0"],
    ["no path", [{ method: "POST" }], "/0"],
    ["a method that is no text", [{ method: 1, path: "/api/tags" }], "/0/method"],
    ["a path that is no text", [{ method: "POST", path: ["/api/tags"] }], "/0/path"],
    ["an unknown member", [post("/api/tags", {}, { url: "/x" })], "/0/url"],
    ["a member with a slash", [post("/api/tags", {}, { "a/b~": 1 })], "/0/a~1b~0"],
    ["a name that is a number", [post("/api/tags", {}, { name: "0" })], "/0/name"],
    ["a name with a dot", [post("/api/tags", {}, { name: "a.b" })], "/0/name"],
    ["an empty name", [post("/api/tags", {}, { name: "" })], "/0/name"],
    ["a long name", [post("/api/tags", {}, { name: "x".repeat(65) })], "/0/name"],
    ["headers that are a list", [post("/api/tags", {}, { headers: [] })], "/0/headers"],
    ["a header for the whole", [post("/api/tags", {}, { headers: { "idempotency-key": "x" } })], "/0/headers"],
    ["credentials of its own", [post("/api/tags", {}, { headers: { authorization: "Bearer x" } })], "/0/headers"],
    ["a header that is no text", [post("/api/tags", {}, { headers: { "if-match": 1 } })], "/0/headers"],
    ["a header twice", [post("/api/tags", {}, { headers: { "if-match": "*", "If-Match": "*" } })], "/0/headers"],
    ["a read", [{ method: "GET", path: "/api/tags" }], "/0/method"],
    ["HEAD", [{ method: "HEAD", path: "/api/tags" }], "/0/method"],
    ["OPTIONS", [{ method: "OPTIONS", path: "/api/tags" }], "/0/method"],
    ["a batch", [post("/api/batch", [])], "/0/path"],
    ["a route beside the API", [{ method: "GET", path: "/health/live" }], "/0/method"],
    ["no route", [post("/api/tagz", {})], "/0/path"],
    ["another method", [{ method: "DELETE", path: "/api/users/1/posts" }], "/0/method"],
    ["no method at all", [{ method: "post", path: "/api/tags" }], "/0/method"],
    ["another host", [post("http://localhost/api/tags", {})], "/0/path"],
    ["a broken escape", [post("/api/%zz", {})], "/0/path"],
    ["a path that is too long", [post(`/api/tags?fields=${"x".repeat(17_000)}`, {})], "/0/path"],
    ["a body for a delete", [{ method: "DELETE", path: "/api/tags/x", body: {} }], "/0/body"],
  ])("%s", async (_, operations, pointer) => {
    const answer =
      typeof operations === "string"
        ? await depot.send({
            method: "POST",
            url: "/api/batch",
            headers: { "content-type": "application/json" },
            body: operations,
          })
        : await batch(operations);
    const problem = problemOf(answer, 400, "invalid_data");
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(answer.sql).toEqual([]);
  });

  test("__proto__ as a member, a header and a name is a name like any other", async () => {
    const send = (body: string): Promise<TestAnswer> =>
      depot.send({ method: "POST", url: "/api/batch", headers: { "content-type": "application/json" }, body });
    const at = async (body: string): Promise<unknown> =>
      problemOf(await send(body), 400, "invalid_data").errors?.map(({ pointer }) => pointer);
    expect(await at('[{"method":"POST","path":"/api/tags","__proto__":{"body":{"code":"p","word":"w"}}}]')).toEqual([
      "/0/__proto__",
    ]);
    expect(await at('[{"method":"POST","path":"/api/tags","body":{},"headers":{"__proto__":"x"}}]')).toEqual([
      "/0/headers",
    ]);
    expect(await at('[{"method":"POST","path":"/api/tags","body":{"__proto__":{"code":"p"}}}]')).toEqual([
      "/0/body/code",
      "/0/body/word",
      "/0/body/__proto__",
    ]);
    const named = await send(
      '[{"method":"POST","path":"/api/tags","name":"__proto__","body":{"code":"pp","word":"w"}},{"method":"PATCH","path":"/api/tags/{__proto__.code}","body":{"uses":1}}]',
    );
    expect(rowAt(named, 1)).toMatchObject({ code: "pp", uses: 1 });
    problemOf(
      await send('[{"method":"PATCH","path":"/api/tags/{constructor.id}","body":{"uses":1}}]'),
      400,
      "invalid_reference",
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("two operations of one name, a query, another media type, nothing", async () => {
    const twice = await batch([
      post("/api/tags", { code: "n1", word: "w" }, { name: "n" }),
      post("/api/tags", { code: "n2", word: "w" }, { name: "n" }),
    ]);
    expect(problemOf(twice, 400, "invalid_data").errors).toMatchObject([{ pointer: "/1/name" }]);
    problemOf(await depot.post("/api/batch?x=1", []), 400, "unknown_parameter");
    problemOf(await depot.send({ method: "POST", url: "/api/batch" }), 400, "body_required");
    problemOf(
      await depot.send({ method: "POST", url: "/api/batch", headers: { "content-type": "text/csv" }, body: "a" }),
      415,
      "unsupported_media_type",
    );
    problemOf(await depot.get("/api/batch"), 405, "method_not_allowed");
  });

  test("findings of a body and of the database point into the batch, also of a batch of one and with a key", async () => {
    const wrong = post("/api/users", { email: "nope", name: 1 });
    await unchanged([post("/api/tags", { code: "x1", word: "w" }), wrong], (answer) =>
      expect(findingsOf(answer)).toEqual(["/1/body/email format", "/1/body/name type"]),
    );
    const missing = post("/api/posts", [
      { user_id: 1, title: "t" },
      { user_id: 987_654, title: "t" },
    ]);
    await unchanged([missing], (answer) => expect(findingsOf(answer)).toEqual(["/0/body/1/user_id reference_missing"]));
    const taken = post("/api/users", { email: "ALICE@example.com", name: "n" });
    await unchanged(
      [post("/api/tags", { code: "x2", word: "w" }), post("/api/tags", { code: "x3", word: "w" }), taken],
      (answer) =>
        expect(problemOf(answer, 409, "unique").errors).toMatchObject([{ pointer: "/2/body/email", code: "unique" }]),
    );
    for (const operations of [[missing], [post("/api/tags", { code: "x4", word: "w" }), missing]]) {
      const answer = await batch(operations, { "idempotency-key": `pointer${operations.length}` });
      expect(findingsOf(answer)).toEqual([`/${operations.length - 1}/body/1/user_id reference_missing`]);
    }
    const hidden = await batch([
      post("/api/tags", { code: "x5", word: "w" }),
      post("/api/users/987654/posts", { title: "t" }),
    ]);
    expect(problemOf(hidden, 404, "not_found").detail).toMatch(/^Operation 1: /);
    const gone = await batch([post("/api/tags", { code: "x6", word: "w" }), patch("/api/posts/987654", { likes: 1 })]);
    expect(problemOf(gone, 404, "not_found").detail).toMatch(/^Operation 1: /);
    expect(rowsOf(await depot.get("/api/tags?code[starts]=x"))).toEqual([]);
  });

  test("each operation is asked the rules of its table", async () => {
    const other = post("/api/tags", { code: "rule", word: "w" });
    const refused: [object, number, string][] = [
      [patch("/api/frozen/1", { word: "x" }), 403, "forbidden"],
      [post("/api/listed", { word: "x" }), 403, "forbidden"],
      [post("/api/secrets", { wrod: "x" }), 401, "sign_in_required"],
      [{ method: "PUT", path: "/api/secrets?on_conflict=wrod", body: { wrod: 1 } }, 401, "sign_in_required"],
      [{ method: "DELETE", path: "/api/drop_box?word=x" }, 403, "forbidden"],
      [{ method: "DELETE", path: "/api/posts" }, 400, "filter_required"],
      [{ method: "DELETE", path: "/api/guarded?word=x" }, 428, "precondition_required"],
    ];
    for (const [operation, status, code] of refused) {
      const answer = await batch([other, operation]);
      expect(problemOf(answer, status, code).detail).toMatch(/^Operation 1/);
      expect(answer.sql).toEqual([]);
      expect(answer.text).not.toContain("user_id");
    }
    problemOf(await depot.get("/api/tags/rule"), 404, "not_found");
  });
});

describe("limits, and all or nothing", () => {
  test("100 operations, 101 not; 1,000 rows together; 10 filters", async () => {
    const one = (at: number): object => post("/api/tags?fields=code", { code: `c${at}`, word: "cap" });
    const many = (count: number, from = 0): object =>
      post(
        "/api/tags",
        Array.from({ length: count }, (_, at) => ({ code: `r${from + at}`, word: "cap" })),
      );
    const operations = (count: number): object[] => Array.from({ length: count }, (_, at) => one(at));
    problemOf(await batch(operations(101)), 400, "limit_exceeded");
    expect(operationsOf(await batch(operations(100)))).toHaveLength(100);
    problemOf(await batch([many(600), many(401, 600)]), 400, "limit_exceeded");
    expect(operationsOf(await batch([many(600), many(400, 600)]))).toHaveLength(2);
    const filter = { method: "DELETE", path: "/api/tags?word=none" };
    problemOf(await batch(Array.from({ length: 11 }, () => filter)), 400, "limit_exceeded");
    expect(operationsOf(await batch(Array.from({ length: 10 }, () => filter)))).toHaveLength(10);
    expect((await depot.get("/api/tags?word=cap&count=exact&limit=1")).headers["x-total-count"]).toBe("1100");
  });

  test("the last operation that fails leaves nothing: no row, no sum, no transfer, no kept answer", async () => {
    const [order] = newIds(await depot.post("/api/orders", [{}]));
    const operations = [
      post("/api/users", { email: "last@example.com", name: "n" }),
      post("/api/items", { order_id: order, product_id: 1, quantity: 1 }),
      post("/api/transfers", { from_id: 1, to_id: 2, amount: "0.01" }),
      { method: "DELETE", path: `/api/items?order_id=${order}` },
      patch("/api/posts/987654", { likes: 1 }),
    ];
    const before = await contents(depot, ...TABLES);
    const key = { "idempotency-key": "all or nothing".replaceAll(" ", "-") };
    problemOf(await batch(operations, key), 404, "not_found");
    expect(await contents(depot, ...TABLES)).toEqual(before);
    // The key is free: a corrected batch runs.
    expect(operationsOf(await batch(operations.slice(0, 3), key))).toHaveLength(3);
    expect((await stored(depot, `orders/${order}`))["total"]).toBe("19.99");
  });

  test("an answer that would fill the memory is refused, and its write undone", async () => {
    const big = await openTexts();
    const text = "x".repeat(500_000);
    await big.post("/api/texts", { word: text });
    await big.post("/api/texts", { word: text });
    await big.post("/api/texts", { word: text });
    const touch = patch("/api/texts?id[gte]=1", { likes: { increment: 1 } });
    const answer = await big.post(
      "/api/batch",
      Array.from({ length: 10 }, () => touch),
    );
    expect(answer.status).toBe(200);
    const all = await big.post("/api/batch", [
      ...Array.from({ length: 10 }, () => touch),
      ...Array.from({ length: 5 }, () => patch("/api/texts/1", { likes: { increment: 1 } })),
    ]);
    // Not through problemOf, which would show fifteen megabytes.
    expect([all.status, all.text.length < 1_000 && all.text]).toEqual([
      400,
      expect.stringContaining('"limit_exceeded"'),
    ]);
    expect(rowOf(await big.get("/api/texts/1?fields=likes"))["likes"]).toBe(10);
    await closeSound(big);
  });
});

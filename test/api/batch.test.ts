import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";
import { closeSound, columnOf, findingsOf, type JsonRow, problemOf, rowsOf } from "./answers.ts";
import { batchTo, operationsOf, patch, post, rowAt, unchangedBy } from "./batches.ts";
import { openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

const batch = (operations: unknown, headers: Readonly<Record<string, string>> = {}): Promise<TestAnswer> =>
  batchTo(depot)(operations, headers);
const unchanged = (operations: unknown, check: (answer: TestAnswer) => void): Promise<void> =>
  unchangedBy(depot, operations, check);

describe("POST /api/batch", () => {
  test("answers each operation as it would be answered alone", async () => {
    const made = await depot.post("/api/tags", [
      { code: "old", word: "w" },
      { code: "many1", word: "m" },
      { code: "many2", word: "m" },
    ]);
    expect(made.status).toBe(201);
    const answer = await batch([
      post("/api/posts", { user_id: 1, title: "alone" }),
      post("/api/posts?fields=title", [
        { user_id: 1, title: "l1" },
        { user_id: 1, title: "l2" },
      ]),
      { method: "PUT", path: "/api/tags?on_conflict=code", body: { code: "old", word: "new" } },
      { method: "PUT", path: "/api/tags?on_conflict=code", body: { code: "fresh", word: "f" } },
      { method: "PUT", path: "/api/tags?on_conflict=code&fields=code", body: [{ code: "fresh", word: "g" }] },
      patch("/api/tags/old?fields=uses", { uses: { increment: 2 } }),
      { method: "PUT", path: "/api/tags/old", body: { word: "put" } },
      patch("/api/tags?word=m&fields=code", { uses: 1 }),
      { method: "DELETE", path: "/api/tags?word=m" },
      { method: "DELETE", path: "/api/tags/old" },
      post("/api/users/1/posts?fields=user_id", { title: "below" }),
    ]);
    const operations = operationsOf(answer);
    expect(operations.map(({ status, count, body }) => [status, count, Array.isArray(body)])).toEqual([
      [201, undefined, false],
      [201, 2, true],
      [200, undefined, false],
      [201, undefined, false],
      [200, 1, true],
      [200, undefined, false],
      [200, undefined, false],
      [200, 2, true],
      [204, 2, false],
      [204, undefined, false],
      [201, undefined, false],
    ]);
    const post0 = operations[0]?.body as JsonRow;
    const read = await depot.get(operations[0]?.location as string);
    expect([read.json, read.headers["etag"]]).toEqual([post0, operations[0]?.etag]);
    expect(operations[1]).toEqual({ status: 201, count: 2, body: [{ title: "l1" }, { title: "l2" }] });
    expect(operations[3]?.location).toBe("/api/tags/fresh");
    expect(operations[4]).toEqual({ status: 200, count: 1, body: [{ code: "fresh" }] });
    expect(operations[5]?.body).toEqual({ uses: 2 });
    expect(operations[8]).toEqual({ status: 204, count: 2 });
    expect(operations[9]).toEqual({ status: 204 });
    expect(columnOf(await depot.get("/api/tags?sort=code"), "code")).toEqual(["fresh"]);
    expect([answer.headers["location"], answer.headers["etag"], answer.headers["x-total-count"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("later operations see what earlier ones did, also by filters", async () => {
    const answer = await batch([
      post("/api/tags", [
        { code: "s1", word: "seen" },
        { code: "s2", word: "seen" },
      ]),
      patch("/api/tags?word=seen", { uses: { increment: 1 } }),
      patch("/api/tags/s1", { uses: { increment: 1 } }),
      { method: "DELETE", path: "/api/tags?uses=2" },
      { method: "DELETE", path: "/api/tags/s2" },
      post("/api/tags", { code: "s2", word: "again" }),
    ]);
    expect(operationsOf(answer).map(({ status, count }) => [status, count])).toEqual([
      [201, 2],
      [200, 2],
      [200, undefined],
      [204, 1],
      [204, undefined],
      [201, undefined],
    ]);
    expect(rowsOf(await depot.get("/api/tags?code[starts]=s&fields=code,word,uses"))).toEqual([
      { code: "s2", word: "again", uses: 0 },
    ]);
  });

  test("If-Match and If-None-Match belong to one operation", async () => {
    const row = await depot.post("/api/tags", { code: "tagged", word: "w" });
    const etag = row.headers["etag"] as string;
    const answer = await batch([patch("/api/tags/tagged", { uses: 1 }, { headers: { "If-Match": etag } })]);
    expect(operationsOf(answer)[0]?.etag).toBe((await depot.get("/api/tags/tagged")).headers["etag"]);
    const refused = await batch([
      post("/api/tags", { code: "beside", word: "w" }),
      patch("/api/tags/tagged", { uses: 2 }, { headers: { "if-match": etag } }),
    ]);
    expect(problemOf(refused, 412, "precondition_failed").detail).toMatch(/^Operation 1/);
    problemOf(await depot.get("/api/tags/beside"), 404, "not_found");
    problemOf(
      await batch([post("/api/tags", { code: "tagged", word: "w" }, { headers: { "if-none-match": "*" } })]),
      412,
      "precondition_failed",
    );
    const guarded = await depot.post("/api/guarded", { word: "a" });
    const path = guarded.headers["location"] as string;
    problemOf(await batch([patch(path, { word: "b" })]), 428, "precondition_required");
    // Headers of the batch itself are for no operation.
    problemOf(
      await batch([patch(path, { word: "b" })], { "if-match": guarded.headers["etag"] as string }),
      428,
      "precondition_required",
    );
    expect(
      operationsOf(await batch([patch(path, { word: "b" }, { headers: { "if-match": guarded.headers["etag"] } })])),
    ).toHaveLength(1);
  });
});

describe("what earlier operations made", () => {
  test("is named by place or name, in bodies, lists, rows below, and paths", async () => {
    const answer = await batch([
      post("/api/users", { email: "ref@example.com", name: "r" }, { name: "author" }),
      post(
        "/api/posts",
        { user_id: { ref: "author.id" }, title: "by name", comments: [{ content: "c" }] },
        { name: "p" },
      ),
      post("/api/posts", [
        { user_id: { ref: "0.id" }, title: "a" },
        { user_id: 1, editor_id: { ref: "author.id" }, title: "b" },
      ]),
      post("/api/comments", { post_id: { ref: "p.id" }, content: "later" }),
      post("/api/posts/{p.id}/comments", [{ content: "path" }]),
      patch("/api/posts/{1.id}", { title: { ref: "author.name" }, editor_id: { ref: "0.id" } }),
      patch("/api/users/{author.id}", { nick: { ref: "author.email" } }, { name: "renamed" }),
      {
        method: "PUT",
        path: "/api/tags?on_conflict=code",
        body: { code: { ref: "renamed.name" }, word: { ref: "p.title" } },
        name: "t",
      },
      post("/api/users", {
        email: "second@example.com",
        name: "s",
        posts: [{ title: "nested", editor_id: { ref: "author.id" } }],
      }),
      post("/api/ratings", { user_id: { ref: "0.id" }, tag_code: { ref: "t.code" }, stars: 3 }),
      patch("/api/ratings/{author.id},r", { stars: 4 }),
      patch("/api/ratings/{author.id},{t.code}", { stars: { increment: 1 } }),
      { method: "DELETE", path: "/api/posts/{1.id}" },
    ]);
    const author = rowAt(answer, 0)["id"];
    const rows = operationsOf(answer).map(({ body }) => body as JsonRow);
    expect(rows[1]).toMatchObject({ user_id: author, title: "by name" });
    expect((rows[2] as unknown as JsonRow[]).map((row) => [row["user_id"], row["editor_id"]])).toEqual([
      [author, null],
      [1, author],
    ]);
    expect(rows[3]).toMatchObject({ post_id: rows[1]?.["id"], content: "later" });
    expect(rows[4]).toMatchObject([{ post_id: rows[1]?.["id"] }]);
    expect(rows[5]).toMatchObject({ title: "r", editor_id: author });
    expect(rows[6]).toMatchObject({ nick: "ref@example.com" });
    expect(rows[7]).toMatchObject({ code: "r", word: "by name" });
    expect(rows[8]?.["posts"]).toMatchObject([{ editor_id: author }]);
    expect(rows[11]).toEqual({ user_id: author, tag_code: "r", stars: 5 });
    problemOf(await depot.get(`/api/posts/${String(rows[1]?.["id"])}`), 404, "not_found");
  });

  test("is what was answered there: with the sum of rows below, before what comes after", async () => {
    const answer = await batch(
      [
        post("/api/orders", { items: [{ product_id: 1, quantity: 3 }] }, { name: "order" }),
        post("/api/accounts", { owner: "pays", balance: "500.00" }, { name: "payer" }),
        post("/api/transfers", { from_id: { ref: "payer.id" }, to_id: 1, amount: { ref: "order.total" } }),
        post("/api/items", { order_id: { ref: "order.id" }, product_id: 2, quantity: 1 }),
        post("/api/accounts", { owner: "same", balance: { ref: "order.total" } }),
      ].map((operation) => operation),
    );
    // decimal(12, 2) and decimal(14, 2) have the same digits behind the point.
    expect(rowAt(answer, 0)["total"]).toBe("59.97");
    expect(rowAt(answer, 2)["amount"]).toBe("59.97");
    expect(rowAt(answer, 4)["balance"]).toBe("59.97");
    expect((await stored(depot, `accounts/${String(rowAt(answer, 1)["id"])}`))["balance"]).toBe("440.03");
    expect((await stored(depot, `orders/${String(rowAt(answer, 0)["id"])}`))["total"]).toBe("159.97");
  });

  test("keeps every digit: 64 bits, decimals, numbers with a point, times", async () => {
    const values = { big: "9223372036854775807", share: 0.1, money: "12345678901234.5678" };
    const answer = await batch([
      post("/api/wide", { ...values, word: "w" }),
      post("/api/counters", { big: { ref: "0.big" }, ratio: { ref: "0.share" } }),
      patch("/api/wide/{0.big},{0.share},{0.money}", { word: "x" }),
      post("/api/posts", { user_id: 1, title: "t" }),
      patch("/api/posts/{3.id}", { starts_at: { ref: "3.created_at" } }),
    ]);
    expect(rowAt(answer, 1)).toMatchObject({ big: values.big, ratio: values.share });
    expect(rowAt(answer, 2)).toEqual({ ...values, word: "x" });
    expect(rowAt(answer, 4)["starts_at"]).toBe(rowAt(answer, 3)["created_at"]);
  });

  test("a missing value is null: fine where the column may be null, else a finding", async () => {
    const rows = [post("/api/posts", { user_id: 1, title: "no editor" })];
    const answer = await batch([
      ...rows,
      post("/api/posts", { user_id: 1, title: "t", editor_id: { ref: "0.editor_id" } }),
    ]);
    expect(rowAt(answer, 1)["editor_id"]).toBeNull();
    await unchanged([...rows, post("/api/posts", { user_id: { ref: "0.editor_id" }, title: "t" })], (refused) =>
      expect(findingsOf(refused)).toEqual(["/1/body/user_id reference_missing"]),
    );
    await unchanged([...rows, post("/api/posts", { user_id: 1, title: { ref: "0.category" } })], (refused) =>
      expect(findingsOf(refused)).toEqual(["/1/body/title null"]),
    );
  });

  test("a value that the column does not take is a finding of the database", async () => {
    const long = "a title of more than twenty letters";
    await unchanged(
      [post("/api/posts", { user_id: 1, title: long }), post("/api/tags", { code: { ref: "0.title" }, word: "w" })],
      (answer) => expect(findingsOf(answer)).toEqual(["/1/body/code out_of_range"]),
    );
  });

  test.each([
    ["itself", "/api/comments", { post_id: { ref: "1.id" }, content: "c" }],
    ["a later one", "/api/comments", { post_id: { ref: "2.id" }, content: "c" }],
    ["no operation", "/api/comments", { post_id: { ref: "x.id" }, content: "c" }],
    ["a place far away", "/api/comments", { post_id: { ref: "99999999.id" }, content: "c" }],
    ["a place before the first", "/api/comments", { post_id: { ref: "-1.id" }, content: "c" }],
    ["a place with a zero in front", "/api/comments", { post_id: { ref: "00.id" }, content: "c" }],
    ["no column", "/api/comments", { post_id: { ref: "0" }, content: "c" }],
    ["an empty column", "/api/comments", { post_id: { ref: "0." }, content: "c" }],
    ["an unknown column", "/api/comments", { post_id: { ref: "0.idd" }, content: "c" }],
    ["a name that every object has", "/api/comments", { post_id: { ref: "0.constructor" }, content: "c" }],
    ["__proto__", "/api/comments", { post_id: { ref: "__proto__.id" }, content: "c" }],
    ["a column of another kind", "/api/comments", { post_id: { ref: "0.title" }, content: "c" }],
    ["nothing", "/api/comments", { post_id: { ref: "" }, content: "c" }],
    ["a path of itself", "/api/posts/{1.id}/comments", { content: "c" }],
    ["a path with half a brace", "/api/posts/{0.id/comments", { content: "c" }],
    ["a path with more behind", "/api/posts/{0.id}1/comments", { content: "c" }],
    ["a path with too many parts", "/api/posts/{0.id},1/comments", { content: "c" }],
    ["a path of another kind", "/api/posts/{0.title}/comments", { content: "c" }],
  ])("cannot be %s", async (_, path, body) => {
    await unchanged(
      [
        post("/api/posts", { user_id: 1, title: "t" }),
        post(path, body),
        post("/api/posts", { user_id: 1, title: "u" }),
      ],
      (answer) => {
        expect(problemOf(answer, 400, "invalid_reference").detail).toMatch(/^Operation 1 \(POST /);
        expect(answer.sql).toEqual([]);
      },
    );
  });

  test("a column that is misspelt is told with the nearest", async () => {
    const answer = await batch([
      post("/api/posts", { user_id: 1, title: "t" }),
      patch("/api/posts/{0.id}", { title: { ref: "0.titel" } }),
    ]);
    expect(problemOf(answer, 400, "invalid_reference").detail).toMatch(/Did you mean title\?/);
  });

  test("of a list, of a filter and of a delete there is no one row", async () => {
    expect.hasAssertions();
    for (const first of [
      post("/api/tags", [{ code: "li", word: "w" }]),
      { method: "PUT", path: "/api/tags?on_conflict=code", body: [{ code: "li", word: "w" }] },
      patch("/api/tags?word=w", { uses: 1 }),
      { method: "DELETE", path: "/api/posts/1" },
    ])
      await unchanged([first, post("/api/tags", { code: { ref: "0.code" }, word: "x" })], (answer) => {
        problemOf(answer, 400, "invalid_reference");
      });
  });

  test("is a value only inside a batch, and only as { ref } alone", async () => {
    expect(findingsOf(await depot.post("/api/posts", { user_id: { ref: "0.id" }, title: "t" }))).toEqual([
      "/user_id type",
    ]);
    problemOf(await depot.patch("/api/posts/{0.id}", { title: "t" }), 404, "not_found");
    const rows = [post("/api/posts", { user_id: 1, title: "t" })];
    for (const value of [{ ref: "0.id", more: 1 }, { ref: 0 }, { ref: null }, { ref: ["0.id"] }, [{ ref: "0.id" }]])
      await unchanged([...rows, post("/api/comments", { post_id: value, content: "c" })], (answer) =>
        expect(findingsOf(answer)).toEqual(["/1/body/post_id type"]),
      );
    // A text may be written like a path's reference: with its braces escaped it is a key.
    await depot.post("/api/tags", { code: "{0.id}", word: "w" });
    const answer = await batch([patch("/api/tags/%7B0.id%7D", { word: "found" })]);
    expect(operationsOf(answer)[0]?.status).toBe(200);
  });
});

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyKind, everythingRow } from "../openapi/every-kind.ts";
import { closeSound, findingsOf, type JsonRow, problemOf, rowsOf } from "./answers.ts";
import { contents, newIds, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

const list = (answer: { readonly json: unknown }): JsonRow[] => answer.json as JsonRow[];

describe("POST of a list", () => {
  test("makes all rows, answers them in their order, and has no address and no tag", async () => {
    const answer = await depot.post("/api/posts", [
      { user_id: 1, title: "one" },
      { user_id: 1, title: "two", likes: 3 },
      { title: "three", user_id: 1, category: "x" },
    ]);
    expect(answer.status).toBe(201);
    expect(list(answer).map(({ title, likes, category }) => [title, likes, category])).toEqual([
      ["one", 0, null],
      ["two", 3, null],
      ["three", 0, "x"],
    ]);
    expect([answer.headers["location"], answer.headers["etag"], answer.headers["idempotency-replayed"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const ids = newIds(answer);
    expect(new Set(ids).size).toBe(3);
    for (const [at, id] of ids.entries()) expect(await stored(depot, `posts/${id}`)).toEqual(list(answer)[at]);
  });

  test("of one row is answered as a list, and of none as none", async () => {
    expect(list(await depot.post("/api/posts", [{ user_id: 1, title: "alone" }]))).toHaveLength(1);
    const none = await depot.post("/api/posts", []);
    expect([none.status, none.json]).toEqual([201, []]);
  });

  test("every kind of column, keys of several columns, and names of any letters", async () => {
    const kinds = await openEngine(everyKind);
    const rows = [1, 2, 3].map((at) => ({ ...everythingRow, email: `someone${at}@example.com` }));
    const answer = await kinds.post("/api/everything", rows);
    expect(answer.status, answer.text).toBe(201);
    for (const [at, row] of list(answer).entries())
      expect(row).toMatchObject({ ...everythingRow, email: `someone${at + 1}@example.com` });
    expect(new Set(list(answer).map(({ generated }) => generated)).size).toBe(3);
    const pairs = await kinds.post("/api/pairs", [
      { day: "2024-01-02", word: "a,b/c" },
      { day: "2024-01-02", word: '"]' },
    ]);
    expect(list(pairs)).toEqual([
      { day: "2024-01-02", word: "a,b/c", note: null },
      { day: "2024-01-02", word: '"]', note: null },
    ]);
    const items = await kinds.post("/api/order%20items", [{ "unit price": 1 }, { "unit price": 2, "e~f/g%": "z" }]);
    expect(list(items).map((row) => [row["unit price"], row["e~f/g%"]])).toEqual([
      [1, null],
      [2, "z"],
    ]);
    expect(findingsOf(await kinds.post("/api/order%20items", [{ "unit price": 1 }, { "e~f/g%": 1 }]))).toEqual([
      "/1/unit price required",
      "/1/e~0f~1g% type",
    ]);
    await closeSound(kinds);
  });

  test("fields choose what is answered of each row", async () => {
    const answer = await depot.post("/api/posts?fields=title,likes", [
      { user_id: 1, title: "a" },
      { user_id: 1, title: "b" },
    ]);
    expect(list(answer)).toEqual([
      { title: "a", likes: 0 },
      { title: "b", likes: 0 },
    ]);
  });

  test("below a parent the reference comes from the path for every row; naming another one is told with its place", async () => {
    const [user] = newIds(await depot.post("/api/users", [{ email: "parent@example.com", name: "p" }]));
    const answer = await depot.post(`/api/users/${user}/posts?fields=user_id`, [
      { title: "a" },
      { title: "b", user_id: user },
    ]);
    expect(list(answer)).toEqual([{ user_id: user }, { user_id: user }]);
    const before = await contents(depot, "posts");
    expect(
      findingsOf(await depot.post(`/api/users/${user}/posts`, [{ title: "a" }, { title: "b", user_id: 1 }])),
    ).toEqual(["/1/user_id read_only"]);
    problemOf(await depot.post("/api/users/987654/posts", [{ title: "a" }]), 404, "not_found");
    expect(await contents(depot, "posts")).toEqual(before);
  });
});

describe("findings of a list", () => {
  test("name every wrong row, and the place in each", async () => {
    const before = await contents(depot, "posts");
    const answer = await depot.post("/api/posts", [
      { user_id: 1, title: "fine" },
      { user_id: 1 },
      { user_id: "x", title: 5 },
      null,
      [],
      "text",
      { user_id: 1, title: "x", nonsense: 1, id: 7 },
    ]);
    expect(findingsOf(answer)).toEqual([
      "/1/title required",
      "/2/user_id type",
      "/2/title type",
      "/3 type",
      "/4 type",
      "/5 type",
      "/6/nonsense unknown_field",
      "/6/id read_only",
    ]);
    expect(answer.sql).toEqual([]);
    expect(await contents(depot, "posts")).toEqual(before);
  });

  test("end at a hundred", async () => {
    const answer = await depot.post(
      "/api/posts",
      Array.from({ length: 900 }, () => ({ user_id: 1 })),
    );
    const found = findingsOf(answer);
    expect([found.length, found[0], found[99]]).toEqual([100, "/0/title required", "/99/title required"]);
  });

  test("of the database too: a missing reference, a check, a clash inside the list and with what is there", async () => {
    const before = await contents(depot, "posts", "users");
    expect(
      findingsOf(
        await depot.post("/api/posts", [
          { user_id: 1, title: "a" },
          { user_id: 999_999, title: "b" },
        ]),
      ),
    ).toEqual(["/1/user_id reference_missing"]);
    const [late, early] = ["2024-02-02T00:00:00.000Z", "2024-02-01T00:00:00.000Z"];
    expect(
      findingsOf(
        await depot.post("/api/posts", [
          { user_id: 1, title: "a" },
          { user_id: 1, title: "b", starts_at: late, ends_at: early },
        ]),
      ),
    ).toEqual(["/1/ends_at check"]);
    const inside = await depot.post("/api/users", [
      { email: "twice@example.com", name: "a" },
      { email: "other@example.com", name: "b" },
      { email: "TWICE@example.com", name: "c" },
    ]);
    // SQLite names an index that folds case by its name alone.
    expect(problemOf(inside, 409, "unique").errors?.map(({ pointer }) => pointer) ?? []).toEqual(
      expect.arrayContaining([]),
    );
    const there = await depot.post("/api/tags", [
      { code: "new", word: "n" },
      { code: "new", word: "n" },
    ]);
    expect(problemOf(there, 409, "unique").errors).toMatchObject([{ pointer: "/1/code", code: "unique" }]);
    problemOf(
      await depot.post("/api/users", [
        { email: "fresh@example.com", name: "a" },
        { email: "ALICE@example.com", name: "b" },
      ]),
      409,
      "unique",
    );
    expect(await contents(depot, "posts", "users")).toEqual(before);
    expect(rowsOf(await depot.get("/api/tags"))).toEqual([]);
  });

  test("a table whose rows nobody may see is like a missing row, with its place", async () => {
    const answer = await depot.post("/api/listed", [{ word: "a" }]);
    expect(problemOf(answer, 403, "forbidden").code).toBe("forbidden");
  });
});

describe("all or nothing", () => {
  test("a last row that is refused takes sums, transfers and every other row back", async () => {
    const [order] = newIds(await depot.post("/api/orders", [{ note: "kept" }]));
    const tables = ["orders", "items", "accounts", "transfers"];
    const before = await contents(depot, ...tables);
    expect(
      findingsOf(
        await depot.post("/api/items", [
          { order_id: order, product_id: 1, quantity: 2 },
          { order_id: order, product_id: 2, quantity: 1 },
          { order_id: order, product_id: 77, quantity: 1 },
        ]),
      ),
    ).toEqual(["/2/product_id reference_missing"]);
    const overdrawn = await depot.post("/api/transfers", [
      { from_id: 1, to_id: 2, amount: "60.00" },
      { from_id: 1, to_id: 2, amount: "40.01" },
    ]);
    expect(overdrawn.status).toBe(400);
    expect(await contents(depot, ...tables)).toEqual(before);
  });

  test("1,000 rows are made, 1,001 refused before the database is asked", async () => {
    const rows = (count: number): object[] =>
      Array.from({ length: count }, (_, at) => ({ code: `bulk${at}`, word: "w" }));
    const before = rowsOf(await depot.get("/api/tags?code[starts]=bulk"));
    expect(before).toEqual([]);
    const tooMany = await depot.post("/api/tags", rows(1001));
    problemOf(tooMany, 400, "limit_exceeded");
    expect(tooMany.sql).toEqual([]);
    const answer = await depot.post("/api/tags?fields=code", rows(1000));
    expect([answer.status, list(answer).length, list(answer)[999]]).toEqual([201, 1000, { code: "bulk999" }]);
    expect((await depot.get("/api/tags?code[starts]=bulk&count=exact&limit=1")).headers["x-total-count"]).toBe("1000");
  });
});

describe("what the server fills", () => {
  test("copies, sums once for each parent, and transfers in their order", async () => {
    const [one, two] = newIds(await depot.post("/api/orders", [{}, {}]));
    const answer = await depot.post("/api/items", [
      { order_id: one, product_id: 1, quantity: 2 },
      { order_id: two, product_id: 1, quantity: 1 },
      { order_id: one, product_id: 2, quantity: 3 },
    ]);
    expect(list(answer).map(({ unit_price: price }) => price)).toEqual(["19.99", "19.99", "100.00"]);
    expect((await stored(depot, `orders/${one}`))["total"]).toBe("339.98");
    expect((await stored(depot, `orders/${two}`))["total"]).toBe("19.99");
    expect(answer.sql.filter((sql) => sql.startsWith('UPDATE "orders"'))).toHaveLength(1);
    expect(
      (
        await depot.post("/api/transfers", [
          { from_id: 1, to_id: 2, amount: "60.00" },
          { from_id: 2, to_id: 1, amount: "10.00" },
        ])
      ).status,
    ).toBe(201);
    expect((await stored(depot, "accounts/1"))["balance"]).toBe("50.00");
    expect((await stored(depot, "accounts/2"))["balance"]).toBe("50.00");
  });

  test("rows that change along get the time of the change, others keep theirs", async () => {
    const [one, two] = newIds(await depot.post("/api/orders", [{}, {}]));
    const before = [await stored(depot, `orders/${one}`), await stored(depot, `orders/${two}`)];
    await wait(5);
    const made = list(await depot.post("/api/items", [{ order_id: one, product_id: 1, quantity: 1 }]))[0];
    const after = await stored(depot, `orders/${one}`);
    expect(after["updated_at"]).toBe(made?.["updated_at"]);
    expect(String(after["updated_at"]) > String(before[0]?.["updated_at"])).toBe(true);
    expect(after["created_at"]).toBe(before[0]?.["created_at"]);
    expect(await stored(depot, `orders/${two}`)).toEqual(before[1]);
    const account = await stored(depot, "accounts/2");
    await wait(5);
    await depot.post("/api/transfers", { from_id: 1, to_id: 2, amount: "1.00" });
    expect(String((await stored(depot, "accounts/2"))["updated_at"]) > String(account["updated_at"])).toBe(true);
  });

  test("a list that refers to itself is answered as it is in the end", async () => {
    const answer = await depot.post("/api/parts", [
      { code: "car", weight: 1 },
      { code: "wheel", above: "car", weight: 4 },
      { code: "seat", above: "car", weight: 6 },
      { code: "rim", above: "wheel", weight: 2 },
    ]);
    expect(list(answer).map(({ code, below }) => [code, below])).toEqual([
      ["car", 10],
      ["wheel", 2],
      ["seat", 0],
      ["rim", 0],
    ]);
    expect(await stored(depot, "parts/car")).toEqual(list(answer)[0]);
    expect(
      findingsOf(
        await depot.post("/api/parts", [
          { code: "b", above: "a", weight: 1 },
          { code: "a", weight: 1 },
        ]),
      ),
    ).toEqual(["/0/above reference_missing"]);
  });
});

test("a list has no one row that a precondition could mean", async () => {
  for (const name of ["if-match", "if-none-match"]) {
    problemOf(await depot.post("/api/tags", [{ code: "p", word: "p" }], { [name]: "*" }), 400, "invalid_precondition");
  }
  expect((await depot.get("/api/tags/p")).status).toBe(404);
});

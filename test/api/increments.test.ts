import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, columnOf, findingsOf, type JsonRow, problemOf, rowOf, rowsOf } from "./answers.ts";
import { contents, newIds, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

async function counter(values: object = {}): Promise<string> {
  return `/api/counters/${String(rowOf(await depot.post("/api/counters", values))["id"])}`;
}

/** What a PATCH of a new counter answers. */
async function added(column: string, start: unknown, operand: unknown): Promise<unknown> {
  const url = await counter({ [column]: start });
  const answer = await depot.patch(url, { [column]: { increment: operand } });
  const row = rowOf(answer);
  expect((await depot.get(url)).json).toEqual(row);
  expect((await depot.get(url)).headers["etag"]).toBe(answer.headers["etag"]);
  return row[column];
}

describe("adding to a number", () => {
  test.each([
    ["small", 5, 3, 8],
    ["small", 5, -15, -10],
    ["small", 0, -0, 0],
    ["small", 5, 1.0, 6],
    ["missing", null, 4, 4],
    ["missing", 2147483646, 1, 2147483647],
    ["big", "9007199254740993", 1, "9007199254740994"],
    ["big", "9007199254740993", "9007199254740993", "18014398509481986"],
    ["big", "9223372036854775806", "1", "9223372036854775807"],
    ["big", "9223372036854775807", "-9223372036854775808", "-1"],
    ["money", "0.10", "0.20", "0.30"],
    ["money", "0.10", 0.2, "0.30"],
    ["money", "999.99", "0.01", "1000.00"],
    ["money", "1.00", "-2", "-1.00"],
    ["money", "1.00", "0.100", "1.10"],
    ["ratio", 0.5, 0.25, 0.75],
    ["ratio", 1e300, -1e300, 0],
    ["ratio", 1, 5e-324, 1],
  ])("%s: %s + %s", async (...[column, start, operand, sum]) => {
    expect(await added(column, start, operand)).toEqual(sum);
  });

  test("beside other columns, several at once; the time goes on", async () => {
    const url = await counter({ small: 1, money: "1.00" });
    const before = rowOf(await depot.get(url));
    await wait(5);
    const row = rowOf(
      await depot.patch(url, { small: { increment: 1 }, money: { increment: "0.50" }, word: "w", ratio: 2 }),
    );
    expect(row).toMatchObject({ small: 2, money: "1.50", word: "w", ratio: 2, made: before["made"] });
    expect(String(row["updated_at"]) > String(before["updated_at"])).toBe(true);
  });

  test("in one row by its ETag, in many by a filter, and on a factor of a sum", async () => {
    const url = await counter();
    const tag = (await depot.get(url)).headers["etag"] as string;
    expect((await depot.patch(url, { small: { increment: 1 } }, { "if-match": tag })).status).toBe(200);
    problemOf(await depot.patch(url, { small: { increment: 1 } }, { "if-match": tag }), 412, "precondition_failed");
    expect(rowOf(await depot.get(url))["small"]).toBe(1);
    for (const small of [1, 2, 3]) await counter({ word: "many", small });
    await depot.patch("/api/counters?word=many", { small: { increment: 10 }, missing: { increment: -1 } });
    expect(rowsOf(await depot.get("/api/counters?word=many&sort=id&fields=small,missing"))).toEqual([
      { small: 11, missing: -1 },
      { small: 12, missing: -1 },
      { small: 13, missing: -1 },
    ]);
    const [order] = newIds(await depot.post("/api/orders", [{}]));
    const [item] = newIds(await depot.post("/api/items", [{ order_id: order, product_id: 1, quantity: 1 }]));
    await depot.patch(`/api/items/${item}`, { quantity: { increment: 2 } });
    expect((await stored(depot, `orders/${order}`))["total"]).toBe("59.97");
  });

  test("50 at once add up to 50, and with each other way of sending them", async () => {
    const url = await counter();
    const id = Number(url.split("/").at(-1));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => depot.patch(url, { small: { increment: 1 }, money: { increment: "0.10" } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    // Each saw another sum.
    expect(new Set(answers.map((answer) => (answer.json as JsonRow)["small"])).size).toBe(50);
    expect(rowOf(await depot.get(url))).toMatchObject({ small: 50, money: "5.00" });
    await Promise.all([
      ...Array.from({ length: 10 }, () => depot.patch(`/api/counters?id=${id}`, { small: { increment: 1 } })),
      ...Array.from({ length: 10 }, () =>
        depot.post("/api/batch", [
          { method: "PATCH", path: `/api/counters/${id}`, body: { small: { increment: 2 } } },
          { method: "PATCH", path: `/api/counters/${id}`, body: { small: { increment: -1 } } },
        ]),
      ),
    ]);
    expect(rowOf(await depot.get(url))["small"]).toBe(70);
  });
});

describe("what is refused", () => {
  test.each([
    ["small", 100, 1, "/small out_of_range"],
    ["small", 0, -11, "/small out_of_range"],
    ["small", 0, 9007199254740991, "/small out_of_range"],
    ["missing", 2147483647, 1, "/missing out_of_range"],
    ["big", "9223372036854775807", 1, "/big out_of_range"],
    ["big", "-9223372036854775808", "-1", "/big out_of_range"],
    ["money", "1000.00", "0.01", "/money out_of_range"],
    ["money", "-9999.99", "-0.01", "/money out_of_range"],
    ["ratio", 1.7e308, 1.7e308, "/ratio out_of_range"],
  ])("a sum beyond the column: %s %s + %s", async (...[column, start, operand, finding]) => {
    const url = await counter({ [column]: start });
    const before = await contents(depot, "counters");
    expect(findingsOf(await depot.patch(url, { word: "y", [column]: { increment: operand } }))).toEqual([finding]);
    expect(await contents(depot, "counters")).toEqual(before);
  });

  test.each([
    ["small", 1.5],
    ["small", "1"],
    ["small", null],
    ["small", true],
    ["small", [1]],
    ["small", { increment: 1 }],
    ["small", 2 ** 53],
    ["small", Number.POSITIVE_INFINITY],
    ["big", "1.0"],
    ["big", "9223372036854775808"],
    ["big", "0x10"],
    ["big", ""],
    ["big", 1e18],
    ["money", "0.001"],
    ["money", "1e2"],
    ["money", "99999999999999999999"],
    ["money", 0.1234567890123456],
    ["ratio", "1"],
    ["ratio", Number.POSITIVE_INFINITY],
    ["word", 1],
    ["word", "x"],
    ["flag", 1],
  ])("an operand that is none: %s %s", async (column, operand) => {
    const url = await counter();
    const body = JSON.stringify({ [column]: { increment: operand } }).replace(
      "null",
      operand === Number.POSITIVE_INFINITY ? "1e400" : "null",
    );
    const answer = await depot.send({ method: "PATCH", url, headers: { "content-type": "application/json" }, body });
    expect(findingsOf(answer)).toEqual([`/${column}/increment type`]);
    expect(answer.sql).toEqual([]);
  });

  test("another operator, more members, and names that every object has", async () => {
    const url = await counter();
    for (const value of [
      { decrement: 1 },
      { increment: 1, by: 2 },
      {},
      { Increment: 1 },
      { $inc: 1 },
      { constructor: 1 },
      [{ increment: 1 }],
    ]) {
      const answer = await depot.patch(url, { small: value });
      expect(findingsOf(answer)).toEqual(["/small type"]);
    }
    const proto = '{"small":{"__proto__":{"increment":1}}}';
    const headers = { "content-type": "application/json" };
    expect(findingsOf(await depot.send({ method: "PATCH", url, headers, body: proto }))).toEqual(["/small type"]);
    expect(rowOf(await depot.get(url))["small"]).toBe(0);
  });

  test("references, keys, what the server fills: nothing of it is a number to add to", async () => {
    const [post] = newIds(await depot.post("/api/posts", [{ user_id: 1, title: "t" }]));
    expect(findingsOf(await depot.patch(`/api/posts/${post}`, { user_id: { increment: 0 } }))).toEqual([
      "/user_id/increment type",
    ]);
    expect(findingsOf(await depot.patch(`/api/posts/${post}`, { id: { increment: 1 } }))).toEqual(["/id type"]);
    const [order] = newIds(await depot.post("/api/orders", [{}]));
    expect(findingsOf(await depot.patch(`/api/orders/${order}`, { total: { increment: "1.00" } }))).toEqual([
      "/total type",
    ]);
    await depot.post("/api/wide", { big: "1", share: 1, money: "1", word: "w" });
    expect(findingsOf(await depot.patch("/api/wide/1,1,1.0000", { big: { increment: 1 } }))).toHaveLength(1);
    expect(columnOf(await depot.get("/api/wide"), "big")).toEqual(["1"]);
  });

  test("anywhere but in a PATCH", async () => {
    const url = await counter();
    expect(findingsOf(await depot.post("/api/counters", { small: { increment: 1 } }))).toEqual(["/small type"]);
    expect(findingsOf(await depot.put(url, { small: { increment: 1 } }))).toEqual(["/small type"]);
    expect(
      findingsOf(
        await depot.put("/api/users?on_conflict=email", { email: "i@x.de", name: "i", score: { increment: 1 } }),
      ),
    ).toEqual(["/score type"]);
  });
});

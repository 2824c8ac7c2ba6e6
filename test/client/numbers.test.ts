import { afterAll, beforeAll, expect, test } from "vitest";
import { decimal, everyone, integer, ref, servery, table, text } from "servery";
import { type Client, createClient } from "servery/client";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const shop = servery({
  tables: {
    makers: table({ name: text(20) }).allow(OPEN),
    things: table({
      maker_id: ref("makers"),
      name: text(50).search(),
      kind: text(10).optional(),
      stock: integer().default(0),
      price: decimal(10, 2).optional(),
    }).allow(OPEN),
  },
});

let engine: EngineUnderTest;
let api: Client<typeof shop>;
beforeAll(async () => {
  engine = await openEngine(shop);
  api = createClient<typeof shop>((await engine.listen()).url);
  await api.makers.create({
    name: "Ann",
    things: [1, 2, 3, 4, 5].map((n) => ({
      name: `Red thing ${n}`,
      kind: n <= 3 ? "toy" : null,
      stock: n,
      price: "1.50",
    })),
  });
});
afterAll(() => engine.close());

test("numbers over all rows are one object", async () => {
  expect(await api.things.aggregate({ count: true, avg: ["stock"], sum: ["price", "stock"], min: ["name"] })).toEqual({
    count: 5,
    avg_stock: 3,
    sum_price: "7.50",
    sum_stock: 15,
    min_name: "Red thing 1",
  });
  expect(await api.things.aggregate({ count: true, sum: ["stock"], where: { stock: { gt: 99 } } })).toEqual({
    count: 0,
    sum_stock: null,
  });
});

test("groups are a list, with conditions on their numbers and an order", async () => {
  const asked = {
    count: true,
    countDistinct: ["name"],
    max: ["stock"],
    groupBy: ["kind", "maker.name"],
    sort: ["-count"],
  } as const;
  const toys = { kind: "toy", "maker.name": "Ann", count: 3, count_distinct_name: 3, max_stock: 3 };
  const rest = { kind: null, "maker.name": "Ann", count: 2, count_distinct_name: 2, max_stock: 5 };
  expect(await api.things.aggregate(asked)).toEqual([toys, rest]);
  expect(await api.things.aggregate({ ...asked, having: { max_stock: { gte: 4, lt: 6 } } })).toEqual([rest]);
  expect(await api.things.aggregate({ ...asked, having: { count: 3 } })).toEqual([toys]);
  expect(await api.makers.of(1).things.aggregate({ count: true })).toEqual({ count: 5 });
});

test("a search, page by page", async () => {
  expect(await api.things.list({ q: "red 4", fields: ["name"] })).toEqual([{ name: "Red thing 4" }]);
  const found: number[] = [];
  for await (const { stock } of api.things.all({ q: "thing", limit: 2 })) found.push(stock);
  expect(found.toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5]);
});

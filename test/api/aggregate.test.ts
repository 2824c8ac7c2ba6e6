import { bigint, date, decimal, everyone, integer, json, nobody, real, ref, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, nextOf, problemOf, rowsOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;
const LARGEST = "9223372036854775807";

const shop = servery({
  tables: {
    people: table({ name: text(20), city: text(20).optional() }, PLAIN).allow(OPEN),
    secrets: table({ word: text(20) }, PLAIN).allow({ ...OPEN, read: nobody }),
    sales: table(
      {
        person_id: ref("people").optional(),
        secret_id: ref("secrets").optional(),
        item: text(20).search(),
        amount: integer(),
        price: decimal(10, 2).optional(),
        serial: bigint().optional(),
        weight: real().optional(),
        day: date().optional(),
        meta: json().optional(),
        count: text(5).optional(),
        having: text(5).optional(),
      },
      { updated_at: false },
    ).allow(OPEN),
  },
  seed: () => [
    {
      table: "people",
      rows: [{ name: "ann", city: "Rome" }, { name: "bob", city: "Oslo" }, { name: "cid" }],
    },
    {
      table: "sales",
      rows: [
        {
          person_id: 1,
          item: "red tea",
          amount: 2,
          price: "0.10",
          day: "2024-01-31",
          created_at: "2024-01-31T23:59:59.999Z",
          serial: LARGEST,
          weight: 0.1,
          count: "a",
        },
        {
          person_id: 1,
          item: "red tea",
          amount: 3,
          price: "0.20",
          day: "2024-02-01",
          created_at: "2024-02-01T00:00:00Z",
          serial: "-5",
          weight: 0.2,
          count: "a",
        },
        {
          person_id: 2,
          item: "salt",
          amount: 5,
          price: "-99999999.99",
          day: "2024-02-29",
          created_at: "2024-02-29T10:30:00Z",
          weight: 1.5,
        },
        { person_id: 3, item: "green tea", amount: 7, created_at: "2024-02-29T10:59:00Z", serial: "7", having: "h" },
        { item: "salt", amount: -4, price: "5.00", created_at: "2025-02-28T11:00:00Z", having: "h" },
      ],
    },
  ],
});

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(shop);
});
afterAll(() => closeSound(engine));

async function ask(query: string): Promise<unknown[]> {
  return rowsOf(await engine.get(`/api/sales?${query}`));
}

describe("numbers over all rows", () => {
  test("each function, each with the JSON of its kind, from one statement", async () => {
    const answer = await engine.get(
      "/api/sales?aggregate=count,count(price),count_distinct(item),sum(amount),sum(price),avg(amount),avg(price),min(price),max(created_at),min(item)",
    );
    expect(rowsOf(answer)).toEqual([
      {
        count: 5,
        count_price: 4,
        count_distinct_item: 3,
        sum_amount: 13,
        sum_price: "-99999994.69",
        avg_amount: 2.6,
        avg_price: -24999998.6725,
        min_price: "-99999999.99",
        max_created_at: "2025-02-28T11:00:00.000Z",
        min_item: "green tea",
      },
    ]);
    expect(answer.sql).toHaveLength(1);
    expect(await ask("aggregate=max(serial),min(serial),max(day),count(meta),avg(weight)")).toEqual([
      { max_serial: LARGEST, min_serial: "-5", max_day: "2024-02-29", count_meta: 0, avg_weight: 0.6 },
    ]);
  });

  test("the average of a decimal is that of its exact value, rounded once", async () => {
    expect(await ask("aggregate=avg(price),sum(price)&price[lt]=1&price[gt]=0")).toEqual([
      { avg_price: 0.15, sum_price: "0.30" },
    ]);
  });

  test("without rows a count is 0 and the rest is null", async () => {
    expect(await ask("aggregate=count,count(price),sum(amount),sum(price),avg(price),max(item)&amount=99")).toEqual([
      { count: 0, count_price: 0, sum_amount: null, sum_price: null, avg_price: null, max_item: null },
    ]);
  });

  test("a sum beyond 64 bits is a 400, whole or real", async () => {
    expect(problemOf(await engine.get("/api/sales?aggregate=sum(serial)"), 400, "limit_exceeded").detail).toContain(
      "64",
    );
    expect(await ask("aggregate=sum(serial)&serial[lt]=100")).toEqual([{ sum_serial: "2" }]);
    await engine.post("/api/sales", { item: "sun", amount: 0, weight: 1.5e308 });
    await engine.post("/api/sales", { item: "sun", amount: 0, weight: 1.5e308 });
    for (const wanted of ["sum(weight)", "avg(weight)"])
      problemOf(await engine.get(`/api/sales?aggregate=${wanted}`), 400, "limit_exceeded");
    expect(await ask("aggregate=max(weight)&item=sun")).toEqual([{ max_weight: 1.5e308 }]);
    const suns = rowsOf(await engine.get("/api/sales?item=sun"));
    for (const { id } of suns) await engine.delete(`/api/sales/${String(id)}`);
  });
});

describe("groups", () => {
  test("by a column, keys upwards, null first", async () => {
    expect(await ask("aggregate=count,sum(amount)&group_by=item")).toEqual([
      { item: "green tea", count: 1, sum_amount: 7 },
      { item: "red tea", count: 2, sum_amount: 5 },
      { item: "salt", count: 2, sum_amount: 1 },
    ]);
    expect(await ask("aggregate=count&group_by=price&limit=2")).toEqual([
      { price: null, count: 1 },
      { price: "-99999999.99", count: 1 },
    ]);
  });

  test("through a relation; a row without one is a group of its own", async () => {
    expect(await ask("aggregate=count&group_by=person.name,person.city")).toEqual([
      { "person.name": null, "person.city": null, count: 1 },
      { "person.name": "ann", "person.city": "Rome", count: 2 },
      { "person.name": "bob", "person.city": "Oslo", count: 1 },
      { "person.name": "cid", "person.city": null, count: 1 },
    ]);
  });

  test.each([
    ["year(created_at)", ["2024", "2025"]],
    ["month(created_at)", ["2024-01", "2024-02", "2025-02"]],
    ["day(created_at)", ["2024-01-31", "2024-02-01", "2024-02-29", "2025-02-28"]],
    [
      "hour(created_at)",
      ["2024-01-31T23:00:00.000Z", "2024-02-01T00:00:00.000Z", "2024-02-29T10:00:00.000Z", "2025-02-28T11:00:00.000Z"],
    ],
    ["year(day)", [null, "2024"]],
    ["month(day)", [null, "2024-01", "2024-02"]],
    ["day(day)", [null, "2024-01-31", "2024-02-01", "2024-02-29"]],
  ])("by %s", async (part, keys) => {
    const groups = (await ask(`aggregate=count&group_by=${part}`)) as Record<string, unknown>[];
    expect(groups.map((group) => group[part.replace("(", "_").replace(")", "")])).toEqual(keys);
    expect(groups.reduce((sum, { count }) => sum + Number(count), 0)).toBe(5);
  });

  test("having, on every kind of number", async () => {
    expect(await ask("aggregate=count&group_by=item&having.count[gte]=2&having.count[lt]=3")).toHaveLength(2);
    expect(await ask("aggregate=count&group_by=item&having.count=1")).toEqual([{ item: "green tea", count: 1 }]);
    expect(
      await ask("aggregate=avg(amount)&group_by=item&having.avg_amount[gt]=2.4&having.avg_amount[lt]=2.6"),
    ).toEqual([{ item: "red tea", avg_amount: 2.5 }]);
    expect(await ask("aggregate=sum(price)&group_by=item&having.sum_price[lt]=-99999994.98")).toEqual([
      { item: "salt", sum_price: "-99999994.99" },
    ]);
    expect(await ask("aggregate=sum(price)&group_by=item&having.sum_price[null]=true")).toHaveLength(1);
    expect(await ask(`aggregate=max(serial)&group_by=item&having.max_serial=${LARGEST}`)).toHaveLength(1);
    expect(await ask("aggregate=max(item)&having.max_item[in]=salt&having.max_item[in]=x")).toEqual([
      { max_item: "salt" },
    ]);
    expect(await ask("aggregate=count&having.count[gt]=5")).toEqual([]);
  });

  test("sort by keys of the answer, then by the groups; pages by number", async () => {
    expect(await ask("aggregate=count&group_by=item&sort=-count")).toEqual([
      { item: "red tea", count: 2 },
      { item: "salt", count: 2 },
      { item: "green tea", count: 1 },
    ]);
    const first = await engine.get("/api/sales?aggregate=count&group_by=day(created_at)&sort=-day_created_at&limit=3");
    expect(rowsOf(first)[0]).toEqual({ day_created_at: "2025-02-28", count: 1 });
    const next = nextOf(first) ?? "";
    expect(next).toBe("/api/sales?aggregate=count&group_by=day(created_at)&sort=-day_created_at&limit=3&offset=3");
    const second = await engine.get(next);
    expect(rowsOf(second)).toEqual([{ day_created_at: "2024-01-31", count: 1 }]);
    expect(nextOf(second)).toBeUndefined();
  });

  test("filters, search and nested routes choose the rows first", async () => {
    expect(await ask("aggregate=count&item[starts]=red&person.name=ann")).toEqual([{ count: 2 }]);
    expect(await ask("aggregate=count,sum(amount)&q=tea&group_by=person.name&amount[lt]=7")).toEqual([
      { "person.name": "ann", count: 2, sum_amount: 5 },
    ]);
    expect(rowsOf(await engine.get("/api/people/1/sales?aggregate=sum(amount)"))).toEqual([{ sum_amount: 5 }]);
    problemOf(await engine.get("/api/people/99/sales?aggregate=count"), 404, "not_found");
  });

  test("columns that are called like words of ours", async () => {
    expect(await ask("aggregate=sum(amount)&group_by=count&count[null]=false")).toEqual([
      { count: "a", sum_amount: 5 },
    ]);
    expect(await ask("aggregate=count&having[eq]=h")).toEqual([{ count: 2 }]);
    expect(
      problemOf(await engine.get("/api/sales?aggregate=count&group_by=count"), 400, "repeated_parameter").detail,
    ).toContain("count");
  });

  test("one compiled form serves every value, and no value stands in it", async () => {
    const url = "/api/sales?aggregate=count&group_by=item&having.count[gte]=";
    const [one, two] = [await engine.get(`${url}7`), await engine.get(`${url}87654`)];
    expect(one.sql).toEqual(two.sql);
    expect(two.sql.join()).not.toContain("87654");
  });
});

describe("what is refused, with the reason and before the database is asked", () => {
  test.each([
    ["aggregate=", "invalid_parameter", "count_distinct"],
    ["aggregate=count,", "invalid_parameter", "none of them"],
    ["aggregate=cuont", "invalid_parameter", "Did you mean count?"],
    ["aggregate=median(amount)", "invalid_parameter", "median"],
    ["aggregate=sum", "invalid_parameter", "sum(column)"],
    ["aggregate=sum()", "unknown_column", "no column"],
    ["aggregate=sum(amuont)", "unknown_column", "Did you mean amount?"],
    ["aggregate=sum(person.name)", "unknown_column", "person.name"],
    ["aggregate=sum(item)", "invalid_parameter", "integer, bigint, decimal and real"],
    ["aggregate=avg(created_at)", "invalid_parameter", "timestamp"],
    ["aggregate=min(meta)", "invalid_parameter", "json"],
    ["aggregate=count_distinct(meta)", "invalid_parameter", "json"],
    ["aggregate=count,count", "repeated_parameter", "count"],
    ["aggregate=count&aggregate=count", "repeated_parameter", "aggregate"],
    ["aggregate=count&group_by=item&group_by=day", "repeated_parameter", "group_by"],
    ["aggregate=count&group_by=item,item", "repeated_parameter", "item"],
    [`aggregate=${Array.from({ length: 11 }, () => "count").join(",")}`, "limit_exceeded", "10"],
    ["aggregate=count&group_by=item,day,amount,price,weight,serial", "limit_exceeded", "5"],
    ["aggregate=count&group_by=", "unknown_column", "no column"],
    ["aggregate=count&group_by=itme", "unknown_column", "Did you mean item?"],
    ["aggregate=count&group_by=persn.name", "unknown_relation", "Did you mean person?"],
    ["aggregate=count&group_by=person.nmae", "unknown_column", "Did you mean name?"],
    ["aggregate=count&group_by=meta", "invalid_parameter", "json"],
    ["aggregate=count&group_by=week(day)", "invalid_parameter", "year, month, day, hour"],
    ["aggregate=count&group_by=mnth(day)", "invalid_parameter", "Did you mean month?"],
    ["aggregate=count&group_by=hour(day)", "invalid_parameter", "timestamp"],
    ["aggregate=count&group_by=day(item)", "invalid_parameter", "date and timestamp"],
    ["group_by=item", "invalid_parameter", "aggregate=count"],
    ["having.count[gte]=1", "invalid_parameter", "having needs aggregate"],
    ["having=1", "invalid_parameter", "having needs aggregate"],
    ["aggregate=count&having=1", "invalid_parameter", "having.count[gte]=10"],
    ["aggregate=count&having.cuont=1", "unknown_parameter", "Did you mean count?"],
    ["aggregate=count&group_by=item&having.item=tea", "unknown_parameter", "filter"],
    ["aggregate=count&having.count[most]=1", "unknown_operator", "gte"],
    ["aggregate=count&having.count[gte]=", "invalid_parameter", "whole number"],
    ["aggregate=count&having.count[gte]=1&having.count[gte]=2", "repeated_parameter", "twice"],
    ["aggregate=count&sort=item", "invalid_parameter", "count"],
    ["aggregate=count&group_by=item&sort=itme", "invalid_parameter", "Did you mean item?"],
    ["aggregate=count&sort=count,-count", "repeated_parameter", "twice"],
    ["aggregate=count&sort=", "invalid_parameter", "count"],
    ["aggregate=count&limit=0", "invalid_parameter", "limit"],
    ["aggregate=count&limit=1001", "limit_exceeded", "1000"],
    ["aggregate=count&cursor=", "invalid_parameter", "offset"],
    ["aggregate=count&fields=item", "invalid_parameter", "fields"],
    ["aggregate=count&include=person", "invalid_parameter", "include"],
    ["aggregate=count&person.fields=name", "unknown_parameter", "include"],
    ["aggregate=count&count=exact", "invalid_parameter", "aggregate=count"],
  ])("?%s", async (query, code, words) => {
    const answer = await engine.get(`/api/sales?${query}`);
    expect(problemOf(answer, 400, code).detail).toContain(words);
    expect(answer.sql).toEqual([]);
  });

  test("a list of rows cannot be gone through, and a closed table does not exist", async () => {
    problemOf(await engine.get("/api/people?aggregate=count&group_by=sales.item"), 400, "invalid_parameter");
    const closed = problemOf(
      await engine.get("/api/sales?aggregate=count&group_by=secret.word"),
      400,
      "unknown_relation",
    );
    const absent = problemOf(
      await engine.get("/api/sales?aggregate=count&group_by=sicret.word"),
      400,
      "unknown_relation",
    );
    expect(closed.detail.replace("secret", "sicret")).toBe(absent.detail);
    problemOf(await engine.get("/api/secrets?aggregate=count"), 403, "forbidden");
    problemOf(await engine.get("/api/sales/1?aggregate=count"), 400, "unknown_parameter");
  });
});

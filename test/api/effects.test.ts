import { decimal, everyone, integer, nobody, ref, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, findingsOf, problemOf, rowOf, rowsOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

const declaration = servery({
  tables: {
    products: table({ name: text(50), price: decimal(10, 2, { min: "0" }) }).allow(OPEN),
    orders: table({ note: text(50).optional(), total: decimal(12, 2).sumOf("items", "quantity", "unit_price") }).allow(
      OPEN,
    ),
    items: table({
      order_id: ref("orders", { onDelete: "cascade" }),
      product_id: ref("products"),
      quantity: integer({ min: 1 }),
      unit_price: decimal(10, 2).copyOf("product_id", "price"),
    }).allow(OPEN),
    accounts: table({ balance: decimal(14, 2, { min: "0" }).default("0.00") }).allow(OPEN),
    transfers: table({
      from_id: ref("accounts", { as: "from", reverse: "outgoing" }),
      to_id: ref("accounts", { as: "to", reverse: "incoming" }),
      amount: decimal(14, 2, { min: "0.01" }),
    })
      .check("between_two", { from_id: { ne: { column: "to_id" } } })
      .subtracts("amount", "from_id", "balance")
      .adds("amount", "to_id", "balance")
      .allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),
  },
});

let shop: EngineUnderTest;
beforeAll(async () => {
  shop = await openEngine(declaration);
});
afterAll(() => closeSound(shop));

async function make(table: string, body: object): Promise<number> {
  return Number(rowOf(await shop.post(`/api/${table}`, body))["id"]);
}

async function value(path: string, column: string): Promise<unknown> {
  return rowOf(await shop.get(`/api/${path}`))[column];
}

describe("sumOf", () => {
  test("follows every change of the rows it sums: created, changed, moved, deleted", async () => {
    const product = await make("products", { name: "Lamp", price: "19.99" });
    const [one, two] = [await make("orders", {}), await make("orders", {})];
    expect(await value(`orders/${one}`, "total")).toBe("0.00");
    const item = await make("items", { order_id: one, product_id: product, quantity: 3 });
    expect(await value(`orders/${one}`, "total")).toBe("59.97");
    await make("items", { order_id: one, product_id: product, quantity: 1 });
    expect(await value(`orders/${one}`, "total")).toBe("79.96");
    await shop.patch(`/api/items/${item}`, { quantity: 1 });
    expect(await value(`orders/${one}`, "total")).toBe("39.98");
    await shop.patch(`/api/items/${item}`, { order_id: two });
    expect([await value(`orders/${one}`, "total"), await value(`orders/${two}`, "total")]).toEqual(["19.99", "19.99"]);
    await shop.put(`/api/items/${item}`, { order_id: two, product_id: product, quantity: 10 });
    expect(await value(`orders/${two}`, "total")).toBe("199.90");
    await shop.delete(`/api/items/${item}`);
    expect(await value(`orders/${two}`, "total")).toBe("0.00");
  });

  test("cannot be written: 400 in a POST, only equal in a PATCH", async () => {
    expect(findingsOf(await shop.post("/api/orders", { total: "5.00" }))).toEqual(["/total read_only"]);
    const order = await make("orders", {});
    expect(findingsOf(await shop.patch(`/api/orders/${order}`, { total: "5.00" }))).toEqual(["/total read_only"]);
    expect((await shop.patch(`/api/orders/${order}`, { total: "0.00", note: "same" })).status).toBe(200);
  });

  test("a write that is refused changes no sum", async () => {
    const product = await make("products", { name: "Desk", price: "100.00" });
    const order = await make("orders", {});
    await make("items", { order_id: order, product_id: product, quantity: 1 });
    expect((await shop.post("/api/items", { order_id: order, product_id: 999, quantity: 1 })).status).toBe(400);
    expect((await shop.post("/api/items", { order_id: order, product_id: product, quantity: 0 })).status).toBe(400);
    expect(await value(`orders/${order}`, "total")).toBe("100.00");
  });

  test("twenty items at once are all in the sum", async () => {
    const product = await make("products", { name: "Pen", price: "0.10" });
    const order = await make("orders", {});
    await Promise.all(
      Array.from({ length: 20 }, () => shop.post("/api/items", { order_id: order, product_id: product, quantity: 1 })),
    );
    expect(await value(`orders/${order}`, "total")).toBe("2.00");
  });
});

describe("copyOf", () => {
  test("takes the value of the day and keeps it", async () => {
    const product = await make("products", { name: "Chair", price: "50.00" });
    const order = await make("orders", {});
    const item = await make("items", { order_id: order, product_id: product, quantity: 1 });
    await shop.patch(`/api/products/${product}`, { price: "75.00" });
    expect(await value(`items/${item}`, "unit_price")).toBe("50.00");
    await shop.put(`/api/items/${item}`, { order_id: order, product_id: product, quantity: 2 });
    expect(await value(`items/${item}`, "unit_price")).toBe("50.00");
    expect(await value(`orders/${order}`, "total")).toBe("100.00");
  });

  test("cannot be written", async () => {
    const product = await make("products", { name: "Shelf", price: "10.00" });
    const order = await make("orders", {});
    const body = { order_id: order, product_id: product, quantity: 1, unit_price: "0.01" };
    expect(findingsOf(await shop.post("/api/items", body))).toEqual(["/unit_price read_only"]);
  });
});

describe("adds and subtracts", () => {
  test("move the amount in the transaction of the row", async () => {
    const [from, to] = [await make("accounts", { balance: "100.00" }), await make("accounts", {})];
    await make("transfers", { from_id: from, to_id: to, amount: "30.25" });
    expect([await value(`accounts/${from}`, "balance"), await value(`accounts/${to}`, "balance")]).toEqual([
      "69.75",
      "30.25",
    ]);
  });

  test("an overdraft is 400, and neither a transfer nor a cent is left of it", async () => {
    const [from, to] = [await make("accounts", { balance: "10.00" }), await make("accounts", {})];
    const answer = await shop.post("/api/transfers", { from_id: from, to_id: to, amount: "10.01" });
    problemOf(answer, 400, "invalid_data");
    expect([await value(`accounts/${from}`, "balance"), await value(`accounts/${to}`, "balance")]).toEqual([
      "10.00",
      "0.00",
    ]);
    expect(rowsOf(await shop.get(`/api/accounts/${from}/outgoing`))).toEqual([]);
  });

  test("never below nothing, however many try at once", async () => {
    const [from, to] = [await make("accounts", { balance: "5.00" }), await make("accounts", {})];
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => shop.post("/api/transfers", { from_id: from, to_id: to, amount: "1.00" })),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 400)).toHaveLength(7);
    expect([await value(`accounts/${from}`, "balance"), await value(`accounts/${to}`, "balance")]).toEqual([
      "0.00",
      "5.00",
    ]);
  });

  test("a transfer to oneself breaks the check, one of nothing the smallest amount", async () => {
    const account = await make("accounts", { balance: "5.00" });
    expect(findingsOf(await shop.post("/api/transfers", { from_id: account, to_id: account, amount: "1.00" }))).toEqual(
      ["/from_id check"],
    );
    const other = await make("accounts", {});
    for (const amount of ["0.00", "-1.00", "0", 0]) {
      const answer = await shop.post("/api/transfers", { from_id: account, to_id: other, amount });
      expect(findingsOf(answer).map((finding) => finding.split(" ")[0])).toEqual(["/amount"]);
    }
    expect(await value(`accounts/${account}`, "balance")).toBe("5.00");
  });

  test("what was moved cannot be changed or deleted", async () => {
    const [from, to] = [await make("accounts", { balance: "5.00" }), await make("accounts", {})];
    const transfer = await make("transfers", { from_id: from, to_id: to, amount: "1.00" });
    expect(
      problemOf(await shop.patch(`/api/transfers/${transfer}`, { amount: "2.00" }), 403, "forbidden"),
    ).toMatchObject({ status: 403 });
    problemOf(await shop.delete(`/api/transfers/${transfer}`), 403, "forbidden");
  });
});

import { decimal, everyone, integer, nobody, ref, type SeedRows, servery, table, text } from "servery";
import { beforeEach, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, type JsonRow, problemOf, rowOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
/** When every first row was created: long before anything that a test changes. */
const FIRST = "2024-01-15T00:00:00.000Z";

const declaration = servery({
  tables: {
    orders: table({ note: text(50).optional(), total: decimal(12, 2).sumOf("items", "quantity", "price") }).allow(OPEN),
    items: table({
      order_id: ref("orders", { onDelete: "cascade" }),
      quantity: integer({ min: 1 }),
      price: decimal(10, 2),
      note: text(50).optional(),
    }).allow(OPEN),
    accounts: table({ balance: decimal(14, 2, { min: "0" }).default("0.00") }).allow(OPEN),
    transfers: table({
      from_id: ref("accounts", { as: "from", reverse: "outgoing" }),
      to_id: ref("accounts", { as: "to", reverse: "incoming" }),
      amount: decimal(14, 2, { min: "0.01" }),
    })
      .subtracts("amount", "from_id", "balance")
      .adds("amount", "to_id", "balance")
      .allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),
    folders: table({ name: text(20), parent_id: ref("folders", { onDelete: "set null" }).optional() }).allow(OPEN),
    files: table({
      name: text(20),
      folder_id: ref("folders", { as: "folder", reverse: "files", onDelete: "set null" }).optional(),
      second_id: ref("folders", { as: "second", reverse: "seconds", onDelete: "set null" }).optional(),
    }).allow(OPEN),
    // Without a time of its own there is none to set, and that must not be an error.
    plain_totals: table({ total: integer().sumOf("plain_parts", "size") }, { updated_at: false }).allow(OPEN),
    plain_parts: table(
      { plain_total_id: ref("plain_totals", { onDelete: "cascade" }), size: integer() },
      { created_at: false, updated_at: false },
    ).allow(OPEN),
    plain_files: table(
      { folder_id: ref("folders", { as: "home", reverse: "plain_files", onDelete: "set null" }).optional() },
      { updated_at: false },
    ).allow(OPEN),
  },
  seed: function* (): SeedRows {
    const times = { created_at: FIRST };
    yield { table: "orders", rows: [1, 2, 3].map((id) => ({ id, ...times })) };
    const item = { quantity: 1, price: "1.00", ...times };
    yield {
      table: "items",
      rows: [1, 2].map((order_id) => ({ id: order_id, order_id, ...item })),
    };
    yield { table: "accounts", rows: [1, 2, 3].map((id) => ({ id, balance: "10.00", ...times })) };
    yield {
      table: "folders",
      rows: [1, 2, 3].map((id) => ({ id, name: `folder ${id}`, parent_id: id === 2 ? 1 : null, ...times })),
    };
    yield {
      table: "files",
      rows: [1, 2, 3].map((id) => ({
        id,
        name: `file ${id}`,
        folder_id: id === 3 ? 3 : 1,
        second_id: id === 2 ? 1 : null,
        ...times,
      })),
    };
    yield { table: "plain_totals", rows: [{ id: 1, ...times }] };
    yield { table: "plain_files", rows: [{ id: 1, folder_id: 1, ...times }] };
  },
});

let engine: EngineUnderTest;
beforeEach(async () => {
  engine = await openEngine(declaration);
  return () => closeSound(engine);
});

const rowAt = async (path: string): Promise<JsonRow> => rowOf(await engine.get(`/api/${path}`));

/** The time of the row's last change. `created_at` must not have moved with it. */
async function changedAt(path: string): Promise<string> {
  const row = await rowAt(path);
  expect(row["created_at"], `${path} was created`).toBe(FIRST);
  return String(row["updated_at"]);
}

const PATHS = [1, 2, 3].flatMap((id) => ["orders", "accounts", "folders", "files"].map((table) => `${table}/${id}`));

/** The status of a request, and the first rows that say that they changed while it ran. Every other one must have its first time. */
async function changedBy(
  request: () => Promise<{ readonly status: number }>,
): Promise<readonly [status: number, ...changed: string[]]> {
  const before = new Date().toISOString();
  const { status } = await request();
  const after = new Date().toISOString();
  const changed: string[] = [];
  for (const path of [...PATHS, "items/1", "items/2"].sort()) {
    const answer = await engine.get(`/api/${path}`);
    if (answer.status === 404) continue;
    const time = await changedAt(path);
    if (time === FIRST) continue;
    expect(before <= time && time <= after, `${path} says that it changed at ${time}`).toBe(true);
    changed.push(path);
  }
  return [status, ...changed];
}

test("the first rows have the time they bring, sums and all", async () => {
  for (const path of ["orders/1", "orders/3", "items/1", "accounts/1", "files/1", "folders/2"])
    expect(await changedAt(path), path).toBe(FIRST);
  expect((await rowAt("orders/1"))["total"]).toBe("1.00");
});

describe("a row whose sum changes has changed", () => {
  const item = { quantity: 2, price: "3.00" };

  test("by a new row", async () => {
    expect(await changedBy(() => engine.post("/api/items", { order_id: 1, ...item }))).toEqual([201, "orders/1"]);
  });

  test("by a new row below it", async () => {
    expect(await changedBy(() => engine.post("/api/orders/3/items", item))).toEqual([201, "orders/3"]);
  });

  test("by a change of a row", async () => {
    expect(await changedBy(() => engine.patch("/api/items/1", { quantity: 5 }))).toEqual([200, "items/1", "orders/1"]);
  });

  test("by a row that is replaced", async () => {
    expect(await changedBy(() => engine.put("/api/items/1", { order_id: 1, quantity: 7, price: "1.00" }))).toEqual([
      200,
      "items/1",
      "orders/1",
    ]);
  });

  test("by a row that moves: both parents", async () => {
    expect(await changedBy(() => engine.patch("/api/items/1", { order_id: 3 }))).toEqual([
      200,
      "items/1",
      "orders/1",
      "orders/3",
    ]);
  });

  test("by a row that goes", async () => {
    expect(await changedBy(() => engine.delete("/api/items/1"))).toEqual([204, "orders/1"]);
  });

  test("and its time is that of the row that changed it, to the millisecond", async () => {
    const row = rowOf(await engine.post("/api/items", { order_id: 1, ...item }));
    expect(await changedAt("orders/1")).toBe(row["updated_at"]);
  });

  test("but not by a column that is no part of it", async () => {
    expect(await changedBy(() => engine.patch("/api/items/1", { note: "x" }))).toEqual([200, "items/1"]);
  });

  test("nor by a write that is refused", async () => {
    for (const body of [
      { order_id: 1, quantity: 0, price: "1.00" },
      { order_id: 9, quantity: 1, price: "1.00" },
    ])
      expect((await engine.post("/api/items", body)).status).toBe(400);
    expect((await engine.patch("/api/items/1", { quantity: 3, order_id: 9 })).status).toBe(400);
    expect((await engine.patch("/api/items/1", { quantity: 3 }, { "if-match": '"other"' })).status).toBe(412);
    expect((await engine.delete("/api/items/9")).status).toBe(404);
    for (const path of ["orders/1", "orders/2", "items/1"]) expect(await changedAt(path), path).toBe(FIRST);
  });

  test("its ETag is another one, and the old one does not serve any more", async () => {
    const { headers } = await engine.get("/api/orders/1");
    expect((await engine.post("/api/items", { order_id: 1, ...item })).status).toBe(201);
    const answer = await engine.patch("/api/orders/1", { note: "x" }, { "if-match": headers["etag"] ?? "" });
    problemOf(answer, 412, "precondition_failed");
  });

  test("a table without updated_at has the sum alone", async () => {
    const part = rowOf(await engine.post("/api/plain_parts", { plain_total_id: 1, size: 4 }));
    expect(await rowAt("plain_totals/1")).toEqual({ id: 1, total: 4, created_at: FIRST });
    expect((await engine.patch(`/api/plain_parts/${String(part["id"])}`, { size: 5 })).status).toBe(200);
    expect((await rowAt("plain_totals/1"))["total"]).toBe(5);
    expect((await engine.delete(`/api/plain_parts/${String(part["id"])}`)).status).toBe(204);
    expect((await rowAt("plain_totals/1"))["total"]).toBe(0);
  });
});

describe("a row that something was added to or taken from has changed", () => {
  test("both ends of a transfer, and no other", async () => {
    expect(await changedBy(() => engine.post("/api/transfers", { from_id: 1, to_id: 2, amount: "2.50" }))).toEqual([
      201,
      "accounts/1",
      "accounts/2",
    ]);
    expect([(await rowAt("accounts/1"))["balance"], (await rowAt("accounts/2"))["balance"]]).toEqual(["7.50", "12.50"]);
  });

  test("with the time of the transfer", async () => {
    const row = rowOf(await engine.post("/api/transfers", { from_id: 1, to_id: 2, amount: "2.50" }));
    expect([await changedAt("accounts/1"), await changedAt("accounts/2")]).toEqual([
      row["updated_at"],
      row["updated_at"],
    ]);
  });

  test("not by a transfer that is refused", async () => {
    expect((await engine.post("/api/transfers", { from_id: 1, to_id: 2, amount: "10.01" })).status).toBe(400);
    for (const path of ["accounts/1", "accounts/2"]) expect(await changedAt(path), path).toBe(FIRST);
  });
});

describe('a row whose reference is emptied by onDelete: "set null" has changed', () => {
  test("by each of its references, on every table, and no other row", async () => {
    expect(await changedBy(() => engine.delete("/api/folders/1"))).toEqual([204, "files/1", "files/2", "folders/2"]);
    expect(await rowAt("files/2")).toMatchObject({ folder_id: null, second_id: null });
    expect(await rowAt("plain_files/1")).toEqual({ id: 1, folder_id: null, created_at: FIRST });
  });

  test("not by a delete that is refused", async () => {
    expect((await engine.delete("/api/folders/1", { "if-match": '"other"' })).status).toBe(412);
    for (const path of ["files/1", "files/2", "folders/2"]) expect(await changedAt(path), path).toBe(FIRST);
  });
});

import { openRaw } from "../validation/raw-file.ts";
import { beforeEach, expect, test } from "vitest";
import { bearer, signUp, type Tokens } from "../accounts/declaration.ts";
import { describeEachAdapter } from "../database/adapters.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { administrator, entries, leftBy, shop } from "./world.ts";

const byRow = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

describeEachAdapter("what is kept of a change", ({ preference }) => {
  let engine: EngineUnderTest;
  let admin: Tokens;
  beforeEach(async () => {
    engine = await openEngine(shop, { sqliteDriver: preference });
    admin = await administrator(engine);
    await engine.post("/api/orders", { name: "first" });
    return () => engine.close();
  });

  const order = (name: string, total = 0, id = 1) => ({ id, name, code: "[private]", total });
  const item = (id: number, price: number, quantity: number) => ({ id, order_id: 1, price, quantity });

  test("who, when, in which request, and the names of what changed", async () => {
    const alice = await signUp(engine, "alice");
    const answer = await engine.patch("/api/orders/1", { name: "renamed" }, bearer(alice));
    const [entry] = await entries(engine, admin, `request_id=${answer.headers["x-request-id"]}`);
    expect(entry).toEqual({
      id: expect.any(Number),
      table: "orders",
      key: "1",
      action: "update",
      actor: "account",
      actor_table: "users",
      actor_key: String(alice.user.id),
      reason: null,
      request_id: answer.headers["x-request-id"],
      change: expect.stringMatching(/^[0-9a-f-]{36}$/),
      before: order("first"),
      after: order("renamed"),
      changed: ["name"],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const [signedUp] = await entries(engine, admin, "table=users&key=1");
    expect(signedUp).toMatchObject({ action: "create", actor: "anonymous", actor_key: null, before: null });
    expect(signedUp?.after).toEqual({ id: 1, username: "root", email: "root@example.com", pin: "[private]" });
  });

  test("PUT, a change of nothing, and a delete", async () => {
    const put = await engine.put("/api/orders/1", { name: "put" });
    expect(await leftBy(engine, admin, put)).toEqual([["update orders 1", order("first"), order("put")]]);
    const same = await engine.patch("/api/orders/1", { name: "put" });
    expect(same.status).toBe(200);
    expect(await leftBy(engine, admin, same)).toEqual([]);
    const gone = await engine.delete("/api/orders/1");
    expect(await leftBy(engine, admin, gone)).toEqual([["delete orders 1", order("put"), null]]);
  });

  test("nested rows and the sums that they change, one entry a row", async () => {
    const answer = await engine.post("/api/orders", { name: "nested", items: [{ price: 2, quantity: 3 }] });
    expect(answer.status).toBe(201);
    const row = { id: 1, order_id: 2, price: 2, quantity: 3 };
    expect(await leftBy(engine, admin, answer)).toEqual([
      ["create orders 2", null, order("nested", 6, 2)],
      ["create items 1", null, row],
    ]);
  });

  test("sums follow new, changed and deleted rows", async () => {
    const made = await engine.post("/api/items", { order_id: 1, price: 5, quantity: 2 });
    expect(await leftBy(engine, admin, made)).toEqual([
      ["create items 1", null, item(1, 5, 2)],
      ["update orders 1", order("first"), order("first", 10)],
    ]);
    const changed = await engine.patch("/api/items/1", { quantity: 3 });
    expect((await leftBy(engine, admin, changed)).toSorted(byRow)).toEqual([
      ["update items 1", item(1, 5, 2), item(1, 5, 3)],
      ["update orders 1", order("first", 10), order("first", 15)],
    ]);
    const gone = await engine.delete("/api/items/1");
    expect((await leftBy(engine, admin, gone)).toSorted(byRow)).toEqual([
      ["delete items 1", item(1, 5, 3), null],
      ["update orders 1", order("first", 15), order("first")],
    ]);
  });

  test("a transfer changes both sides", async () => {
    await engine.post("/api/funds", [{ balance: 10 }, { balance: 0 }]);
    const paid = await engine.post("/api/payments", { from_id: 1, to_id: 2, amount: 4 });
    expect(await leftBy(engine, admin, paid)).toEqual([
      ["update funds 1", { id: 1, balance: 10 }, { id: 1, balance: 6 }],
      ["update funds 2", { id: 2, balance: 0 }, { id: 2, balance: 4 }],
    ]);
    const refused = await engine.post("/api/payments", { from_id: 1, to_id: 2, amount: 7 });
    expect(refused.status).toBe(400);
    expect(await leftBy(engine, admin, refused)).toEqual([]);
  });

  test("what a delete takes with it, and what it empties", async () => {
    await engine.post("/api/items", { order_id: 1, price: 5, quantity: 2 });
    await engine.post("/api/notes", { order_id: 1, line: "stays" });
    const answer = await engine.delete("/api/orders/1");
    expect((await leftBy(engine, admin, answer)).toSorted(byRow)).toEqual([
      ["delete items 1", item(1, 5, 2), null],
      ["delete orders 1", order("first", 10), null],
      ["update notes 1", { id: 1, order_id: 1, line: "stays" }, { id: 1, order_id: null, line: "stays" }],
    ]);
  });

  test("upsert, list, filter, batch and import", async () => {
    const upserted = await engine.put("/api/orders?on_conflict=name", [
      { name: "first", code: "c" },
      { name: "second" },
    ]);
    expect(upserted.status).toBe(200);
    const [was, is] = await entries(engine, admin, `request_id=${upserted.headers["x-request-id"]}`);
    expect([was?.action, was?.changed, is?.action, is?.key]).toEqual(["update", ["code"], "create", "3"]);
    const bulk = await engine.patch("/api/orders?id[in]=1&id[in]=3", { code: "same" });
    const left = await entries(engine, admin, `request_id=${bulk.headers["x-request-id"]}`);
    expect(left.map(({ key, changed }) => [key, changed])).toEqual(
      expect.arrayContaining([
        ["1", ["code"]],
        ["3", ["code"]],
      ]),
    );
    const batch = await engine.post("/api/batch", [
      { method: "PATCH", path: "/api/orders/1", body: { name: "one" } },
      { method: "PATCH", path: "/api/orders/1", body: { name: "two" } },
      { method: "DELETE", path: "/api/orders/1" },
    ]);
    expect(batch.status).toBe(200);
    expect(await leftBy(engine, admin, batch)).toEqual([
      ["update orders 1", order("first"), order("one")],
      ["update orders 1", order("one"), order("two")],
      ["delete orders 1", order("two"), null],
    ]);
    const csv = { "content-type": "text/csv" };
    const imported = await engine.send({ method: "POST", url: "/api/notes", body: "line\na\nb\n", headers: csv });
    expect(imported.status).toBe(201);
    expect(await leftBy(engine, admin, imported)).toEqual([
      ["create notes 1", null, { id: 1, order_id: null, line: "a" }],
      ["create notes 2", null, { id: 2, order_id: null, line: "b" }],
    ]);
  });

  test("custom code as its caller and as the system, and hooks", async () => {
    const tidied = await engine.post("/api/tidy", {});
    const left = await entries(engine, admin, `request_id=${tidied.headers["x-request-id"]}`);
    expect(left.map(({ table, actor, reason }) => [table, actor, reason])).toEqual([
      ["orders", "system", "tidies up at night"],
      ["notes", "anonymous", null],
    ]);
    const hooked = await engine.post("/api/hooked", { line: "x" }, bearer(admin));
    const kept = await entries(engine, admin, `request_id=${hooked.headers["x-request-id"]}`);
    expect(kept.map(({ table, actor, reason }) => [table, actor, reason])).toEqual([
      ["notes", "system", "a note for each"],
      ["hooked", "account", null],
    ]);
  });

  test("a refused write leaves none, and a replay adds none", async () => {
    const before = (await entries(engine, admin)).length;
    const refusals = [
      await engine.post("/api/orders", [{ name: "new" }, { name: "first" }]),
      await engine.post("/api/items", { order_id: 99, price: 1, quantity: 1 }),
      await engine.patch("/api/orders/99", { name: "x" }),
      await engine.patch("/api/orders/1", { name: "x" }, { "if-match": '"other"' }),
      await engine.post("/api/batch", [
        { method: "PATCH", path: "/api/orders/1", body: { name: "x" } },
        { method: "DELETE", path: "/api/orders/99" },
      ]),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([409, 400, 404, 412, 404]);
    // Beside others, so that they are undone inside a transaction that goes on.
    await engine.post("/api/orders", { name: "taken" });
    const group = await Promise.all(
      Array.from({ length: 20 }, (_, at) => engine.patch("/api/orders/1", { name: at === 7 ? "seventh" : "taken" })),
    );
    expect(group.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await entries(engine, admin)).length).toBe(before + 2);
    const headers = { ...bearer(admin), "idempotency-key": "once-and-only" };
    const first = await engine.post("/api/orders", { name: "kept" }, headers);
    const again = await engine.post("/api/orders", { name: "kept" }, headers);
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect((await entries(engine, admin)).length).toBe(before + 3);
  });

  test("what a private column holds is nowhere, and that it changed is", async () => {
    const canary = "canary-3f9c1d";
    await engine.post("/api/orders", { name: "secret", code: canary });
    await engine.patch("/api/orders/2", { code: `${canary}2` });
    await engine.patch("/api/orders/2", { code: `${canary}2` });
    await engine.put("/api/orders?on_conflict=name", { name: "secret", code: null });
    await engine.delete("/api/orders/2");
    const kept = await entries(engine, admin, "table=orders&key=2");
    expect(kept.map(({ action, changed }) => [action, changed])).toEqual([
      ["create", null],
      ["update", ["code"]],
      ["update", ["code"]],
      ["delete", null],
    ]);
    expect(JSON.stringify(await entries(engine, admin))).not.toContain("canary");
    const file = await openRaw(engine.databasePath);
    const rows = file.rows("SELECT * FROM _servery_audit");
    file.close();
    expect(rows.length).toBeGreaterThan(4);
    expect(
      JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
    ).not.toContain("canary");
  });

  test("1,000 rows at once, and a chain without a gap under 50 writers", async () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => ({ name: `row ${at}` }));
    const made = await engine.post("/api/orders", rows);
    expect(made.status).toBe(201);
    const bulk = await engine.patch("/api/orders?name[starts]=row", { code: "x" });
    const deleted = await engine.delete("/api/orders?name[starts]=row");
    for (const [answer, action] of [
      [made, "create"],
      [bulk, "update"],
      [deleted, "delete"],
    ] as const) {
      const left = await entries(engine, admin, `request_id=${answer.headers["x-request-id"]}`);
      expect(new Set(left.map(({ key }) => key)).size).toBe(1_000);
      expect(new Set(left.map((entry) => entry.action))).toEqual(new Set([action]));
    }
    await Promise.all(Array.from({ length: 50 }, (_, at) => engine.patch("/api/orders/1", { name: `writer ${at}` })));
    const chain = await entries(engine, admin, "table=orders&key=1&action=update");
    expect(chain).toHaveLength(50);
    for (const [at, entry] of chain.entries())
      expect(entry.before).toEqual(at === 0 ? order("first") : chain[at - 1]?.after);
    expect((await engine.get("/api/orders/1")).json).toMatchObject({ name: chain[49]?.after?.["name"] });
    expect(engine.faults).toEqual([]);
  });
});

import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { type Call, hookedWorld, textOf } from "./hooked-world.ts";

const calls: Call[] = [];
let engine: EngineUnderTest;

beforeEach(async () => {
  calls.length = 0;
  engine = await openEngine(hookedWorld(calls));
});

afterEach(async () => {
  await engine.close();
});

/** The moments in their order: `before create tasks`. */
const moments = (): string[] => calls.map(({ moment, action, table }) => `${moment} ${action} ${table}`);

async function titles(path: string, column = "title"): Promise<unknown[]> {
  const { json } = await engine.get(`/api/${path}?sort=id&limit=100`);
  return (json as Record<string, unknown>[]).map((row) => row[column]);
}

const trail = (): Promise<unknown[]> => titles("trail", "subject");

/** `after` hooks begin before the answer and end behind it. */
async function answered(answer: Promise<TestAnswer>, status: number): Promise<TestAnswer> {
  const got = await answer;
  expect(got.status, got.text).toBe(status);
  await setTimeout(5);
  return got;
}

async function made(title: string): Promise<number> {
  const { json } = await answered(engine.post("/api/tasks", { title }), 201);
  calls.length = 0;
  return (json as { id: number }).id;
}

describe("the moments of", () => {
  test("a create: what prepare answers is written, before has no row, after has the row as it is stored", async () => {
    const { json } = await answered(engine.post("/api/tasks", { title: "a b" }), 201);
    expect(json).toMatchObject({ title: "a b", slug: "a-b", likes: 0 });
    expect(calls).toEqual([
      { moment: "prepare", action: "create", table: "tasks", values: { title: "a b" } },
      { moment: "before", action: "create", table: "tasks", values: { title: "a b", slug: "a-b" }, row: undefined },
      { moment: "after", action: "create", table: "tasks", row: json },
    ]);
    expect(await trail()).toEqual(["a b"]);
    expect(engine.faults).toEqual([]);
  });

  test("a list: all are prepared, then each row is written behind its own before", async () => {
    const { json } = await answered(engine.post("/api/tasks", [{ title: "a" }, { title: "b" }]), 201);
    expect(json).toMatchObject([{ slug: "a" }, { slug: "b" }]);
    expect(moments()).toEqual([
      "prepare create tasks",
      "prepare create tasks",
      "before create tasks",
      "before create tasks",
      "after create tasks",
      "after create tasks",
    ]);
    expect(await trail()).toEqual(["a", "b"]);
  });

  test("rows below a row: hooks of both tables, all in front of the row that holds them", async () => {
    const body = { title: "top", steps: [{ title: "one" }, { title: "two" }] };
    const { json } = await answered(engine.post("/api/tasks", body), 201);
    expect(json).toMatchObject({ title: "top", slug: "top", steps: [{ title: "one" }, { title: "two" }] });
    expect(moments()).toEqual([
      "prepare create tasks",
      "prepare create steps",
      "prepare create steps",
      "before create tasks",
      "before create steps",
      "before create steps",
      "after create tasks",
      "after create steps",
      "after create steps",
    ]);
    const refused = await answered(
      engine.post("/api/tasks", { title: "top 2", steps: [{ title: "x" }, { title: "refuse before" }] }),
      409,
    );
    expect(refused.json).toMatchObject({ errors: [{ pointer: "/steps/1/title", message: "Not this one." }] });
    expect(await titles("tasks")).toEqual(["top"]);
    expect(await titles("steps")).toEqual(["one", "two"]);
    expect(await trail()).toEqual(["top", "one", "two"]);
  });

  test("an update: the values that were sent, and the row as it is", async () => {
    const id = await made("a");
    const { json } = await answered(engine.patch(`/api/tasks/${id}`, { title: "b" }), 200);
    expect(json).toMatchObject({ title: "b", slug: "a" });
    expect(calls).toMatchObject([
      { moment: "prepare", action: "update", values: { title: "b" } },
      { moment: "before", action: "update", values: { title: "b" }, row: { id, title: "a" } },
      { moment: "after", action: "update", row: json as object },
    ]);
    calls.length = 0;
    await answered(engine.patch(`/api/tasks/${id}`, { likes: { increment: 2 } }), 200);
    expect(calls[1]).toMatchObject({ values: { likes: { increment: 2 } }, row: { likes: 0 } });
    expect(calls[2]).toMatchObject({ row: { likes: 2 } });
  });

  test("a replace", async () => {
    const id = await made("a");
    const { json } = await answered(engine.put(`/api/tasks/${id}`, { title: "b", likes: 3 }), 200);
    expect(json).toMatchObject({ title: "b", slug: null, likes: 3 });
    expect(calls).toMatchObject([
      { moment: "prepare", action: "update", values: { title: "b", likes: 3 } },
      { moment: "before", action: "update", row: { title: "a", slug: "a" } },
      { moment: "after", action: "update", row: { title: "b" } },
    ]);
  });

  test("an update of a row that is not there: nobody is asked inside", async () => {
    await answered(engine.patch("/api/tasks/7", { title: "b" }), 404);
    expect(moments()).toEqual(["prepare update tasks"]);
    expect(await trail()).toEqual([]);
  });

  test("an update by filter: prepared once, before and after for each row", async () => {
    for (const title of ["a", "b", "c"]) await made(title);
    const answer = await answered(engine.patch("/api/tasks?title[in]=a&title[in]=c", { likes: 9 }), 200);
    expect(answer.json).toMatchObject([{ likes: 9 }, { likes: 9 }]);
    expect(calls.map(({ moment, row }) => [moment, textOf(row?.["title"]), textOf(row?.["likes"])].join(" "))).toEqual([
      "prepare undefined undefined",
      "before c 0",
      "before a 0",
      "after c 9",
      "after a 9",
    ]);
    expect(await titles("tasks", "likes")).toEqual([9, 0, 9]);
    calls.length = 0;
    const none = await answered(engine.patch("/api/tasks?title=nobody", { likes: 9 }), 200);
    expect(none.json).toEqual([]);
    expect(moments()).toEqual(["prepare update tasks"]);
  });

  test("a delete, one and by filter: the rows as they were", async () => {
    const id = await made("a");
    for (const title of ["b", "c", "d"]) await made(title);
    await answered(engine.delete(`/api/tasks/${id}`), 204);
    expect(calls).toMatchObject([
      { moment: "prepare", action: "delete", values: {} },
      { moment: "before", action: "delete", values: {}, row: { title: "a" } },
      { moment: "after", action: "delete", row: { title: "a" } },
    ]);
    calls.length = 0;
    await answered(engine.delete("/api/tasks?title[lt]=d"), 204);
    expect(calls.map(({ moment, row }) => `${moment} ${textOf(row?.["title"])}`)).toEqual([
      "prepare undefined",
      "before c",
      "before b",
      "after c",
      "after b",
    ]);
    expect(await titles("tasks")).toEqual(["d"]);
  });

  test("a cascade: rows that go with another meet no hooks", async () => {
    await answered(engine.post("/api/tasks", { title: "top", steps: [{ title: "refuse before" }] }), 409);
    await answered(engine.post("/api/tasks", { title: "top", steps: [{ title: "one" }] }), 201);
    const [{ id }] = (await engine.get("/api/tasks")).json as [{ id: number }];
    calls.length = 0;
    await answered(engine.delete(`/api/tasks/${id}`), 204);
    expect(moments()).toEqual(["prepare delete tasks", "before delete tasks", "after delete tasks"]);
    expect(await titles("steps")).toEqual([]);
  });

  test("an upsert: a create until it is known, then what it was", async () => {
    await answered(engine.post("/api/words", { title: "a" }), 201);
    calls.length = 0;
    const list = [
      { title: "a", hits: 1 },
      { title: "b", hits: 2 },
    ];
    await answered(engine.put("/api/words?on_conflict=title", list), 200);
    expect(moments()).toEqual([
      "prepare create words",
      "prepare create words",
      "before create words",
      "before create words",
      "after update words",
      "after create words",
    ]);
    expect(await titles("words", "hits")).toEqual([1, 2]);
  });

  test("a batch: each operation behind its own hooks, which know what earlier ones made", async () => {
    const answer = await answered(
      engine.post("/api/batch", [
        { name: "task", method: "POST", path: "/api/tasks", body: { title: "top" } },
        { method: "POST", path: "/api/steps", body: { task_id: { ref: "task.id" }, title: "one" } },
        { method: "PATCH", path: "/api/tasks/1", body: { title: "new" } },
      ]),
      200,
    );
    const id = (answer.json as [{ body: { id: number } }])[0].body.id;
    expect(calls.filter(({ moment }) => moment === "before")).toMatchObject([
      { table: "tasks", action: "create" },
      { table: "steps", action: "create", values: { task_id: id, title: "one" } },
      { table: "tasks", action: "update", row: { id, title: "top" } },
    ]);
    expect(calls.filter(({ moment }) => moment === "after")).toHaveLength(3);
    expect(await trail()).toEqual(["top", "one", "new"]);
  });
});

test("no operation reaches a row that its before hook was not asked about", async () => {
  const refused = await answered(
    engine.post("/api/batch", [
      { method: "POST", path: "/api/tasks", body: { title: "one" } },
      { method: "PATCH", path: "/api/tasks/1", body: { title: "refuse before" } },
    ]),
    409,
  );
  expect(refused.json).toMatchObject({
    code: "refused",
    detail: "Operation 1: Refused in before.",
    error: "Refused in before.",
    errors: [{ pointer: "/1/body/title" }],
  });
  expect(await titles("tasks")).toEqual([]);
  expect(await trail()).toEqual([]);
  expect(moments().filter((moment) => moment.startsWith("after"))).toEqual([]);
});

describe("with an Idempotency-Key", () => {
  const key = (name: string) => ({ "idempotency-key": name });

  test("a replay runs no hook of any moment and writes nothing", async () => {
    const first = await answered(engine.post("/api/tasks", { title: "a", steps: [{ title: "x" }] }, key("k1")), 201);
    expect(moments()).toHaveLength(6);
    calls.length = 0;
    const again = await answered(engine.post("/api/tasks", { title: "a", steps: [{ title: "x" }] }, key("k1")), 201);
    expect(again.text).toBe(first.text);
    expect(again.headers["etag"]).toBe(first.headers["etag"]);
    expect(again.headers["location"]).toBe(first.headers["location"]);
    expect(calls).toEqual([]);
    expect(await titles("tasks")).toEqual(["a"]);
    expect(await trail()).toEqual(["a", "x"]);
    await answered(engine.post("/api/tasks", { title: "b" }, key("k1")), 400);
    expect(calls).toEqual([]);
  });

  test("a refused request is not kept: it may be sent again", async () => {
    await answered(engine.post("/api/tasks", { title: "refuse before" }, key("k2")), 409);
    await answered(engine.post("/api/tasks", { title: "refuse before" }, key("k2")), 409);
    expect(moments().filter((moment) => moment.startsWith("before"))).toHaveLength(2);
    expect(await trail()).toEqual([]);
  });

  test("lists, batches and changes are answered alike again", async () => {
    const operations = [
      { method: "POST", path: "/api/tasks", body: [{ title: "a" }, { title: "b" }] },
      { method: "PATCH", path: "/api/tasks?id[in]=1&id[in]=2", body: { likes: 4 } },
      { method: "DELETE", path: "/api/tasks?id=2" },
    ];
    const first = await answered(engine.post("/api/batch", operations, key("k3")), 200);
    const ran = calls.length;
    const again = await answered(engine.post("/api/batch", operations, key("k3")), 200);
    expect(again.text).toBe(first.text);
    expect(calls).toHaveLength(ran);
    expect(await titles("tasks")).toEqual(["a"]);
    expect((await trail()).map(String).sort()).toEqual(["a", "a", "b", "b", "b"]);
  });

  test("two at once: one is answered, the other told to wait, and hooks ran for one", async () => {
    const both = await Promise.all([1, 2].map(() => engine.post("/api/tasks", { title: "a" }, key("k4"))));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
    await setTimeout(5);
    expect(moments()).toEqual(["prepare create tasks", "before create tasks", "after create tasks"]);
  });
});

describe("writes of the application's own code", () => {
  test("meet hooks like requests", async () => {
    await answered(engine.post("/api/run", { title: "a" }), 200);
    expect(moments()).toEqual(["prepare create tasks", "before create tasks", "after create tasks"]);
    await answered(engine.post("/api/run", { title: "refuse before" }), 409);
    expect(await titles("tasks")).toEqual(["a"]);
  });

  test("inside a transaction: after hooks begin once all of it is durable", async () => {
    await answered(engine.post("/api/run-both", { first: "a", second: "b" }), 200);
    expect(moments()).toEqual([
      "prepare create tasks",
      "before create tasks",
      "before between none",
      "prepare create tasks",
      "before create tasks",
      "after create tasks",
      "after create tasks",
    ]);
  });

  test("inside a transaction that is undone: no after hook, and nothing of what the others wrote", async () => {
    await answered(engine.post("/api/run-both", { first: "a", second: "refuse before" }), 409);
    await answered(engine.post("/api/run-both", { first: "b", second: "throw before" }), 500);
    expect(moments().filter((moment) => moment.startsWith("after"))).toEqual([]);
    expect(await titles("tasks")).toEqual([]);
    expect(await trail()).toEqual([]);
    expect(engine.faults).toHaveLength(1);
  });

  test("code that goes on after a refused write keeps nothing that its hooks wrote", async () => {
    // prepare wrote nothing, so the transaction may go on.
    expect((await answered(engine.post("/api/run-anyway", { title: "refuse prepare" }), 200)).json).toEqual({
      failed: "yes",
    });
    expect(await titles("plain")).toEqual(["after refuse prepare"]);
    // before did: all of it is undone, and the refusal is the answer.
    await answered(engine.post("/api/run-anyway", { title: "refuse before" }), 409);
    expect(await titles("plain")).toEqual(["after refuse prepare"]);
    expect(await trail()).toEqual([]);
    expect(await titles("tasks")).toEqual([]);
  });
});

describe("beside the other rules of a table", () => {
  test("a stale tag undoes what the hook wrote; a right one does not", async () => {
    const first = await answered(engine.post("/api/tags", { title: "a" }), 201);
    const tag = first.headers["etag"] ?? "";
    calls.length = 0;
    await answered(engine.patch("/api/tags/1", { hits: 1 }), 428);
    expect(calls).toEqual([]);
    await answered(engine.patch("/api/tags/1", { hits: 1 }, { "if-match": '"stale"' }), 412);
    await answered(engine.delete("/api/tags/1", { "if-match": '"stale"' }), 412);
    expect(moments().filter((moment) => moment.startsWith("after"))).toEqual([]);
    expect(await trail()).toEqual(["a"]);
    expect(await titles("tags", "hits")).toEqual([0]);
    await answered(engine.patch("/api/tags/1", { hits: 1 }, { "if-match": tag }), 200);
    expect(await trail()).toEqual(["a", "a"]);
  });

  test("sums are those of the rows that were written", async () => {
    const body = {
      title: "o",
      items: [
        { title: "x", amount: "1.50" },
        { title: "y", amount: "2.25" },
      ],
    };
    const order = await answered(engine.post("/api/orders", body), 201);
    expect(order.json).toMatchObject({ total: "3.75" });
    await answered(engine.post("/api/items", { order_id: 1, title: "refuse before", amount: "9.00" }), 409);
    await answered(
      engine.post("/api/items", [
        { order_id: 1, title: "z", amount: "0.25" },
        { order_id: 1, title: "w", amount: "1.00" },
      ]),
      201,
    );
    expect((await engine.get("/api/orders/1")).json).toMatchObject({ total: "5.00" });
    expect(calls.find(({ moment, table }) => moment === "after" && table === "orders")?.row).toMatchObject({
      total: "3.75",
    });
  });

  test("a unique clash undoes what the hooks wrote", async () => {
    await answered(engine.post("/api/tags", { title: "a" }), 201);
    const clash = await answered(engine.post("/api/tags", [{ title: "b" }, { title: "a" }]), 409);
    expect(clash.json).toMatchObject({ code: "unique", errors: [{ pointer: "/1/title" }] });
    expect(await titles("tags")).toEqual(["a"]);
    expect(await trail()).toEqual(["a"]);
    expect(engine.faults).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { type Hooks, refuse, type TransactionContext } from "servery";
import { type Call, hookedWorld, SECRET, textOf } from "./hooked-world.ts";
import { count, open, world } from "./notes-world.ts";

test.each(["prepare", "before"])("refuse() in %s is the answer, and nothing is written", async (moment) => {
  const engine = await open(hookedWorld([]));
  const refused = await engine.post("/api/tasks", { title: `refuse ${moment}` });
  expect(refused.status).toBe(409);
  expect(refused.json).toMatchObject({
    code: "refused",
    detail: `Refused in ${moment}.`,
    errors: [{ pointer: "/title" }],
  });
  expect([await count(engine, "tasks"), await count(engine, "trail")]).toEqual([0, 0]);
  expect(engine.faults).toEqual([]);
});

test.each(["throw prepare", "throw before", "undefined prepare", "undefined before"])(
  "%s is an opaque 500 with its cause in the log alone",
  async (title) => {
    const engine = await open(hookedWorld([]));
    const failed = await engine.post("/api/tasks", { title });
    expect(failed.status).toBe(500);
    expect(failed.json).toMatchObject({ code: "internal" });
    expect(failed.json).not.toHaveProperty("errors");
    expect(failed.text).not.toContain(SECRET);
    expect(engine.faults).toHaveLength(1);
    expect(String(engine.faults[0])).toContain(title.startsWith("throw") ? SECRET : "undefined");
    expect([await count(engine, "tasks"), await count(engine, "trail")]).toEqual([0, 0]);
  },
);

test.each(["refuse after", "throw after", "undefined after"])("%s changes nothing and is reported", async (title) => {
  const calls: Call[] = [];
  const engine = await open(hookedWorld(calls));
  expect((await engine.post("/api/tasks", { title })).status).toBe(201);
  await expect.poll(() => engine.faults.length).toBe(1);
  expect([await count(engine, "tasks"), await count(engine, "trail")]).toEqual([1, 1]);
});

test.each([
  ["another type", { title: 7 }, "title"],
  ["a value out of range", { size: -1 }, "size"],
  ["null where there must be one", { title: null }, "title"],
  ["an unknown column", { titel: "x" }, "titel"],
  ["the key", { id: 9 }, "id"],
  ["a column that the server fills", { created_at: "2024-10-28T10:30:00.000Z" }, "created_at"],
  ["an increment", { size: { increment: 1 } }, "size"],
  ["a list", [{ title: "x" }], "object"],
  ["a text", "x", "object"],
  ["a number that is none", { size: Number.NaN }, "NaN"],
])("a prepare that answers %s is a fault, and nothing is written", async (_name, answer, said) => {
  const engine = await open(world({ prepare: () => answer as never }));
  for (const send of [
    () => engine.post("/api/notes", { title: "a" }),
    () => engine.patch("/api/notes/1", { title: "a" }),
    () => engine.put("/api/notes/1", { title: "a" }),
  ]) {
    const { status, text: body } = await send();
    expect(status).toBe(500);
    expect(body).not.toContain("prepare");
  }
  expect(engine.faults).toHaveLength(3);
  for (const fault of engine.faults) expect(String(fault)).toContain(said);
  expect(await count(engine, "notes")).toBe(0);
});

test("a prepare may choose a key that callers choose, and nothing for a delete", async () => {
  const engine = await open(
    world({
      prepare: ({ action, values }) =>
        action === "update" ? undefined : { code: textOf(values["code"] ?? "none").toUpperCase() },
    }),
  );
  expect((await engine.post("/api/codes", { code: "ab", title: "x" })).json).toEqual({ code: "AB", title: "x" });
  expect((await engine.delete("/api/codes/AB")).status).toBe(500);
  expect(String(engine.faults[0])).toContain("delete");
  expect(await count(engine, "codes")).toBe(1);
});

test.each([
  ["missing", { user_id: 7 }, "/user_id"],
  ["hidden", { secret_id: 1 }, "/secret_id"],
])("a prepare that refers to a row that is %s: the same 400 as a body that does", async (_name, chosen, pointer) => {
  const engine = await open(world({ prepare: () => chosen }));
  const chosenByHook = await engine.post("/api/notes", [{ title: "a" }]);
  expect(chosenByHook.status).toBe(400);
  expect(chosenByHook.json).toMatchObject({ errors: [{ pointer: `/0${pointer}`, code: "reference_missing" }] });
  expect(await count(engine, "notes")).toBe(0);
});

test("several hooks of one table run in their order, each with what those in front of it chose", async () => {
  const order: string[] = [];
  const step = (name: string): Hooks => ({
    prepare: ({ values }) => {
      order.push(`prepare ${name} ${textOf(values["title"])}`);
      return { title: `${textOf(values["title"])}${name}` };
    },
    before: ({ values }) => {
      order.push(`before ${name} ${textOf(values["title"])}`);
      if (values["title"] === "x12" && name === "1") throw refuse("forbidden", "No.");
    },
    after: ({ row }) => {
      order.push(`after ${name} ${textOf(row["title"])}`);
    },
  });
  const engine = await open(world(step("1"), step("2")));
  await engine.post("/api/notes", { title: "a" });
  expect(order).toEqual(["prepare 1 a", "prepare 2 a1", "before 1 a12", "before 2 a12", "after 1 a12", "after 2 a12"]);
  order.length = 0;
  expect((await engine.post("/api/notes", { title: "x" })).status).toBe(403);
  expect(order).toEqual(["prepare 1 x", "prepare 2 x1", "before 1 x12"]);
});

test.each(["prepare", "before", "after"] as const)("%s hooks that call themselves end with a fault", async (moment) => {
  let runs = 0;
  const engine = await open(
    world({
      [moment]: async ({ tables }: TransactionContext) => {
        runs++;
        await tables["notes"].create({ title: "again" });
      },
    }),
  );
  const { status } = await engine.post("/api/notes", { title: "a" });
  expect(status).toBe(moment === "after" ? 201 : 500);
  await expect.poll(() => engine.faults.length).toBeGreaterThan(0);
  expect(engine.faults.map(String).join()).toContain("call themselves");
  expect(runs).toBe(5);
  expect(await count(engine, "notes")).toBe(moment === "after" ? 6 : 0);
});

test("a prepare inside a transaction works inside it: it sees the open rows, and waits for nobody", async () => {
  const seen: number[] = [];
  const engine = await open(
    world({
      prepare: async ({ tables, transaction, system }) => {
        seen.push(await tables["users"].count());
        await tables["log"].create({ line: "prepared" });
        await transaction((tx) => tx.tables["log"].create({ line: "prepared, a part of it" }));
        await expect(system("asks").query("SELECT 1")).rejects.toThrow("inside a transaction");
      },
    }),
  );
  expect((await engine.send({ method: "POST", url: "/api/both" })).status).toBe(200);
  expect(seen).toEqual([1]);
  expect([await count(engine, "notes"), await count(engine, "log")]).toEqual([1, 2]);
});

test("a hook that counts rows counts those in front of it in the same request", async () => {
  const engine = await open(
    world({
      before: async ({ tables, action }) => {
        if (action === "create" && (await tables["notes"].count()) >= 2) throw refuse("conflict", "Two at most.");
      },
    }),
  );
  expect((await engine.post("/api/notes", [{ title: "a" }, { title: "b" }, { title: "c" }])).status).toBe(409);
  const batch = ["a", "b", "c"].map((title) => ({ method: "POST", path: "/api/notes", body: { title } }));
  expect((await engine.post("/api/batch", batch)).status).toBe(409);
  expect(await count(engine, "notes")).toBe(0);
  expect((await engine.post("/api/batch", batch.slice(0, 2))).status).toBe(200);
  expect((await engine.post("/api/notes", { title: "c" })).status).toBe(409);
  expect(await count(engine, "notes")).toBe(2);
});

test("rows that a hook deletes are not changed behind its back, and none comes twice", async () => {
  const asked: unknown[] = [];
  const engine = await open(
    world({
      before: async ({ action, row, tables }) => {
        if (action !== "update") return;
        asked.push(row?.["title"]);
        if (row?.["title"] === "c") await tables["notes"].delete(Number(row["id"]) - 1);
      },
    }),
  );
  await engine.post("/api/notes", [{ title: "a" }, { title: "b" }, { title: "c" }]);
  const changed = await engine.patch("/api/notes?size=1", { size: 2 });
  expect(changed.json).toMatchObject([
    { title: "c", size: 2 },
    { title: "a", size: 2 },
  ]);
  expect(asked).toEqual(["c", "a"]);
  expect(await count(engine, "notes")).toBe(2);
});

test("what hooks throw that belongs to another table reaches the caller in that table's words", async () => {
  const engine = await open(
    world({
      before: async ({ tables, system, values }) => {
        if (values["title"] === "caller") await tables["users"].create({ name: "taken" });
        else await system("quietly").tables["users"].create({ name: "taken" });
      },
    }),
  );
  await engine.post("/api/users", { name: "taken" });
  expect((await engine.post("/api/notes", { title: "caller" })).json).toMatchObject({ status: 409, code: "unique" });
  expect(engine.faults).toEqual([]);
  // The system sees more than the caller may know.
  const quiet = await engine.post("/api/notes", { title: "system" });
  expect(quiet.status).toBe(500);
  expect(quiet.text).not.toContain("users");
  expect(engine.faults).toHaveLength(1);
  expect(await count(engine, "notes")).toBe(0);
});

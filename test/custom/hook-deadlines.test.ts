import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { TransactionContext } from "servery";
import { openEngine } from "../harness/open-engine.ts";
import { never, textOf } from "./hooked-world.ts";
import { count, open, world } from "./notes-world.ts";

/** Deadlines that tests can wait for. */
const SHORT = { prepareTimeoutMs: 40, afterTimeoutMs: 40 };

test("a prepare that never ends: 503 hook_timeout, nothing written, and its context is dead", async () => {
  const late: Promise<unknown>[] = [];
  const engine = await open(
    world({
      prepare: async ({ tables, transaction, system }) => {
        await setTimeout(80);
        late.push(
          tables["log"].create({ line: "late" }),
          transaction((tx) => tx.tables["log"].create({ line: "late too" })),
          system("late").tables["log"].create({ line: "late as the system" }),
          system("late").query("SELECT 1"),
        );
        throw new Error("a late rejection that nobody hears");
      },
    }),
    SHORT,
  );
  const answer = await engine.post("/api/notes", { title: "a" });
  expect(answer.status).toBe(503);
  expect(answer.json).toMatchObject({ code: "hook_timeout" });
  expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  await expect.poll(() => late.length).toBe(4);
  for (const { status } of await Promise.allSettled(late)) expect(status).toBe("rejected");
  expect([await count(engine, "notes"), await count(engine, "log")]).toEqual([0, 0]);
  expect(engine.faults).toEqual([]);
});

test("a transaction that outlives the deadline of its code is undone", async () => {
  const ended: unknown[] = [];
  const engine = await open(
    world({
      prepare: async ({ transaction }) => {
        const work = transaction(async (tx) => {
          await tx.tables["log"].create({ line: "half" });
          await setTimeout(80);
        });
        await work.catch((error: unknown) => ended.push(error));
      },
    }),
    { ...SHORT, transactionTimeoutMs: 5_000 },
  );
  expect((await engine.post("/api/notes", { title: "a" })).json).toMatchObject({ code: "hook_timeout" });
  await expect.poll(() => ended.length).toBe(1);
  expect([await count(engine, "notes"), await count(engine, "log")]).toEqual([0, 0]);
});

test("a before that never ends: 503, all of it undone, its context dead, and the other writers go on", async () => {
  const late: Promise<unknown>[] = [];
  const engine = await open(
    world({
      before: async ({ values, tables, system }) => {
        await tables["log"].create({ line: "before" });
        if (values["title"] !== "never") return;
        await setTimeout(6_500);
        late.push(
          tables["log"].create({ line: "late" }),
          tables["log"].list(),
          system("late").tables["log"].create({ line: "late as the system" }),
        );
        await never();
      },
    }),
    // The others' own transactions must end in time as well.
    { transactionTimeoutMs: 6_000 },
  );
  const stuck = engine.post("/api/notes", { title: "never" });
  const others = Array.from({ length: 100 }, (_, number) =>
    number % 2 === 0
      ? engine.post("/api/users", { name: `user ${number}` })
      : engine.post("/api/notes", { title: `note ${number}` }),
  );
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual(others.map(() => 201));
  const answer = await stuck;
  expect(answer.json).toMatchObject({ status: 503, code: "transaction_timeout" });
  expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  await expect.poll(() => late.length).toBe(3);
  for (const { status } of await Promise.allSettled(late)) expect(status).toBe("rejected");
  expect(await Promise.all(["notes", "users", "log"].map((path) => count(engine, path)))).toEqual([50, 50, 50]);
  expect(engine.faults).toEqual([]);
});

test("a list whose before hooks take longer together than a transaction may: 503, and no row of it", async () => {
  const engine = await open(world({ before: async () => setTimeout(1) }), { transactionTimeoutMs: 200 });
  const rows = Array.from({ length: 1_000 }, (_, number) => ({ title: `note ${number}` }));
  expect((await engine.post("/api/notes", rows)).json).toMatchObject({ code: "transaction_timeout" });
  expect(await count(engine, "notes")).toBe(0);
});

test("a list of the largest size passes through hooks in time", async () => {
  const engine = await open(
    world({
      before: async ({ tables, values }) => {
        await tables["log"].create({ line: textOf(values["title"]) });
      },
    }),
    { transactionTimeoutMs: 20_000 },
  );
  const rows = Array.from({ length: 1_000 }, (_, number) => ({ title: `note ${number}` }));
  expect((await engine.post("/api/notes", rows)).status).toBe(201);
  expect([await count(engine, "notes"), await count(engine, "log")]).toEqual([1_000, 1_000]);
});

test("an after hook that never ends is reported at its deadline, and its context is dead", async () => {
  const late: Promise<unknown>[] = [];
  const engine = await open(
    world({
      after: async ({ tables }) => {
        await setTimeout(80);
        late.push(tables["log"].create({ line: "late" }));
        await never();
      },
    }),
    SHORT,
  );
  expect((await engine.post("/api/notes", { title: "a" })).status).toBe(201);
  await expect.poll(() => engine.faults.length).toBe(1);
  await expect.poll(() => late.length).toBe(1);
  expect((await Promise.allSettled(late))[0]?.status).toBe("rejected");
  expect([await count(engine, "notes"), await count(engine, "log")]).toEqual([1, 0]);
});

test("promises that a hook forgets do not end the process", async () => {
  const unheard: unknown[] = [];
  const note = (error: unknown): void => void unheard.push(error);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const forgetful = ({ tables, system }: TransactionContext): void => {
    void tables["users"].create({ name: 7 });
    void tables["users"].get("none");
    void system("forgets").tables["users"].create({ name: "taken" });
    void system("forgets").query("SELECT nonsense FROM nowhere");
  };
  const engine = await open(
    world({
      prepare: (event) => {
        forgetful(event);
        void event.transaction(() => Promise.reject(new Error("forgotten")));
      },
      before: forgetful,
      after: forgetful,
    }),
  );
  await engine.post("/api/users", { name: "taken" });
  await engine.post("/api/notes", { title: "a" });
  await setTimeout(50);
  expect(unheard).toEqual([]);
});

test("closing waits for after hooks; a before that waits is undone", async () => {
  let [began, ended] = [0, 0];
  const engine = await openEngine(
    world({
      before: async ({ values }) => {
        began++;
        if (values["title"] === "never") await never();
      },
      after: async ({ tables }) => {
        await setTimeout(30);
        await tables["log"].create({ line: "told" });
        ended++;
      },
    }),
  );
  expect((await engine.post("/api/notes", { title: "a" })).status).toBe(201);
  const stuck = engine.post("/api/notes", { title: "never" });
  await expect.poll(() => began).toBe(2);
  const waiting = engine.post("/api/notes", { title: "waits" });
  await engine.close();
  expect(ended).toBe(1);
  expect((await stuck).status).toBe(503);
  expect((await waiting).status).toBe(503);
});

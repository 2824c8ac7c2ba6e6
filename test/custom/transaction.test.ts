import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Context, get, refuse, servery } from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { customWorld } from "./world.ts";

type Work = (context: Context<typeof customWorld>) => unknown;

let engine: EngineUnderTest;
let work: Work;

const withRun = servery({
  ...customWorld,
  routes: [...(customWorld.routes ?? []), get("/api/run", (call) => work(call as Context<typeof customWorld>))],
});

beforeEach(async () => {
  engine = await openEngine(withRun);
});

afterEach(async () => {
  await engine.close();
});

async function run(inside: Work) {
  work = inside;
  return engine.get("/api/run");
}

async function names(): Promise<string[]> {
  return ((await engine.get("/api/users?sort=id")).json as { name: string }[]).map(({ name }) => name);
}

test("sees its own changes, which others see once it has ended", async () => {
  const answer = await run(({ transaction, tables }) =>
    transaction(async (tx) => {
      const carol = await tx.tables.users.create({ name: "carol" });
      const post = await tx.tables.posts.create({ user_id: carol.id, title: "Inside" });
      await tx.system("changes what callers may not").tables.news.update(1, { text: "new" });
      return {
        inside: (await tx.tables.users.get(carol.id))?.name,
        counted: await tx.tables.posts.count({ user_id: carol.id }),
        outside: await tables.users.count(),
        post: post.id,
      };
    }),
  );
  expect(answer.json).toEqual({ inside: "carol", counted: 1, outside: 2, post: 4 });
  expect(await names()).toEqual(["alice", "bob", "carol"]);
  expect((await engine.get("/api/news/1")).json).toMatchObject({ text: "new" });
  expect(engine.faults).toEqual([]);
});

test.each<[string, () => never, number]>([
  [
    "a refusal",
    () => {
      throw refuse("conflict", "No.");
    },
    409,
  ],
  [
    "a fault",
    () => {
      throw new Error("broken");
    },
    500,
  ],
])("%s leaves nothing", async (_what, end, status) => {
  const answer = await run(({ transaction }) =>
    transaction(async (tx) => {
      await tx.tables.users.create({ name: "carol" });
      await tx.tables.posts.delete(1);
      return end();
    }),
  );
  expect(answer.status).toBe(status);
  expect(await names()).toEqual(["alice", "bob"]);
  expect((await engine.get("/api/posts/1")).status).toBe(200);
});

test("a write that is refused and caught leaves the others", async () => {
  const answer = await run(({ transaction }) =>
    transaction(async (tx) => {
      await tx.tables.users.create({ name: "carol" });
      await tx.tables.users.create({ name: "alice" }).catch(() => undefined);
      return (await tx.tables.users.create({ name: "dave" })).name;
    }),
  );
  expect(answer.json).toBe("dave");
  expect(await names()).toEqual(["alice", "bob", "carol", "dave"]);
});

test("several rows are created all or none", async () => {
  const made = await run(({ tables }) => tables.users.create([{ name: "carol" }, { name: "dave" }]));
  expect(made.json).toMatchObject([{ name: "carol" }, { name: "dave" }]);
  const refused = await run(({ tables }) => tables.users.create([{ name: "erin" }, { name: "alice" }]));
  expect(refused.status).toBe(409);
  const none = await run(({ tables }) => tables.users.create([]));
  expect(none.json).toEqual([]);
  expect(await names()).toEqual(["alice", "bob", "carol", "dave"]);
});

test("a query inside it is a mistake, since it would not see the changes", async () => {
  const answer = await run(({ transaction }) =>
    transaction(async (tx) => tx.system("a report").query("SELECT 1 AS one")),
  );
  expect(answer.status).toBe(500);
  expect(String(engine.faults[0])).toContain("inside a transaction");
});

test("overlapping transactions, refusing and succeeding: every answer matches the rows", async () => {
  const add = (at: number) =>
    run(({ transaction }) =>
      transaction(async (tx) => {
        const post = await tx.tables.posts.get(1);
        await setTimeout(at % 3);
        await tx.tables.posts.update(1, { likes: (post?.likes ?? 0) + 1 });
        if (at % 4 === 0) throw refuse("conflict", "Every fourth.");
        return { ok: true };
      }),
    );
  // `run` sets what the route does and sends at once, so each call has its own work.
  const answers = await Promise.all(Array.from({ length: 24 }, (_, at) => add(at)));
  const added = answers.filter(({ status }) => status === 200).length;
  expect(added).toBe(18);
  expect((await engine.get("/api/posts/1")).json).toMatchObject({ likes: 1 + added });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Context, get, type Observation, servery } from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { customWorld } from "./world.ts";

type Work = (context: Context<typeof customWorld>) => unknown;

let engine: EngineUnderTest;
let work: Work;
let seen: Observation[];

/** The world with one route that runs what a test wants inside a handler. */
const withRun = servery({
  ...customWorld,
  routes: [...(customWorld.routes ?? []), get("/api/run", (call) => work(call as Context<typeof customWorld>))],
});

beforeEach(async () => {
  seen = [];
  engine = await openEngine(withRun, { observe: (observation) => seen.push(observation) });
});

afterEach(async () => {
  await engine.close();
});

/** Runs code inside a handler and answers what the caller got. */
async function run(inside: Work) {
  work = inside;
  return engine.get("/api/run");
}

function code(answer: { json: unknown }): unknown {
  return (answer.json as { code?: unknown } | undefined)?.code;
}

describe("tables, as the caller", () => {
  test("list takes what a URL takes", async () => {
    const answer = await run(({ tables }) =>
      tables.posts.list({
        filter: { likes: { gte: 2 }, user_id: 1 },
        sort: ["-likes", "id"],
        limit: 5,
        offset: 0,
        fields: ["id", "likes"],
        include: "user",
      }),
    );
    expect(answer.json).toMatchObject([
      { id: 3, likes: 3, user: { name: "alice" } },
      { id: 2, likes: 2 },
    ]);
    expect((await run(({ tables }) => tables.posts.list())).json).toEqual((await engine.get("/api/posts")).json);
  });

  test("get and count", async () => {
    expect((await run(({ tables }) => tables.posts.get(2, { fields: "id,title" }))).json).toEqual({
      id: 2,
      title: "Post 2",
    });
    expect((await run(async ({ tables }) => (await tables.posts.get(99)) === undefined)).json).toBe(true);
    expect((await run(async ({ tables }) => (await tables.posts.get("1e0")) === undefined)).json).toBe(true);
    expect((await run(({ tables }) => tables.pairs.get([1, "x"]))).json).toEqual({ a: 1, b: "x" });
    expect((await run(({ tables }) => tables.posts.count())).json).toBe(3);
    expect((await run(({ tables }) => tables.posts.count({ likes: { gt: 1 } }))).json).toBe(2);
    expect(engine.faults).toEqual([]);
  });

  test("create, update and delete change rows as requests do", async () => {
    const made = await run(async ({ tables }) => {
      const user = await tables.users.create({ name: "carol" });
      const post = await tables.posts.create({ user_id: user.id, title: "New", price: 2.5 });
      const changed = await tables.posts.update(post.id, { likes: 7 });
      await tables.posts.delete(1);
      const note = await tables.notes.create({ text: "a" });
      await tables.notes.update(note.id, { text: "b" });
      return changed;
    });
    expect(made.json).toMatchObject({ id: 4, title: "New", price: "2.50", likes: 7 });
    expect((await engine.get("/api/posts/4")).json).toEqual(made.json);
    expect((await engine.get("/api/posts/1")).status).toBe(404);
    expect((await engine.get("/api/notes/1")).json).toMatchObject({ text: "b" });
  });

  test("what breaks the declaration reaches the caller as a problem, and writes nothing", async () => {
    const wrong = await run(({ tables }) => tables.posts.create({ user_id: 1, title: "", likes: -1 }));
    expect([wrong.status, code(wrong)]).toEqual([400, "invalid_data"]);
    const clash = await run(({ tables }) => tables.users.create({ name: "alice" }));
    expect([clash.status, code(clash)]).toEqual([409, "unique"]);
    const missing = await run(({ tables }) => tables.posts.update(99, { likes: 1 }));
    expect([missing.status, code(missing)]).toEqual([404, "not_found"]);
    expect([(await run(({ tables }) => tables.posts.delete("x"))).status]).toEqual([404]);
    const column = await run(({ tables }) => tables.posts.list({ filter: { nope: 1 } as object }));
    expect([column.status, code(column)]).toEqual([400, "unknown_column"]);
    expect((await engine.get("/api/posts?count=exact")).headers["x-total-count"]).toBe("3");
    expect(engine.faults).toEqual([]);
  });

  test("a table that is closed to the caller is closed to its code", async () => {
    const answers = [
      await run(({ tables }) => tables.secrets.list()),
      await run(({ tables }) => tables.secrets.get(1)),
      await run(({ tables }) => tables.secrets.count()),
      await run(({ tables }) => tables.secrets.create({ word: "x" })),
      await run(({ tables }) => tables.secrets.update(1, { word: "x" })),
      await run(({ tables }) => tables.secrets.delete(1)),
      await run(({ tables }) => tables.news.update(1, { text: "x" })),
      await run(({ tables }) => tables.news.delete(1)),
    ];
    for (const answer of answers) {
      expect([401, 403]).toContain(answer.status);
      expect(answer.text).not.toContain("hidden-word");
    }
    expect((await engine.get("/api/news/1")).json).toMatchObject({ text: "news" });
    expect(seen.filter(({ is }) => is === "system")).toEqual([]);
  });

  test.each<[string, Work, string]>([
    [
      "an undefined filter value",
      ({ tables }) => tables.posts.list({ filter: { user_id: undefined as never } }),
      "undefined",
    ],
    [
      "one deep in a tree",
      ({ tables }) => tables.posts.count({ or: [{ likes: { gt: undefined as never } }] }),
      "undefined",
    ],
    ["a filter that is NaN", ({ tables }) => tables.posts.list({ filter: { likes: Number.NaN } }), "NaN"],
    ["a filter that is undefined", ({ tables }) => tables.posts.list({ filter: undefined as never }), "filter"],
    ["a misspelt option", ({ tables }) => tables.posts.list({ filters: {} } as object), "Did you mean filter?"],
    ["a key that is undefined", ({ tables }) => tables.posts.get(undefined as never), "undefined"],
    ["a key that is null", ({ tables }) => tables.posts.delete(null as never), "null"],
    ["half a key", ({ tables }) => tables.pairs.get(1), "2 parts"],
    ["a misspelt table", (context) => (context as Context).tables["postss"].list(), "Did you mean posts?"],
    ["an inherited name", (context) => (context as Context).tables["constructor"].list(), "no table"],
  ])("%s is a mistake of the code and selects nothing", async (_what, inside, words) => {
    const answer = await run(inside);
    expect([answer.status, code(answer)]).toEqual([500, "internal"]);
    expect(String(engine.faults[0])).toContain(words);
    expect(answer.sql).toEqual([]);
    expect((await engine.get("/api/posts?count=exact")).headers["x-total-count"]).toBe("3");
  });

  test("a promise that is forgotten does not end the process", async () => {
    const answer = await run(({ tables }) => {
      void tables.users.create({ name: "alice" });
      void tables.secrets.list();
      return "gone";
    });
    expect(answer.json).toBe("gone");
    await run(async ({ tables }) => tables.users.count());
    expect(engine.faults).toEqual([]);
  });
});

describe("the system", () => {
  test("has the tables without policies, and is recorded with its reason and request", async () => {
    const answer = await run(async (context) => {
      const { tables } = context.system("shows what is hidden");
      await tables.news.update(1, { text: "changed" });
      return (await tables.secrets.list()).map(({ word }) => word);
    });
    expect(answer.json).toEqual(["hidden-word"]);
    expect(seen.filter(({ is }) => is === "system")).toEqual([
      { is: "system", reason: "shows what is hidden", requestId: answer.headers["x-request-id"] },
    ]);
    expect((await engine.get("/api/news/1")).json).toMatchObject({ text: "changed" });
    // The caller's own tables stay as they were.
    expect((await run((context) => context.tables.secrets.list())).status).toBe(401);
  });

  test.each(["", "  ", undefined, 7])("needs a reason: %j", async (reason) => {
    const answer = await run((context) => context.system(reason as string).tables.secrets.list());
    expect(answer.status).toBe(500);
    expect(String(engine.faults[0])).toContain("needs a reason");
    expect(seen.filter(({ is }) => is === "system")).toEqual([]);
  });

  test("what its tables refuse is not told to the caller", async () => {
    const answer = await run((context) => context.system("adds a word").tables.secrets.create({ word: "hidden-word" }));
    expect([answer.status, code(answer)]).toEqual([500, "internal"]);
    expect(answer.text).not.toMatch(/hidden|secrets|word/);
    const [fault] = engine.faults as [Error];
    expect(fault.message).toContain("adds a word");
    expect(fault.cause).toMatchObject({ code: "unique" });
  });
});

describe("a query", () => {
  const asked = (sql: string, params: readonly (string | number | null)[] = []) =>
    run((context) => context.system("a report").query(sql, params));

  test("answers rows as objects, with its values bound", async () => {
    const answer = await asked(
      "WITH counted AS (SELECT user_id, count(*) AS n FROM posts GROUP BY user_id) SELECT users.name, n, ? AS given FROM counted JOIN users ON users.id = user_id",
      ["'; DROP TABLE users --"],
    );
    expect(answer.json).toEqual([{ name: "alice", n: 3, given: "'; DROP TABLE users --" }]);
    expect(answer.sql).toHaveLength(1);
    expect(seen.filter(({ is }) => is === "system")).toHaveLength(1);
    expect((await asked("SELECT 1 AS one WHERE 0")).json).toEqual([]);
    expect((await asked("VALUES (9007199254740993 + 0.0)")).status).toBe(200);
  });

  test.each([
    ["INSERT INTO users (name) VALUES ('x')", "begins with SELECT"],
    ["PRAGMA query_only = OFF", "begins with SELECT"],
    ["ATTACH DATABASE '/tmp/x.db' AS other", "begins with SELECT"],
    ["-- a comment\nDELETE FROM users", "begins with SELECT"],
    ["WITH gone AS (SELECT 1) DELETE FROM users", ""],
    ["SELECT * FROM nowhere", "nowhere"],
    ["SELECT id, id FROM posts", "two columns"],
    ["SELECT ?", ""],
    ["WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001) SELECT i FROM n", ""],
  ])("%s is a fault, and changes nothing", async (sql, words) => {
    const answer = await asked(sql);
    expect([answer.status, code(answer)]).toEqual([500, "internal"]);
    expect(answer.text).not.toContain("nowhere");
    expect(engine.faults).toHaveLength(1);
    const fault = engine.faults[0] as Error;
    expect(`${fault.message} ${String(fault.cause)}`).toContain(words);
    expect((await engine.get("/api/users")).json).toHaveLength(2);
  });

  test("that takes too long is ended at the deadline of queries", async () => {
    await engine.close();
    engine = await openEngine(withRun, { queryTimeoutMs: 8_000 });
    const answer = await asked(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS m FROM n",
    );
    expect([answer.status, code(answer)]).toEqual([503, "query_timeout"]);
    expect((await asked("SELECT 1 AS one")).json).toEqual([{ one: 1 }]);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compile,
  createEngine,
  email,
  type Engine,
  everyone,
  owner,
  ref,
  servery,
  signedIn,
  table,
  text,
} from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Exchange } from "#servery/observability/exchange.js";
import { ShownValues } from "#servery/observability/shown-values.js";
import { type EngineUnderTest, LOOK, openEngine, type TestRequest } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";

const declaration = servery({
  tables: {
    users: table({ email: email(100).unique(), secret: text(40).optional().private() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone }),
    posts: table({ user_id: ref("users").owner(), title: text(40) }).allow({
      read: everyone,
      create: signedIn,
      update: owner,
      delete: owner,
    }),
  },
  seed: () => [
    { table: "users", rows: [{ email: "alice@example.com" }, { email: "bob@example.com" }] },
    {
      table: "posts",
      rows: [
        { user_id: 1, title: "One" },
        { user_id: 1, title: "Two" },
      ],
    },
  ],
});

let engine: EngineUnderTest;
let alice: EngineUnderTest;
let bob: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(declaration, { followEvery: 1 });
  alice = await signedInAs(engine, { email: "alice@example.com" });
  bob = await signedInAs(engine, { email: "bob@example.com" });
});
afterAll(() => engine.close());

/** The X-ray of a request, and the statements that the observer saw meanwhile. */
async function followed(
  as: EngineUnderTest,
  request: TestRequest,
): Promise<Exchange & { readonly seen: readonly string[] }> {
  const answer = await as.send(request);
  const exchange = engine.xray.find(answer.headers["x-request-id"] ?? "");
  if (exchange === undefined) throw new Error("the request was not followed");
  return { ...exchange, seen: answer.sql };
}

/** The stations that a request passed, each once, in order; its session is looked up on the way. */
const wayOf = ({ spans }: Exchange): string[] => [
  ...new Set(spans.filter(({ hop, during }) => hop === during || during !== "auth").map(({ hop }) => hop)),
];
/** Where it ended with an error: the last station that it reached. */
const endedAt = ({ spans }: Exchange): string[] => spans.filter(({ failed }) => failed).map(({ hop }) => hop);

const WHOLE = ["http", "auth", "validation", "controller", "service", "repository", "database"];

describe("the way of a request", () => {
  test("that reads passes every station in order, and its statement is told with the rows that it answered", async () => {
    const list = await followed(engine, { url: "/api/posts" });
    expect(list).toMatchObject({ method: "GET", url: "/api/posts", route: "GET /api/posts", status: 200 });
    expect(wayOf(list)).toEqual(WHOLE);
    expect(endedAt(list)).toEqual([]);
    expect(list.statements).toMatchObject([{ access: "read", rows: 1 }]);
    expect(list.caller).toEqual({ kind: "anonymous" });
  });

  test("that writes tells each statement of the write", async () => {
    const post = await followed(alice, { method: "POST", url: "/api/posts", json: { title: "Three" } });
    expect(wayOf(post)).toEqual(WHOLE);
    expect(post.caller).toEqual({ kind: "account", table: "users", key: "1", roles: [] });
    expect(post.statements.map(({ sql }) => sql).filter((sql) => !LOOK.test(sql))).toEqual(post.seen);
    expect(post.statements.some(({ sql }) => sql.startsWith("INSERT INTO"))).toBe(true);
  });

  test.each([
    { is: "without a token", ends: "auth", status: 401, method: "POST", url: "/api/posts", json: { title: "x" } },
    { is: "that fits no column", ends: "validation", status: 400, method: "POST", url: "/api/posts", json: {} },
    { is: "to nowhere", ends: "http", status: 404, method: "GET", url: "/nowhere" },
  ])("$is ends at $ends, and runs no statement for a row", async ({ ends, status, ...request }) => {
    const refused = await followed(ends === "validation" ? alice : engine, request);
    expect(refused.status).toBe(status);
    expect(endedAt(refused)).toEqual([ends]);
    expect(refused.statements.filter(({ during }) => during !== "auth")).toEqual([]);
    expect(wayOf(refused)).not.toContain("repository");
  });

  test("tells what was wrong by place and code, and never by value", async () => {
    const wrong = await followed(alice, { method: "POST", url: "/api/posts", json: { title: 5, nosuch: "canary" } });
    expect(wrong.findings).toEqual([
      { pointer: "/nosuch", code: "unknown_field" },
      { pointer: "/title", code: "type" },
    ]);
    expect(JSON.stringify(wrong)).not.toContain("canary");
  });

  test("of a row that is somebody else's ends where the statement said so, with the rule and its filter", async () => {
    const refused = await followed(bob, { method: "PATCH", url: "/api/posts/1", json: { title: "mine" } });
    expect(refused).toMatchObject({ status: 403, problem: "forbidden", rules: [{ rule: "posts.update: owner" }] });
    expect(refused.rules[0]?.filter).toBe("user_id = 2");
    expect(wayOf(refused)).toContain("database");
  });

  test("that runs a transaction of several writes ends as it does without anybody looking", async () => {
    const row = { email: "carol@example.com", password: "correct horse battery staple" };
    const signUp = await followed(engine, { method: "POST", url: "/api/auth/sign-up", json: row });
    expect(signUp.status).toBe(201);
    const operations = [
      { method: "POST", path: "/api/posts", body: { title: "Batch" } },
      { method: "DELETE", path: "/api/posts/2" },
    ];
    const batch = await followed(alice, { method: "POST", url: "/api/batch", json: operations });
    expect(batch.status).toBe(200);
    expect(endedAt(batch)).toEqual([]);
    expect(batch.statements.filter(({ access }) => access === "write").length).toBeGreaterThan(1);
  });

  test("holds no password, no token and no key", async () => {
    const body = { email: "alice@example.com", password: "canary canary canary" };
    const signIn = await followed(engine, { method: "POST", url: "/api/auth/sign-in", json: body });
    const link = await followed(engine, { url: "/verify-email?a=1&Token=canary&code=canary" });
    expect(signIn.status).toBe(401);
    expect(link.url).toBe("/verify-email?a=1&Token=(private)&code=(private)");
    for (const exchange of [signIn, link]) expect(JSON.stringify(exchange)).not.toContain("canary");
  });

  test("is that of its own request, however many are on theirs", async () => {
    const titles = Array.from({ length: 20 }, (_, at) => `Parallel ${at}`);
    const all = await Promise.all(
      titles.map((title) => followed(alice, { method: "POST", url: "/api/posts", json: { title } })),
    );
    const counts = all.map(({ statements }) => statements.filter(({ during }) => during !== "auth").length);
    expect(new Set(counts).size).toBe(1);
    expect(new Set(all.map(({ id }) => id)).size).toBe(titles.length);
  });
});

describe("the values of statements", () => {
  const valuesOf = ({ statements }: Exchange, of: RegExp): unknown[] =>
    statements.filter(({ sql }) => of.test(sql)).map(({ values }) => values);

  test("are told in the order in which they are bound, long ones cut", async () => {
    const read = await followed(engine, { url: "/api/posts?title=One&limit=1" });
    expect(valuesOf(read, /FROM "posts"/)).toEqual([expect.arrayContaining(["One"])]);
    const title = "x".repeat(40);
    const post = await followed(alice, { method: "POST", url: "/api/posts", json: { title } });
    expect(valuesOf(post, /^INSERT INTO "posts"/)).toEqual([expect.arrayContaining([1, title])]);
  });

  test("are not told of a statement that names a closed column, nor of Servery's own tables", async () => {
    const json = { email: "dora@example.com", password: "canary canary canary" };
    const signUp = await followed(engine, { method: "POST", url: "/api/auth/sign-up", json });
    expect(signUp.status).toBe(201);
    expect(valuesOf(signUp, /_servery_/).filter((values) => values !== undefined)).toEqual([]);
    expect(signUp.statements.length).toBeGreaterThan(1);
    expect(JSON.stringify(signUp)).not.toMatch(/canary|argon2/);
  });
});

test("values: numbers beyond what JSON holds, bytes, and what a statement before answered", () => {
  const values = new ShownValues(new Set(["pin"]));
  const shown = values.of('SELECT "a"', [2n ** 60n, new Uint8Array(3), null, "y".repeat(500), { step: "kept" }]);
  expect(shown).toEqual(["1152921504606846976", "(3 bytes)", null, `${"y".repeat(120)}…`, "(from a statement before)"]);
  expect(
    values.of(
      "SELECT ?",
      Array.from({ length: 500 }, () => 1),
    ),
  ).toHaveLength(50);
  for (const sql of ['SELECT "PIN"', 'SELECT "t0"."pin"', "DELETE FROM _Servery_keys"])
    expect(values.of(sql, [1])).toBeUndefined();
});

describe("the X-ray over HTTP", () => {
  const idOf = async (request: TestRequest, as = alice): Promise<string> =>
    (await as.send(request)).headers["x-request-id"] ?? "";
  let admin: EngineUnderTest;
  beforeAll(async () => {
    await engine.accounts.create({ row: { email: "root@example.com" } });
    admin = await signedInAs(engine, { email: "root@example.com", roles: ["admin"] });
  });

  test("is closed to all but administrators, and not told to others", async () => {
    const id = await idOf({ url: "/api/posts" });
    for (const url of ["/api/x-ray", `/api/x-ray/${id}`, "/api/x-ray?nonsense=1"]) {
      expect((await engine.get(url)).status).toBe(401);
      expect((await alice.get(url)).status).toBe(403);
    }
    expect((await alice.get("/openapi.json")).text).not.toContain("x-ray");
    expect((await admin.get("/openapi.json")).text).toContain("/api/x-ray/{id}");
    expect((await alice.get("/api/x-rays")).text).not.toContain("/api/x-ray?");
  });

  test("is closed to an administrator's key for some tables", async () => {
    const made = await admin.post("/api/auth/keys", { label: "posts", scopes: ["posts:read"], expires_in_days: 1 });
    const { key } = made.json as { key: string };
    expect((await engine.get("/api/x-ray", { authorization: `Bearer ${key}` })).status).toBe(403);
  });

  test("lists the last requests, and none that looked at it", async () => {
    const ids = [await idOf({ url: "/api/posts/1" }), await idOf({ url: "/api/posts/999" })];
    await admin.get("/api/x-ray");
    const list = (await admin.get("/api/x-ray?limit=20")).json as { id: string; url: string }[];
    expect(list.filter(({ url }) => url.startsWith("/api/posts/")).slice(0, 2)).toMatchObject(
      ids.toReversed().map((id) => ({ id })),
    );
    expect(list.filter(({ url }) => /^\/api\/x-ray(?:[?/]|$)/.test(url))).toEqual([]);
    expect((await admin.get("/api/x-ray?failed=true&limit=1")).json).toMatchObject([{ id: ids[1], status: 404 }]);
    expect((await admin.get("/api/x-ray?slower_than=600000")).json).toEqual([]);
  });

  test("shows one of them with the plan of each statement, and what would help", async () => {
    const id = await idOf({ url: "/api/posts?title[contains]=o&sort=title" });
    const whole = (await admin.get(`/api/x-ray/${id}`)).json as {
      statements: { sql: string; plan: string[]; advice: string[]; took_ms: number }[];
    };
    const statement = whole.statements.at(-1);
    expect(statement?.plan.join("\n")).toMatch(/SCAN/);
    expect(statement?.advice.join("\n")).toContain("Letters inside of posts.title are looked for in every row");
    expect(statement?.took_ms).toBeGreaterThan(0);
  });

  test.each(["limit=0", "limit=501", "limit=x", "limit=1&limit=2", "failed=maybe", "slower_than=-1", "unknown=1"])(
    "refuses ?%s",
    async (query) => {
      expect((await admin.get(`/api/x-ray?${query}`)).status).toBe(400);
    },
  );

  test("has nothing about a request that is not kept", async () => {
    expect((await admin.get("/api/x-ray/unknown")).status).toBe(404);
    expect((await admin.get("/api/x-ray/%20")).status).toBe(404);
  });

  test("is there while developing without an account, and off where nothing is followed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "servery-x-ray-"));
    const open = (name: string, followEvery: number | undefined): Promise<Engine> =>
      createEngine(compile(declaration), { database: `sqlite:${join(folder, name)}`, explain: true, followEvery });
    const engines = [await open("on.db", 1), await open("off.db", undefined)];
    try {
      const asked = engines.map((each) => each.handle({ method: "GET", url: "/api/x-ray" }));
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 404]);
      // A page of another site may have its own name lead to this machine.
      for (const [host, status] of [
        ["localhost:5000", 200],
        ["127.0.0.1", 200],
        ["[::1]:5000", 200],
        ["rebound.example.com:5000", 401],
        ["localhost.example.com", 401],
      ] as const)
        expect([
          host,
          (await engines[0]?.handle({ method: "GET", url: "/api/x-ray", headers: { host } }))?.status,
        ]).toEqual([host, status]);
    } finally {
      await Promise.all(engines.map((each) => each.close()));
      rmSync(folder, { recursive: true });
    }
  });
});

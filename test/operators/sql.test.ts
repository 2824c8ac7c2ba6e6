import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeSound } from "../api/answers.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";
import { callersOf, declaration } from "./operators.ts";

const URL = "/api/server/sql";
let engine: EngineUnderTest;
let admin: EngineUnderTest;
let alice: EngineUnderTest;
let key: string;
beforeAll(async () => {
  engine = await openEngine(declaration);
  ({ admin, alice, key } = await callersOf(engine));
});
afterAll(() => closeSound(engine));

interface Answered {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly cut: boolean;
  readonly changed: number | null;
  readonly plan: readonly string[];
}
const run = (sql: unknown, more: object = {}): Promise<TestAnswer> => admin.post(URL, { sql, ...more });
const answered = async (sql: string, more: object = {}): Promise<Answered> => {
  const answer = await run(sql, more);
  expect(answer.status, answer.text).toBe(200);
  return answer.json as Answered;
};
const refusal = async (sql: unknown, more: object = {}): Promise<readonly [number, string]> => {
  const answer = await run(sql, more);
  return [answer.status, (answer.json as { code: string }).code];
};
const detailOf = async (sql: string, more: object = {}): Promise<string> =>
  ((await run(sql, more)).json as { detail: string }).detail;
/** Everything that a change could have left behind. */
const rowsNow = async (): Promise<string> =>
  JSON.stringify((await answered("SELECT * FROM posts ORDER BY id")).rows) +
  JSON.stringify((await answered("SELECT * FROM users ORDER BY id")).rows);

describe("a statement that reads", () => {
  test("answers columns, rows, plan and time", async () => {
    const answer = await answered("SELECT id, title FROM posts WHERE id < ? ORDER BY id; ", { params: [3] });
    expect(answer).toMatchObject({
      columns: ["id", "title"],
      rows: [
        [1, "One"],
        [2, "Two"],
      ],
      cut: false,
      changed: null,
    });
    expect(answer.plan.join("\n")).toMatch(/SEARCH posts/);
  });

  test("may be written in every way that reads", async () => {
    for (const sql of [
      "WITH a AS (SELECT 1 AS n) SELECT n FROM a",
      "VALUES (1)",
      "/* why */ -- what\n SELECT 1",
      "select ';', 'DELETE FROM posts; --', \"id\" FROM posts",
      "SELECT count(*) FROM sqlite_schema",
      'WITH "delete" AS (SELECT 1) SELECT * FROM "delete"',
      "SELECT extra ->> '$.a' FROM posts",
    ])
      expect((await run(sql)).status, sql).toBe(200);
  });

  test("tells what JSON cannot hold", async () => {
    const { rows } = await answered("SELECT 9007199254740993, 9e999, x'00ff', NULL, 1.5");
    expect(rows).toEqual([["9007199254740993", "Infinity", { bytes: 2, hex: "00ff" }, null, 1.5]]);
  });

  test("answers 1,000 rows and says that there are more", async () => {
    const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n";
    const more = await answered(numbers, { params: [1001] });
    expect([more.rows.length, more.cut]).toEqual([1000, true]);
    const all = await answered(numbers, { params: [1000] });
    expect([all.rows.length, all.cut]).toEqual([1000, false]);
  });

  test("stands in the X-ray with its text", async () => {
    const answer = await run("SELECT title FROM posts WHERE id = 2");
    const whole = await admin.get(`/api/x-ray/${answer.headers["x-request-id"]}`);
    expect(JSON.stringify(whole.json)).toContain("SELECT title FROM posts WHERE id = 2");
  });

  test("is ended at the deadline, and others are answered meanwhile", async () => {
    const slow = await openEngine(declaration, { queryTimeoutMs: 300 });
    try {
      const root = await signedInAs(slow, { email: "root@example.com", roles: ["admin"] });
      const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
      const [answer, other] = await Promise.all([root.post(URL, { sql: endless }), slow.get("/api/posts/1")]);
      expect([answer.status, other.status]).toEqual([503, 200]);
    } finally {
      await slow.close();
    }
  });
});

describe("tables of the server's own are closed", () => {
  test.each([
    "SELECT * FROM _servery_accounts",
    "SELECT password FROM main._SERVERY_ACCOUNTS",
    'SELECT * FROM "_servery_sessions"',
    "SELECT * FROM [_servery_keys]",
    "SELECT * FROM `_servery_api_keys`",
    "SELECT value FROM _servery",
    "SELECT (SELECT group_concat(password) FROM _servery_accounts)",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM _servery_accounts WHERE password LIKE '$argon%')",
    "WITH p AS (SELECT * FROM _servery_accounts) SELECT 1 FROM p",
    "WITH p AS MATERIALIZED (SELECT * FROM _servery_accounts) SELECT * FROM p",
    "SELECT * FROM posts UNION ALL SELECT id, password, roles, totp, 1, 2, 3, 4 FROM _servery_accounts",
    "SELECT * FROM posts JOIN /**/ _servery_accounts AS posts2 USING (id)",
    "SELECT count(*) FROM _servery_accounts",
    "SELECT max(id) FROM _servery_accounts",
    'SELECT "table", key FROM _servery_accounts INDEXED BY sqlite_autoindex__servery_accounts_1',
    "SELECT * FROM _servery_outbox",
    "SELECT * FROM _servery_audit",
    "SELECT * FROM posts WHERE title IN (SELECT password FROM _servery_accounts)",
    "SELECT id FROM posts ORDER BY (SELECT password FROM _servery_accounts LIMIT 1)",
    "SELECT * FROM posts WHERE title IN _servery_accounts",
  ])("%s", async (sql) => {
    const [status, code] = await refusal(sql);
    expect(["forbidden", "sql_refused"], `${status} ${code}`).toContain(code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await run(sql)).text).not.toContain("$argon");
  });

  test("views lead nowhere, since none can be made, and writes take nothing out", async () => {
    const before = await rowsNow();
    for (const sql of [
      "INSERT INTO posts (user_id, title) SELECT 1, password FROM _servery_accounts",
      "UPDATE posts SET title = (SELECT password FROM _servery_accounts LIMIT 1) WHERE id = 1",
      "UPDATE posts SET title = a.password FROM _servery_accounts AS a WHERE posts.id = 1",
      "DELETE FROM posts WHERE title IN (SELECT roles FROM _servery_accounts)",
      "INSERT INTO posts (user_id, title) VALUES (1, 'x') RETURNING (SELECT password FROM _servery_accounts)",
      "UPDATE _servery_accounts SET roles = '[\"admin\"]'",
      "DELETE FROM _servery_accounts",
      "DELETE FROM _servery",
      "INSERT INTO _servery_accounts (\"table\", key, created_at) VALUES ('users', '9', '')",
      "DELETE FROM _servery_audit",
      "UPDATE sqlite_sequence SET seq = 0",
      "DELETE FROM sqlite_sequence",
      "UPDATE sqlite_schema SET sql = ''",
      "INSERT INTO _servery_search_posts_ (_servery_search_posts_) VALUES ('delete-all')",
    ]) {
      for (const rows of [0, 1, 2, 3])
        expect(["forbidden", "sql_refused"], sql).toContain((await refusal(sql, { write: { rows } }))[1]);
    }
    expect(await rowsNow()).toBe(before);
    expect((await admin.get("/api/posts?q=One")).json).toHaveLength(1);
  });
});

describe("what is no statement that reads or writes rows is refused", () => {
  test.each([
    "PRAGMA journal_mode = DELETE",
    "PRAGMA query_only = OFF",
    "ATTACH '/tmp/x.db' AS x",
    "DETACH servery",
    "VACUUM",
    "VACUUM INTO '/tmp/stolen.db'",
    "CREATE TABLE a (b)",
    "CREATE TEMP VIEW v AS SELECT * FROM _servery_accounts",
    "CREATE VIRTUAL TABLE v USING fts5vocab(a, b)",
    "DROP TABLE posts",
    "ALTER TABLE posts ADD COLUMN x",
    "REINDEX",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT a",
    "RELEASE a",
    "EXPLAIN SELECT 1",
    "EXPLAIN PRAGMA journal_mode = DELETE",
    "SELECT 1; DELETE FROM posts",
    "SELECT 1; SELECT 2",
    "SELECT 1;;SELECT 2",
    "DELETE FROM posts WHERE id = 1; COMMIT; DELETE FROM posts",
    "/* ; */ SELECT 1; -- \n PRAGMA user_version",
    "",
    ";",
    "-- nothing",
    "/* never closed",
    "SELECT 'never closed",
    "SELEC 1",
    "SELECT FROM",
    "SELECT * FROM nowhere",
    "WITH a AS (SELECT 1) PRAGMA user_version",
    "WITH replace AS (SELECT 1) CREATE TABLE x (y)",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT writefile('/tmp/x', 'x')",
    "SELECT * FROM sqlite_dbpage",
    "SELECT fts3_tokenizer('a', x'00')",
    "SELECT :a",
    "SELECT ?1",
    "SELECT @a, $b",
    "SELECT ?",
    "SELECT * FROM posts\u0000; DELETE FROM posts",
    "SELECT '\ud800'",
    `SELECT ${"abs(".repeat(2000)}1${")".repeat(2000)}`,
    `SELECT '${"x".repeat(70_000)}'`,
  ])("%s", async (sql) => {
    const before = await rowsNow();
    for (const more of [{}, { write: { rows: 1 } }]) {
      const [status, code] = await refusal(sql, more);
      expect([status, code === "sql_refused" || code === "invalid_data"], code).toEqual([400, true]);
    }
    expect(await rowsNow()).toBe(before);
  });

  test.each([
    [{ sql: 1 }],
    [{}],
    [[]],
    [{ sql: "SELECT 1", nonsense: 1 }],
    [{ sql: "SELECT ?", params: {} }],
    [{ sql: "SELECT ?", params: [[]] }],
    [{ sql: "SELECT ?", params: [{}] }],
    [{ sql: "SELECT ?", params: [] }],
    [{ sql: "SELECT ?", params: [1, 2] }],
    [{ sql: "SELECT ?", params: ["\u0000"] }],
    [{ sql: "SELECT 1", params: Array.from({ length: 101 }, () => 1) }],
    [{ sql: "SELECT 1", write: { rows: 0 } }],
    [{ sql: "DELETE FROM posts", write: true }],
    [{ sql: "DELETE FROM posts", write: {} }],
    [{ sql: "DELETE FROM posts", write: { rows: -1 } }],
    [{ sql: "DELETE FROM posts", write: { rows: 1.5 } }],
    [{ sql: "DELETE FROM posts", write: { rows: "3" } }],
    [{ sql: "DELETE FROM posts", write: { rows: 3, force: true } }],
  ])("the body %j", async (json) => {
    const before = await rowsNow();
    expect((await admin.post(URL, json)).status).toBe(400);
    expect(await rowsNow()).toBe(before);
  });
});

describe("a statement that writes", () => {
  test("needs consent, and is told what it is", async () => {
    const before = await rowsNow();
    expect(await refusal("INSERT INTO posts (user_id, title) VALUES (1, 'x')")).toEqual([409, "consent_needed"]);
    expect(await detailOf("UPDATE posts SET likes = 1 WHERE id = 1")).toMatch(/^This is an UPDATE of posts\. /);
    expect(await detailOf("DELETE FROM posts")).toMatch(/^This is a DELETE of posts without WHERE: .*3 rows/);
    expect(await detailOf("UPDATE posts SET likes = (SELECT 1 WHERE 1)")).toMatch(/without WHERE: .*3 rows/);
    expect(await detailOf("WITH replace AS (SELECT 1) DELETE FROM posts")).toMatch(/without WHERE: .*3 rows/);
    expect(await rowsNow()).toBe(before);
  });

  test("is undone where it changes another number of rows", async () => {
    const before = await rowsNow();
    for (const [sql, rows] of [
      ["DELETE FROM posts", 2],
      ["DELETE FROM posts", 4],
      ["UPDATE posts SET likes = 9 WHERE id < 3", 1],
      ["UPDATE posts SET likes = 9 WHERE id < 3 RETURNING id", 3],
      ["INSERT INTO posts (user_id, title, created_at, updated_at) VALUES (1, 'x', '', '')", 0],
      ["UPDATE posts SET likes = 9 WHERE 0", 1],
    ] as const) {
      const [status, code] = await refusal(sql, { write: { rows } });
      expect([status, ["rows_differ", "sql_refused"].includes(code)], sql).toEqual(
        sql.startsWith("INSERT") ? [status, true] : [409, true],
      );
    }
    expect(await rowsNow()).toBe(before);
  });

  test("changes just those rows, and answers what it returns", async () => {
    const change = "UPDATE posts SET likes = likes + ? WHERE id = ? RETURNING id, likes";
    expect(await answered(change, { params: [5, 2], write: { rows: 1 } })).toMatchObject({
      columns: ["id", "likes"],
      rows: [[2, 5]],
      changed: 1,
    });
    expect((await engine.get("/api/posts/2")).json).toMatchObject({ likes: 5 });
    expect(await answered("UPDATE posts SET likes = 0", { write: { rows: 3 } })).toMatchObject({
      changed: 3,
      rows: [],
    });
    expect(await answered("UPDATE posts SET likes = 1 WHERE 0", { write: { rows: 0 } })).toMatchObject({ changed: 0 });
  });

  test("keeps what the database holds rows to", async () => {
    const before = await rowsNow();
    for (const sql of [
      "UPDATE posts SET user_id = 99 WHERE id = 1",
      "UPDATE users SET email = 'root@example.com' WHERE id = 1",
      "UPDATE posts SET title = NULL WHERE id = 1",
      "UPDATE posts SET likes = 'x' WHERE id = 1",
      "DELETE FROM users WHERE id = 1",
    ])
      expect(await refusal(sql, { write: { rows: 1 } }), sql).toEqual([400, "sql_refused"]);
    expect(await rowsNow()).toBe(before);
  });

  test("that never ends is ended, and nothing of it is there", async () => {
    const before = await rowsNow();
    const endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) UPDATE posts SET likes = (SELECT max(i) FROM n)";
    const answers = [run(endless, { write: { rows: 3 } }), engine.get("/api/posts/1")];
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([503, 200]);
    expect(await rowsNow()).toBe(before);
    expect((await alice.post("/api/posts", { title: "after" })).status).toBe(201);
    expect((await answered("DELETE FROM posts WHERE title = 'after'", { write: { rows: 1 } })).changed).toBe(1);
  });

  test("of many at once, each changes what it says or nothing", async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => run("UPDATE posts SET likes = likes + 1 WHERE id = 3", { write: { rows: 1 } })),
    );
    const done = answers.filter(({ status }) => status === 200).length;
    for (const { status } of answers) expect([200, 503]).toContain(status);
    expect((await engine.get("/api/posts/3")).json).toMatchObject({ likes: done });
  });
});

describe("who may", () => {
  test("administrators with a session, and nobody else, whatever they send", async () => {
    for (const json of [{ sql: "SELECT 1" }, { nonsense: 1 }, { sql: "DELETE FROM posts", write: { rows: 3 } }]) {
      expect((await engine.post(URL, json)).status).toBe(401);
      expect((await alice.post(URL, json)).status).toBe(403);
      expect((await engine.post(URL, json, { authorization: `Bearer ${key}` })).status).toBe(403);
    }
    expect((await alice.get("/openapi.json")).text).not.toContain(URL);
    expect((await admin.get(URL)).status).toBe(405);
    expect((await admin.post(`${URL}?a=1`, { sql: "SELECT 1" })).status).toBe(400);
    expect((await admin.post(URL, { sql: "SELECT 1" }, { "idempotency-key": "1" })).status).toBe(400);
  });

  test("no page of another site", async () => {
    for (const page of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example", host: "localhost:5000" },
      { origin: "null" },
    ] as Readonly<Record<string, string>>[])
      expect((await admin.post(URL, { sql: "SELECT 1" }, page)).status).toBe(403);
    expect((await admin.post(URL, { sql: "SELECT 1" }, { "sec-fetch-site": "same-origin" })).status).toBe(200);
  });
});

test("it leaves no process and no file behind", async () => {
  const folder = engine.databasePath.slice(0, -"data.db".length);
  expect(readdirSync(folder).toSorted()).toEqual(["data.db", "data.db-shm", "data.db-wal"]);
});

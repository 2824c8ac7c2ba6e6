import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type AnyDeclaration,
  compile,
  createEngine,
  everyone,
  integer,
  ref,
  servery,
  owner,
  table,
  text,
  uuid,
  view,
  type Observation,
} from "servery";
import { reasonOf } from "./reason.ts";

const READ = { read: everyone };
const users = table({ username: text(30) }).allow(READ);
const SQL = "SELECT id AS user_id, 1 AS posts FROM users";
const stats = { user_id: ref("users"), posts: integer() };
const withView = (made: AnyDeclaration["tables"][string]): AnyDeclaration =>
  servery({ tables: { users, stats: made } });

const refused: readonly [string, () => AnyDeclaration, RegExp][] = [
  ["no key", () => withView(view(stats, SQL).allow(READ)), /view stats: it has no key\. .*primaryKey\("user_id"\)/],
  [
    "a rule for writing",
    () =>
      withView(
        view(stats, SQL)
          .primaryKey("user_id")
          .allow({ read: everyone, create: everyone } as never),
      ),
    /view stats: nobody can create rows of a view/,
  ],
  [
    "a rule about an owner that it has not",
    () => withView(view(stats, SQL).primaryKey("user_id").allow({ read: owner })),
    /no owner column/,
  ],
  [
    "unique()",
    () => withView(view({ ...stats, n: integer().unique() }, SQL).primaryKey("user_id")),
    /view stats, column n: .*\.unique\(\)/,
  ],
  ["index()", () => withView(view({ ...stats, n: integer().index() }, SQL).primaryKey("user_id")), /\.index\(\)/],
  [
    "default()",
    () => withView(view({ ...stats, n: integer().default(1) }, SQL).primaryKey("user_id")),
    /\.default\(\)/,
  ],
  [
    "generated()",
    () => withView(view({ ...stats, n: uuid().generated() }, SQL).primaryKey("user_id")),
    /\.generated\(\)/,
  ],
  [
    "onDelete",
    () => withView(view({ user_id: ref("users", { onDelete: "cascade" }) }, SQL).primaryKey("user_id")),
    /view stats, column user_id: .*onDelete/,
  ],
  [
    "a table that refers to it",
    () =>
      servery({
        tables: { users, stats: view(stats, SQL).primaryKey("user_id"), notes: table({ stats_id: ref("stats") }) },
      }),
    /table notes, column stats_id: stats is a view/,
  ],
  [
    "a sum over it",
    () =>
      servery({
        tables: {
          users: table({ total: integer().sumOf("stats", "posts") }),
          stats: view(stats, SQL).primaryKey("user_id"),
        },
      }),
    /sumOf\(\) needs a table stats/,
  ],
  [
    "a key that is optional",
    () => withView(view({ user_id: integer().optional() }, SQL).primaryKey("user_id")),
    /cannot be optional/,
  ],
  [
    "a table's path",
    () => withView(view(stats, SQL, { path: "users" }).primaryKey("user_id")),
    /the path users is already that of users/,
  ],
  [
    "a computed column as the key",
    () =>
      withView(
        view(stats, SQL)
          .computed("n", integer(), [], () => 1)
          .primaryKey("n" as never),
      ),
    /n is computed, and the database does not have it/,
  ],
];

test.each(refused)("a view with %s is refused", (_, make, words) => {
  expect(reasonOf(make)).toMatch(words);
});

/** What ends a start on a new file, and whether the file has tables afterwards. */
async function startOf(declaration: AnyDeclaration): Promise<{ reason: string; tables: unknown[] }> {
  const folder = mkdtempSync(join(tmpdir(), "servery-views-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const database = `sqlite:${folder}/data.db`;
  let reason = "it started";
  try {
    await (await createEngine(compile(declaration), { database })).close();
  } catch (error) {
    reason = (error as Error).message;
  }
  expect(existsSync(`${folder}/data.db`)).toBe(true);
  // The corrected declaration can use the same file.
  const observed: Observation[] = [];
  const engine = await createEngine(compile(withView(view(stats, SQL).primaryKey("user_id").allow(READ))), {
    database,
    observe: (observation) => observed.push(observation),
  }).catch((error: unknown) => error as Error);
  if (engine instanceof Error) return { reason, tables: [engine.message] };
  const answer = await engine.handle({ method: "GET", url: "/api/stats" });
  await engine.close();
  return { reason, tables: [answer.body] };
}

describe("a query that is wrong ends the start, and leaves the file as it is", () => {
  const queried = (sql: Parameters<typeof view>[1]): AnyDeclaration =>
    withView(view(stats, sql).primaryKey("user_id").allow(READ));
  test.each([
    ["no SQL", "SELEC 1", /view stats: SQLite does not take its query: near "SELEC": syntax error/],
    ["nothing", "", /view stats: SQLite does not take its query/],
    ["a table that is not there", "SELECT id AS user_id, 1 AS posts FROM user", /no such table: user/],
    ["a column that is not there", "SELECT idd AS user_id, 1 AS posts FROM users", /no such column: idd/],
    ["a function that is not there", "SELECT id AS user_id, nope(1) AS posts FROM users", /no such function: nope/],
    ["two statements", "SELECT id AS user_id, 1 AS posts FROM users; DROP TABLE users", /syntax error/],
    ["a place for a value", "SELECT id AS user_id, ? AS posts FROM users", /parameters are not allowed/],
    ["a statement that writes", "DELETE FROM users", /syntax error/],
    ["Servery's own table", "SELECT key AS user_id, value AS posts FROM _servery", /no such table: _servery/],
    [
      "a column too few",
      "SELECT id AS user_id FROM users",
      /view stats: its query answers no posts\. Name it in the query: SELECT … AS posts/,
    ],
    ["a misspelt column", "SELECT id AS user_id, 1 AS post FROM users", /answers no posts\. Did you mean post\?/],
    ["another case", "SELECT id AS User_id, 1 AS posts FROM users", /answers no user_id\. Did you mean User_id\?/],
    [
      "columns too many",
      "SELECT id AS user_id, 1 AS posts, 2 AS a, 3 AS b FROM users",
      /answers a, b, which the view does not declare/,
    ],
    ["a column twice", "SELECT id AS user_id, 1 AS posts, 2 AS posts FROM users", /answers posts:1, which/],
    ["no text for SQLite", { postgres: SQL }, /view stats: it has no query for SQLite/],
  ] as const)("%s", async (_, sql, words) => {
    const { reason, tables } = await startOf(queried(sql));
    expect(reason).toMatch(words);
    expect(tables).toEqual(["[]"]);
  });

  test.each([
    ["a semicolon at the end", `${SQL};\n`],
    ["a comment at the end", `${SQL} -- the end`],
    ["one text for SQLite", { sqlite: SQL }],
    ["a WITH", `WITH x AS (SELECT id FROM users) SELECT id AS user_id, 1 AS posts FROM x`],
    ["its columns in another order", "SELECT 1 AS posts, id AS user_id FROM users"],
  ] as const)("but %s is fine", async (_, sql) => {
    expect((await startOf(queried(sql))).reason).toBe("it started");
  });

  test("a view sees those before it, and not those behind it", async () => {
    const first = view({ a: integer() }, "SELECT 1 AS a").primaryKey("a");
    const second = view({ a: integer() }, "SELECT a FROM first").primaryKey("a");
    expect((await startOf(servery({ tables: { first, second } }))).reason).toBe("it started");
    expect((await startOf(servery({ tables: { second, first } }))).reason).toMatch(
      /view second: .*no such table: first/,
    );
  });

  test("another query is another schema", async () => {
    const { reason, tables } = await startOf(queried("SELECT id AS user_id, 2 AS posts FROM users"));
    expect(reason).toBe("it started");
    expect(tables).toEqual([expect.stringContaining("made from another declaration")]);
  });

  test("first rows belong into tables", async () => {
    const seed = (): Iterable<{ table: string; rows: { user_id: number; posts: number }[] }> => [
      { table: "stats", rows: [{ user_id: 1, posts: 1 }] },
    ];
    expect((await startOf({ ...queried(SQL), seed })).reason).toMatch(/seed: stats is a view/);
  });
});

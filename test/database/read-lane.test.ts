import { expect, test } from "vitest";
import type { SqlRead, Stored } from "#servery/database/database.js";
import { Connection, prepareFile } from "#servery/database/sqlite/connection.js";
import { MAIN_THREAD_MS, MAIN_THREAD_ROWS, ReadLane } from "#servery/database/sqlite/read-lane.js";
import { describeEachAdapter } from "./adapters.ts";
import { pause } from "./statements.ts";
import { temporaryFolder } from "./temporary.ts";

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT) STRICT;
  CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), category TEXT, likes INTEGER, created_at TEXT) STRICT;
  CREATE INDEX posts_page ON posts (created_at, id);
  CREATE INDEX posts_user ON posts (user_id);
  CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5 (word);
`;

/** Fills a table with rows made of `n`, which counts from 1. */
const fill = (table: string, row: string, rows: number) =>
  `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${rows}) INSERT INTO ${table} SELECT ${row} FROM n`;

const fillPosts = (rows: number) =>
  fill("posts (user_id, category, likes, created_at)", "n % 100, 'c' || n % 7, n, n", rows);
const fillUsers = fill("users (id, name)", "n - 1, 'user ' || n", 100);
const fillPairs = (rows: number) => fill("pairs (a, b)", "n, n", rows);

describeEachAdapter("the lane of a read", ({ driver }) => {
  /** A lane over a new database, whose reads elsewhere are only counted. */
  function openLane(
    statements: readonly string[] = [],
    { mainThreadMs = 10_000, elsewhereMs = 100, now = (): number => performance.now() } = {},
  ) {
    const path = `${temporaryFolder()}/test.db`;
    prepareFile({ driver, path });
    const writer = new Connection({ driver, path, role: "writer" });
    writer.exec(schema);
    for (const sql of statements) writer.exec(sql);
    const connection = new Connection({ driver, path, role: "main" });
    const readElsewhere = async () => Promise.resolve({ rows: [["elsewhere"]], milliseconds: elsewhereMs });
    const lane = new ReadLane({ connection, readElsewhere, mainThreadMs, now });
    const laneOf = async (read: SqlRead, params: readonly Stored[] = []) => {
      const rows = lane.read(read, params);
      return rows instanceof Promise ? (await rows)[0]?.[0] : "here";
    };
    const close = () => {
      connection.close();
      writer.close();
    };
    return { lane, laneOf, writer, close };
  }

  /** On a crowded machine a fast read takes long by the clock, and no more work. */
  const processorMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };

  const page = "SELECT id, created_at FROM posts ORDER BY created_at DESC, id DESC LIMIT ?";
  const author = "(SELECT name FROM users u WHERE u.id = p.user_id)";
  const shapes: [name: string, sql: string, expected: { lane: "here" | "elsewhere"; filtered?: true }][] = [
    ["one row by its key", "SELECT * FROM posts WHERE id = ?", { lane: "here" }],
    ["a page in the order of an index", page, { lane: "here" }],
    ["a page in the order of the key", "SELECT id FROM posts ORDER BY id DESC LIMIT ?", { lane: "here" }],
    ["a page as JSON", `SELECT json_group_array(json_object('id', id)) FROM (${page})`, { lane: "here" }],
    [
      "a page as JSON with the key of the next",
      `SELECT json_group_array(id), (${page.replace("?", "1 OFFSET 20")}) FROM (${page})`.replace(
        "id, created_at FROM",
        "id FROM",
      ),
      { lane: "here" },
    ],
    [
      "a page that an index filters",
      "SELECT id FROM posts WHERE user_id = ? ORDER BY id DESC LIMIT 20",
      { lane: "here", filtered: true },
    ],
    [
      "a page that no index filters",
      "SELECT id FROM posts WHERE likes = ? ORDER BY created_at DESC, id DESC LIMIT 20",
      { lane: "elsewhere", filtered: true },
    ],
    [
      "a range with a limit",
      "SELECT id FROM posts WHERE created_at < ? ORDER BY created_at LIMIT 20",
      { lane: "here", filtered: true },
    ],
    [
      "a range without one",
      "SELECT id FROM posts WHERE created_at < ? ORDER BY created_at",
      { lane: "elsewhere", filtered: true },
    ],
    [
      "a page with an author each",
      `SELECT p.id, ${author} FROM (SELECT * FROM posts ORDER BY created_at DESC, id DESC LIMIT ?) p`,
      { lane: "here" },
    ],
    [
      "a page with the last posts of each user",
      "SELECT u.id, (SELECT json_group_array(x.id) FROM (SELECT id FROM posts WHERE user_id = u.id ORDER BY likes LIMIT 3) x) FROM users u ORDER BY u.id LIMIT ?",
      { lane: "here" },
    ],
    ["a page from a common table expression", `WITH page AS (${page}) SELECT count(*) FROM page`, { lane: "here" }],
    ["rows without a table", "SELECT value FROM json_each(?)", { lane: "here" }],
    ["a count", "SELECT count(*) FROM posts WHERE likes >= ?", { lane: "elsewhere" }],
    ["a sort without an index", "SELECT id FROM posts ORDER BY likes LIMIT ?", { lane: "elsewhere" }],
    [
      "a sort of what an index found",
      "SELECT id FROM posts WHERE user_id = ? ORDER BY likes LIMIT 5",
      { lane: "elsewhere" },
    ],
    ["all rows", "SELECT id FROM posts WHERE category <> ?", { lane: "elsewhere" }],
    ["a group", "SELECT category, count(*) FROM posts WHERE id > ? GROUP BY category", { lane: "elsewhere" }],
    [
      "a scan for each row of a page",
      "SELECT u.id, (SELECT max(likes) FROM posts WHERE likes < u.id) FROM users u WHERE u.id < ? LIMIT 20",
      { lane: "elsewhere" },
    ],
    [
      "two tables without a key between them",
      "SELECT p.id FROM users u, posts p WHERE p.category > u.name LIMIT ?",
      { lane: "elsewhere" },
    ],
    [
      "two tables joined by an index that is made for it",
      "SELECT p.id FROM users u JOIN posts p ON p.category = u.name LIMIT ?",
      { lane: "elsewhere" },
    ],
    ["the largest of a column without an index", "SELECT max(likes) FROM posts WHERE likes < ?", { lane: "elsewhere" }],
    [
      "a condition that scans",
      "SELECT id FROM users WHERE EXISTS (SELECT 1 FROM posts WHERE likes = ?) LIMIT 20",
      { lane: "elsewhere", filtered: true },
    ],
  ];

  test.each(shapes)("%s, in a large table", async (_, sql, { lane, ...shape }) => {
    const { laneOf, close } = openLane([fillUsers, fillPosts(MAIN_THREAD_ROWS + 1)]);
    const params = sql.includes("?") ? [sql.includes("json_each") ? "[1]" : 20] : [];
    for (let round = 0; round < 3; round++) expect(await laneOf({ sql, scans: false, ...shape }, params)).toBe(lane);
    close();
  });

  test.each(shapes)("%s, in a small table, stays here", async (_, sql) => {
    const { laneOf, close } = openLane([fillUsers, fillPosts(500)]);
    const params = sql.includes("?") ? [sql.includes("json_each") ? "[1]" : 20] : [];
    for (const scans of [false, true]) expect(await laneOf({ sql, scans }, params)).toBe("here");
    close();
  });

  test("who says that a read scans is believed, once the table is large", async () => {
    const { laneOf, writer, close } = openLane([fillUsers, fillPosts(MAIN_THREAD_ROWS)]);
    const read = { sql: page, scans: true };
    expect(await laneOf(read, [20])).toBe("here");
    writer.exec(fillPosts(1));
    // The estimate is at most a second old.
    await pause(1_050);
    expect(await laneOf(read, [20])).toBe("elsewhere");
    close();
  });

  test("tables without row ids are counted, and a search index counts as large", async () => {
    const pairs = { sql: "SELECT count(*) FROM pairs WHERE b > ?", scans: true };
    const small = openLane([fillPairs(MAIN_THREAD_ROWS)]);
    expect(await small.laneOf(pairs, [1])).toBe("here");
    small.close();
    const large = openLane([fillPairs(MAIN_THREAD_ROWS + 1)]);
    expect(await large.laneOf(pairs, [1])).toBe("elsewhere");
    const words = "SELECT count(*) FROM words WHERE words MATCH ?";
    expect(await large.laneOf({ sql: words, scans: true }, ["x"])).toBe("elsewhere");
    expect(await large.laneOf({ sql: `${words} LIMIT 5`, scans: false }, ["x"])).toBe("here");
    large.close();
  });

  const counting = {
    sql: "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?) SELECT max(n) FROM n",
    scans: false,
  };

  test("a read that took long here goes elsewhere from then on", async () => {
    const { lane, laneOf, close } = openLane([], { mainThreadMs: MAIN_THREAD_MS, now: processorMs });
    expect(await laneOf(counting, [10])).toBe("here");
    const started = processorMs();
    expect(await laneOf(counting, [3_000_000])).toBe("here");
    expect(processorMs() - started).toBeGreaterThan(100);
    for (let round = 0; round < 20; round++) expect(await laneOf(counting, [10])).toBe("elsewhere");
    expect(await laneOf({ ...counting, sql: `${counting.sql} LIMIT 1` }, [10])).toBe("here");
    lane.forget();
    expect(await laneOf(counting, [10])).toBe("here");
    close();
  });

  test("it comes back once it was fast there several times in a row", async () => {
    const { laneOf, close } = openLane([], { mainThreadMs: MAIN_THREAD_MS, elsewhereMs: 1, now: processorMs });
    expect(await laneOf(counting, [3_000_000])).toBe("here");
    for (let round = 0; round < 8; round++) expect(await laneOf(counting, [10])).toBe("elsewhere");
    expect(await laneOf(counting, [10])).toBe("here");
    close();
  });

  test("a short pause now and then does not send a fast read away", async () => {
    // The clock is looked at before a run and after it.
    let [time, took] = [0, 0];
    const { laneOf, close } = openLane([], { mainThreadMs: MAIN_THREAD_MS, now: () => (time += took) });
    for (let round = 0; round < 40; round++) {
      took = 60;
      expect(await laneOf(counting, [10])).toBe("here");
      took = 1;
      for (let fast = 0; fast < 60; fast++) expect(await laneOf(counting, [10])).toBe("here");
    }
    took = 60;
    for (let round = 0; round < 2; round++) expect(await laneOf(counting, [10])).toBe("here");
    expect(await laneOf(counting, [10])).toBe("elsewhere");
    close();
  });

  test("a read that cannot run throws what hinders it", () => {
    const { lane, close } = openLane();
    expect(() => lane.read({ sql: "SELECT * FROM nowhere", scans: false }, [])).toThrow(
      expect.objectContaining({
        name: "DatabaseError",
        failure: expect.objectContaining({ kind: "other" }) as object,
      }) as Error,
    );
    close();
  });
});

import { expect, test } from "vitest";
import { everyone, integer, ref, servery, table, text, view } from "servery";
import { compileRead } from "#servery/database/sql/compile-read.js";
import { Connection, prepareFile } from "#servery/database/sqlite/connection.js";
import { createViews } from "#servery/database/sqlite/create-view.js";
import { sqliteDialect, tableStatements } from "#servery/database/sqlite/dialect.js";
import { MAIN_THREAD_ROWS, ReadLane } from "#servery/database/sqlite/read-lane.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { allOf } from "#servery/schema/filter.js";
import { tableOf } from "#servery/schema/model.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import { storedTable } from "#servery/schema/stored-schema.js";
import { bindCaller } from "#servery/repository/bind-read.js";
import { openEngine } from "../harness/open-engine.ts";
import { columnOf, rowOf } from "../api/answers.ts";
import { openRaw } from "../validation/raw-file.ts";
import { describeEachAdapter } from "./adapters.ts";
import { temporaryFolder } from "./temporary.ts";

const READ = { read: everyone };
const bare = { created_at: false, updated_at: false } as const;
const blog = servery({
  tables: {
    users: table({ name: text(20) }, bare).allow(READ),
    posts: table({ user_id: ref("users"), likes: integer() }, bare).allow(READ),
    // One walk of the table, without a sort: nothing but the limit seems to bound it.
    total: view({ n: integer() }, "SELECT count(*) AS n FROM posts").primaryKey("n").allow(READ),
    copies: view({ post_id: integer(), likes: integer() }, "SELECT id AS post_id, likes FROM posts")
      .primaryKey("post_id")
      .allow(READ),
    stats: view(
      { user_id: ref("users"), posts: integer() },
      "SELECT user_id, count(*) AS posts FROM posts GROUP BY user_id",
    )
      .primaryKey("user_id")
      .allow(READ),
  },
});
const fillUsers =
  "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 50) INSERT INTO users (name) SELECT n FROM n";
const fillPosts = (rows: number): string =>
  `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${rows}) INSERT INTO posts (user_id, likes) SELECT n % 50 + 1, n FROM n`;

describeEachAdapter("the lane of a view", ({ driver, preference }) => {
  const model = resolveSchema(blog);

  async function lanes(rows: number): Promise<Record<string, string>> {
    const path = `${temporaryFolder()}/test.db`;
    const database = await openSqlite({ path, driver: preference });
    const models = [...model.tables.values()];
    const tables = models
      .filter((each) => each.view === undefined)
      .flatMap((each) => tableStatements(storedTable(each)));
    await database.define([...tables, ...createViews(database, { tables, models })]);
    await database.close();
    prepareFile({ driver, path });
    const writer = new Connection({ driver, path, role: "writer" });
    for (const sql of [fillUsers, fillPosts(rows)]) writer.exec(sql);
    const connection = new Connection({ driver, path, role: "main" });
    const lane = new ReadLane({
      connection,
      readElsewhere: async () => Promise.resolve({ rows: [], milliseconds: 1 }),
      mainThreadMs: 10_000,
    });
    const laneOf = (name: string, by?: string): string => {
      const read = tableOf(model, name);
      const column = read.column.get(by ?? "");
      const sort = read.key.map((key) => ({ path: [], column: key, descending: true }));
      const where =
        column === undefined ? allOf() : ({ is: "compare", column, operator: "eq", value: { caller: 0 } } as const);
      const compiled = compileRead(
        {
          read: "list",
          table: read,
          columns: read.columns,
          includes: [],
          where,
          sort,
          limit: 20,
          offset: false,
          after: undefined,
          search: undefined,
        },
        sqliteDialect,
      );
      const params = bindCaller(compiled.binds, [7]);
      return lane.read(compiled.read, params) instanceof Promise ? "elsewhere" : "here";
    };
    const found = {
      total: laneOf("total"),
      copies: laneOf("copies"),
      stats: laneOf("stats"),
      "a copy by its key": laneOf("copies", "post_id"),
      "a copy by a column without index": laneOf("copies", "likes"),
    };
    connection.close();
    writer.close();
    return found;
  }

  test("over a large table it is read elsewhere, unless a key finds its rows", async () => {
    expect(await lanes(MAIN_THREAD_ROWS + 1)).toEqual({
      total: "elsewhere",
      copies: "elsewhere",
      stats: "elsewhere",
      "a copy by its key": "here",
      "a copy by a column without index": "elsewhere",
    });
  });

  test("over a small one it stays here", async () => {
    expect(new Set(Object.values(await lanes(500)))).toEqual(new Set(["here"]));
  });
});

test("a view over a large table answers like any other, with its includes and its count", async () => {
  const engine = await openEngine(blog);
  const file = await openRaw(engine.databasePath);
  for (const sql of [fillUsers, fillPosts(MAIN_THREAD_ROWS + 50)]) file.run(sql);
  file.close();
  const list = await engine.get("/api/stats?limit=3&sort=user_id&include=user&count=exact");
  expect(columnOf(list, "posts")).toEqual([201, 201, 201]);
  expect(list.headers["x-total-count"]).toBe("50");
  expect(rowOf(await engine.get("/api/users/50?include=stats"))["stats"]).toEqual([{ user_id: 50, posts: 201 }]);
  expect(columnOf(await engine.get("/api/total"), "n")).toEqual([MAIN_THREAD_ROWS + 50]);
  expect(engine.faults).toEqual([]);
  await engine.close();
});

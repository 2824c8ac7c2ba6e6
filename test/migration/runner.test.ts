import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { integer, longText, ref, table, text, view } from "servery";
import { describeEachAdapter } from "../database/adapters.ts";
import { folderWorld, namesOf } from "./folder-world.ts";
import { TIMES } from "./world.ts";

const users = table({ name: text(30) });
const columns = {
  user_id: ref("users", { as: "user", reverse: "posts" }),
  title: text(100),
  body: longText().optional(),
};
const posts = table(columns);
const ROWS = [
  `INSERT INTO users (name, created_at, updated_at) VALUES ('ann', ${TIMES})`,
  `INSERT INTO posts (user_id, title, created_at, updated_at) VALUES (1, 'first', ${TIMES}), (1, 'second', ${TIMES})`,
];

describeEachAdapter("migrations", (adapter) => {
  test("G01 a failure at statement 3 of 5 undoes that file alone, and names the place", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users, posts });
    await world.up();
    world.byHand(...ROWS);
    world.write("0002_log.sql", "CREATE TABLE log (x);\nINSERT INTO log VALUES (1);");
    world.write(
      "0003_five.sql",
      "-- five\nUPDATE posts SET title = 'a';\nINSERT INTO log VALUES (2);\n\nUPDATE posts\n  SET user_id = NULL;\nDELETE FROM log;\nSELECT 1;\n",
    );
    await expect(world.up()).rejects.toThrow(
      /^migrations\/0003_five\.sql, statement 3 of 5 \(line 5\): NOT NULL constraint failed: posts\.user_id, in: UPDATE posts\. Nothing of this file was kept/,
    );
    expect(world.rows("SELECT x FROM log")).toEqual([[1]]);
    expect(world.rows("SELECT title FROM posts ORDER BY id")).toEqual([["first"], ["second"]]);
    expect(world.rows("SELECT number FROM _servery_migrations")).toEqual([[1], [2]]);
    world.write("0003_five.sql", "INSERT INTO log VALUES (3);");
    expect(namesOf(await world.up(), "applied")).toEqual(["0003_five.sql"]);
    expect(world.rows("SELECT x FROM log")).toEqual([[1], [3]]);
  });

  test("rows that would refer to missing ones keep a file from being applied", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users, posts });
    await world.up();
    world.byHand(...ROWS);
    world.write("0002_purge.sql", "DELETE FROM users;");
    await expect(world.up()).rejects.toThrow(
      /0002_purge\.sql: afterwards 2 rows of posts refer to rows of users that are missing/,
    );
    expect(world.rows("SELECT count(*) FROM users")).toEqual([[1]]);
  });

  test("an optional reference is added to a table with rows, and holds", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users, posts });
    await world.up();
    world.byHand(...ROWS);
    const edited = table({ ...columns, editor_id: ref("users", { as: "editor", reverse: "edited" }).optional() });
    await world.generate({ users, posts: edited });
    expect(namesOf(await world.up(), "applied")).toEqual(["0002_change_posts.sql"]);
    expect(world.rows("SELECT id, editor_id FROM posts ORDER BY id")).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(() => world.byHand("UPDATE posts SET editor_id = 9")).toThrow(/FOREIGN KEY/);
    await world.generate({ users, posts: edited });
    expect(namesOf(await world.up(), "applied")).toEqual([]);
  });

  test.each([
    "COMMIT",
    "begin",
    "ROLLBACK",
    "END",
    "SAVEPOINT a",
    "VACUUM",
    "ATTACH 'x' AS y",
    "PRAGMA foreign_keys = OFF",
  ])("%s is refused before anything runs", async (statement) => {
    const world = folderWorld(adapter);
    await world.generate({ users });
    world.write("0002_ends.sql", `CREATE TABLE a (b);\n${statement};`);
    await world.up({ to: 1 });
    await expect(world.up()).rejects.toThrow(/migrations\/0002_ends\.sql, line 2: /);
    expect(world.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'a'")).toEqual([[0]]);
  });

  test("a statement that ends the transaction by itself fails, and nothing is recorded", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users });
    await world.up();
    world.write(
      "0002_ends.sql",
      "CREATE TABLE a (b UNIQUE);\nINSERT INTO a VALUES (1);\nINSERT OR ROLLBACK INTO a VALUES (1);",
    );
    await expect(world.up()).rejects.toThrow("statement 3 of 3");
    expect(world.rows("SELECT count(*) FROM _servery_migrations")).toEqual([[1]]);
    expect(world.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'a'")).toEqual([[0]]);
  });

  test("SQL by hand that changes declared tables is named, and own tables beside them are not", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users, posts });
    await world.up();
    const refused = async (sql: string): Promise<unknown> => {
      world.write("0002_hand.sql", sql);
      return world.up().catch((error: unknown) => error);
    };
    for (const [sql, said] of [
      ["ALTER TABLE users ADD COLUMN extra TEXT;", 'table users has "extra text", which is not declared'],
      ["ALTER TABLE posts DROP COLUMN body;", "table posts lacks"],
      ["DROP INDEX users_created_at_id;", "index users_created_at_id is missing"],
      ["DROP TABLE posts;", "table posts is missing"],
    ] as const) {
      expect(String(await refused(sql)), sql).toContain(said);
      expect(world.rows("SELECT count(*) FROM _servery_migrations")).toEqual([[1]]);
    }
    world.write(
      "0002_hand.sql",
      "CREATE TABLE audit (what TEXT); CREATE INDEX by_name ON users (name); CREATE VIEW names AS SELECT name FROM users;",
    );
    expect(namesOf(await world.up(), "applied")).toEqual(["0002_hand.sql"]);
  });

  test("G04 edited, missing and late files are refused by name; other line ends are no edit", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users });
    world.write("0003_three.sql", "CREATE TABLE three (a);");
    await world.up();
    const first = join(world.folder, "migrations", "0001_create_users.sql");
    const original = readFileSync(first, "utf8");
    writeFileSync(first, original.replaceAll("\n", "\r\n"));
    expect(await world.up()).toEqual([]);
    appendFileSync(first, "-- more\n");
    await expect(world.up()).rejects.toThrow(
      "migrations/0001_create_users.sql: it was changed after this database had applied it",
    );
    writeFileSync(first, original);
    const third = join(world.folder, "migrations", "0003_three.sql");
    renameSync(third, `${third}.away`);
    await expect(world.up()).rejects.toThrow(
      /0003_three\.sql: this database has applied it, but the folder does not have it/,
    );
    renameSync(`${third}.away`, third);
    world.write("0002_two.sql", "CREATE TABLE two (a);");
    await expect(world.up()).rejects.toThrow(/0002_two\.sql: it comes before 0003_three\.sql.*number 0004/);
    rmSync(join(world.folder, "migrations", "0002_two.sql"));
    expect(await world.up()).toEqual([]);
  });

  test("a database that something else has changed is not touched", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users });
    await world.up();
    await world.generate({ users: table({ name: text(30), age: integer().optional() }) });
    world.byHand("UPDATE _servery SET value = '{\"tables\":[],\"views\":[]}' WHERE key = 'schema'");
    await expect(world.up()).rejects.toThrow(/its tables are not those that 0002_change_users\.sql begins with/);
  });

  test("G07 what loses values copies the database first, and the copy can take its place", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users, posts });
    await world.up();
    world.byHand(...ROWS, "UPDATE posts SET body = 'precious'");
    await world.generate({ users, posts: table({ user_id: ref("users"), title: text(100) }) });
    const events = await world.up();
    const copy = `${world.database}.before-0002`;
    expect(events).toContainEqual(expect.objectContaining({ is: "copied", path: copy }));
    expect(existsSync(`${copy}.part`)).toBe(false);
    for (const end of ["-wal", "-shm"]) rmSync(`${world.database}${end}`, { force: true });
    renameSync(copy, world.database);
    expect(world.rows("PRAGMA integrity_check")).toEqual([["ok"]]);
    expect(world.rows("SELECT title, body FROM posts ORDER BY id")).toEqual([
      ["first", "precious"],
      ["second", "precious"],
    ]);
    // The restored database is where it was before, and goes the same way again.
    expect(namesOf(await world.up({ copies: false }), "applied")).toEqual(["0002_change_posts.sql"]);
    expect(existsSync(copy)).toBe(false);
  });

  test("triggers, indexes and views that nobody declared outlive the rebuild of their table", async () => {
    const world = folderWorld(adapter);
    const titles = view({ id: integer(), title: text(100) }, "SELECT id, title FROM posts").primaryKey("id");
    await world.generate({ users, posts, titles });
    await world.up();
    world.byHand(
      ...ROWS,
      "CREATE TABLE log (x)",
      "CREATE INDEX mine ON posts (title COLLATE NOCASE) WHERE title > 'a'",
      "CREATE TRIGGER on_post AFTER UPDATE ON posts BEGIN INSERT INTO log VALUES (new.title); END",
      "CREATE TRIGGER on_user AFTER INSERT ON users BEGIN UPDATE posts SET title = title; END",
      "CREATE VIEW v AS SELECT title FROM posts",
      "CREATE VIEW w AS SELECT v.title, t.id FROM v, titles t",
      "CREATE TRIGGER on_view INSTEAD OF INSERT ON v BEGIN INSERT INTO log VALUES ('v'); END",
    );
    const own =
      "SELECT name, sql FROM sqlite_schema WHERE name IN ('mine', 'on_post', 'on_user', 'v', 'w', 'on_view') ORDER BY name";
    const before = world.rows(own);
    await world.generate({ users, titles, posts: table({ user_id: ref("users"), title: text(120) }) });
    await world.up();
    expect(before).toHaveLength(6);
    expect(world.rows(own)).toEqual(before);
    world.byHand(
      `INSERT INTO users (name, created_at, updated_at) VALUES ('bob', ${TIMES})`,
      "INSERT INTO v VALUES ('x')",
    );
    expect(world.rows("SELECT x FROM log")).toEqual([["first"], ["second"], ["v"]]);
    expect(world.rows("SELECT count(*) FROM w")).toEqual([[4]]);
    expect(world.rows("PRAGMA foreign_key_check")).toEqual([]);
  });

  test.each([
    ["CREATE TRIGGER mine AFTER UPDATE ON posts BEGIN SELECT new.body; END", "trigger mine: "],
    ["CREATE INDEX mine ON posts (body)", "index mine: "],
    ["CREATE VIEW mine AS SELECT body FROM posts", "view mine: "],
  ])("%s does not fit any more: nothing is changed, and it is named", async (sql, said) => {
    const world = folderWorld(adapter);
    await world.generate({ users, posts });
    await world.up();
    world.byHand(...ROWS, sql);
    await world.generate({ users, posts: table({ user_id: ref("users"), title: text(100) }) });
    await expect(world.up()).rejects.toThrow(said);
    expect(world.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'mine'")).toEqual([[1]]);
    expect(world.rows("SELECT count(body) FROM posts")).toEqual([[0]]);
  });

  test("a trigger of a table that gets a new name is not lost in silence", async () => {
    const world = folderWorld(adapter);
    await world.generate({ users });
    await world.up();
    world.byHand("CREATE TRIGGER mine AFTER INSERT ON users BEGIN SELECT 1; END");
    await world.generate({ people: table({ name: text(30) }).was("users") });
    await expect(world.up()).rejects.toThrow("trigger mine");
    expect(world.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'mine'")).toEqual([[1]]);
  });
});

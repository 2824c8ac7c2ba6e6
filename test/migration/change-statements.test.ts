import { boolean, decimal, email, integer, longText, ref, servery, table, text, timestamp, uuid } from "servery";
import { expect, onTestFinished, test } from "vitest";
import { describeChanges } from "#servery/database/migration/describe-changes.js";
import { schemaDifference } from "#servery/database/migration/difference.js";
import type { SchemaDifference } from "#servery/database/migration/schema-change.js";
import { changeStatements } from "#servery/database/sqlite/change-statements.js";
import { Connection } from "#servery/database/sqlite/connection.js";
import { createTable } from "#servery/database/sqlite/create-table.js";
import { defineSchema } from "#servery/database/sqlite/define-schema.js";
import { rowQuestions } from "#servery/database/sqlite/row-questions.js";
import { createSearchIndex } from "#servery/database/sqlite/search-index.js";
import type { AnyDeclaration } from "#servery/schema/application.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import { renamesOf, type StoredSchema, storedSchema } from "#servery/schema/stored-schema.js";
import type { AnyTable } from "#servery/schema/table.js";
import { describeEachAdapter } from "../database/adapters.ts";
import { contents } from "./introspect.ts";

const PLAIN = { created_at: false, updated_at: false } as const;
type Tables = Readonly<Record<string, AnyTable>>;

function storedOf(tables: Tables): StoredSchema {
  return storedSchema(resolveSchema(servery({ tables }) as AnyDeclaration), "sqlite");
}

function differenceOf(from: Tables, to: Tables): SchemaDifference {
  return schemaDifference(storedOf(from), storedOf(to), renamesOf(resolveSchema(servery({ tables: to }))));
}

/** What stands in the way, as a person reads it. */
function findings(connection: Connection, difference: SchemaDifference): string[] {
  return rowQuestions(difference).flatMap(({ table: name, finding, sql }) => {
    const count = connection.query(sql)[0]?.[0];
    return count === 0 ? [] : [`${String(count)} rows of ${name} ${finding}`];
  });
}

describeEachAdapter("a change of the schema", ({ driver }) => {
  function opened(tables: Tables, ...rows: string[]): Connection {
    const connection = new Connection({ driver, path: ":memory:", role: "writer" });
    onTestFinished(() => connection.close());
    for (const one of storedOf(tables).tables)
      for (const sql of [...createTable(one), ...createSearchIndex(one)]) connection.exec(sql);
    for (const sql of rows) connection.exec(sql);
    return connection;
  }

  test("only adds an index where only an index is new", () => {
    const from = { posts: table({ title: text(20) }, PLAIN) };
    const to = { posts: table({ title: text(20).index() }, PLAIN) };
    const difference = differenceOf(from, to);
    expect(changeStatements(difference)).toEqual(['CREATE INDEX "posts_title_id" ON "posts" ("title", "id" DESC)']);
    expect(describeChanges(difference)).toEqual(["+ index posts_title_id"]);
    expect(changeStatements(differenceOf(to, from))).toEqual(['DROP INDEX "posts_title_id"']);
  });

  test("adds a column to the rows as they lie there, where that gives them what they should have", () => {
    const from = { posts: table({ title: text(20) }, PLAIN) };
    const to = {
      posts: table({ title: text(20), likes: integer().default(3), parent_id: ref("posts").optional() }, PLAIN),
    };
    const difference = differenceOf(from, to);
    const statements = changeStatements(difference);
    expect(statements.map((sql) => sql.slice(0, 32))).toEqual([
      'ALTER TABLE "posts" ADD COLUMN "',
      'ALTER TABLE "posts" ADD COLUMN "',
      'CREATE INDEX "posts_parent_id_id',
    ]);
    const connection = opened(from, "INSERT INTO posts (title) VALUES ('a')");
    expect(defineSchema(connection, statements)).toBe(undefined);
    expect(connection.query("SELECT likes, parent_id FROM posts")).toEqual([[3, null]]);
  });

  test("gives the rows that are there a moment or a UUID of their own, where the server fills the column", () => {
    const from = { posts: table({ title: text(20) }, PLAIN) };
    const to = { posts: table({ title: text(20), token: uuid().generated().optional() }, { updated_at: false }) };
    const difference = differenceOf(from, to);
    const connection = opened(from, "INSERT INTO posts (title) VALUES ('a'), ('b')");
    expect(findings(connection, difference)).toEqual([]);
    const before = new Date().toISOString();
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    const rows = connection.query("SELECT token, created_at FROM posts");
    expect(new Set(rows.map(([token]) => token)).size).toBe(2);
    expect(rows.every(([token]) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/.test(String(token)))).toBe(true);
    expect(rows.every(([, time]) => String(time) >= before)).toBe(true);
  });

  test("keeps rows, ids that were used, words and what refers to a table whose name is another", () => {
    const notes = table({ post_id: ref("posts"), parent_id: ref("notes", { onDelete: "cascade" }).optional() }, PLAIN);
    const from = { posts: table({ name: text(20).search() }, PLAIN), notes };
    const to = {
      articles: table({ title: text(20).search().was("name") }, PLAIN).was("posts"),
      notes: table(
        {
          article_id: ref("articles").was("post_id"),
          parent_id: ref("notes", { onDelete: "cascade" }).optional(),
        },
        PLAIN,
      ),
    };
    const difference = differenceOf(from, to);
    expect(difference.losses).toEqual([]);
    expect(describeChanges(difference)).toEqual([
      "~ table posts becomes articles: column name becomes title",
      "~ table notes: column post_id becomes article_id, column article_id refers to articles.id",
    ]);
    const connection = opened(
      from,
      "INSERT INTO posts (name) VALUES ('one'), ('two'), ('three')",
      "INSERT INTO notes (post_id, parent_id) VALUES (1, NULL), (2, 1)",
      "DELETE FROM posts WHERE id = 3",
    );
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    connection.exec("INSERT INTO articles (title) VALUES ('four')");
    expect(connection.query("SELECT id, title FROM articles")).toEqual([
      [1, "one"],
      [2, "two"],
      [4, "four"],
    ]);
    expect(connection.query("SELECT article_id, parent_id FROM notes")).toEqual([
      [1, null],
      [2, 1],
    ]);
    const found = "SELECT rowid FROM _servery_search_articles_ WHERE _servery_search_articles_ MATCH ?";
    expect(connection.query(found, ["two OR four"])).toEqual([[2], [4]]);
    expect(() => connection.exec("INSERT INTO notes (article_id) VALUES (9)")).toThrow(/FOREIGN KEY/);
    expect(schemaDifference(storedOf(to), storedOf(to), renamesOf(resolveSchema(servery({ tables: to }))))).toEqual({
      changes: [],
      losses: [],
    });
  });

  test("draws a UUID for the rows that are there, also where the column may be empty", () => {
    const from = { posts: table({ title: text(20) }, PLAIN) };
    const to = { posts: table({ title: text(20), token: uuid().generated().optional() }, PLAIN) };
    const connection = opened(from, "INSERT INTO posts (title) VALUES ('a')");
    expect(defineSchema(connection, changeStatements(differenceOf(from, to)))).toBe(undefined);
    expect(connection.query("SELECT length(token) FROM posts")).toEqual([[36]]);
  });

  test("makes another column the key, and asks for rows that would share it", () => {
    const columns = { one: text(5), other: text(5) };
    const from = { posts: table(columns, PLAIN).primaryKey("one") };
    const to = { posts: table(columns, PLAIN).primaryKey("other") };
    const connection = opened(from, "INSERT INTO posts VALUES ('a', 'x'), ('b', 'x')");
    const difference = differenceOf(from, to);
    expect(findings(connection, difference)).toEqual(["2 rows of posts have the same other as another"]);
    connection.exec("UPDATE posts SET other = 'y' WHERE one = 'b'");
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    expect(connection.query("SELECT name FROM pragma_table_info('posts') WHERE pk > 0")).toEqual([["other"]]);
  });

  test("keeps the sequence of a table whose rows are all gone", () => {
    const from = { posts: table({ title: text(20) }, PLAIN) };
    const connection = opened(from, "INSERT INTO posts (title) VALUES ('a'), ('b')", "DELETE FROM posts");
    const difference = differenceOf(from, { posts: table({ title: text(30) }, PLAIN) });
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    connection.exec("INSERT INTO posts (title) VALUES ('c')");
    expect(connection.query("SELECT id FROM posts")).toEqual([[3]]);
  });

  test("takes a name in other case for the same thing", () => {
    const from = { posts: table({ title: text(20) }, PLAIN) };
    const to = { Posts: table({ Title: text(20) }, PLAIN) };
    const difference = differenceOf(from, to);
    expect(difference.losses).toEqual([]);
    const connection = opened(from, "INSERT INTO posts (title) VALUES ('a')");
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    expect(connection.query("SELECT name FROM sqlite_schema WHERE name LIKE 'posts'")).toEqual([["Posts"]]);
    expect(connection.query("SELECT Title FROM Posts")).toEqual([["a"]]);
  });

  test("lets views and triggers of others be, which name a table that is rebuilt", () => {
    const from = { posts: table({ title: text(20) }, PLAIN), logs: table({ line: text(20) }, PLAIN) };
    const connection = opened(
      from,
      "CREATE VIEW theirs AS SELECT title FROM posts",
      "CREATE TRIGGER their_log AFTER INSERT ON logs BEGIN INSERT INTO posts (title) VALUES (new.line); END",
    );
    const before = connection.query("SELECT sql FROM sqlite_schema WHERE name LIKE 'their%'");
    const difference = differenceOf(from, { ...from, posts: table({ title: text(30) }, PLAIN) });
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    expect(connection.query("SELECT sql FROM sqlite_schema WHERE name LIKE 'their%'")).toEqual(before);
    connection.exec("INSERT INTO logs (line) VALUES ('x')");
    expect(connection.query("SELECT * FROM theirs")).toEqual([["x"]]);
  });

  test("names what is lost, and nothing else", () => {
    const from = {
      posts: table({ title: text(20), content: longText(), at: timestamp().optional() }, PLAIN),
      tags: table({ word: text(20) }, PLAIN),
    };
    const to = { posts: table({ title: text(40), at: integer().optional() }, PLAIN) };
    const difference = differenceOf(from, to);
    expect(difference.losses.map(({ name }) => name)).toEqual(["tags", "posts.content", "posts.at"]);
    expect(describeChanges(difference)).toEqual([
      "- table tags (its rows are lost)",
      "~ table posts: column title becomes text of 1 to 40 characters (was text of 1 to 20 characters), + column at, - column content (its values are lost), - column at (its values are lost)",
    ]);
    expect(describeChanges(differenceOf({}, to))).toEqual(["+ table posts (3 columns)"]);
  });

  test("says before anything runs which rows stand in the way, and leaves everything as it was", () => {
    const from = {
      users: table({ name: text(20).optional(), mail: email().optional(), score: text(10).optional() }, PLAIN),
      posts: table({ author: integer().optional(), likes: integer().optional(), most: integer().optional() }, PLAIN),
    };
    const to = {
      users: table({ name: text(3), mail: email().optional().unique(), score: decimal(6, 2).optional() }, PLAIN),
      posts: table(
        {
          author_id: ref("users").optional().was("author"),
          likes: integer({ min: 0 }).optional(),
          most: integer().optional(),
          hidden: boolean(),
        },
        PLAIN,
      ).check("within", { likes: { lte: { column: "most" } } }),
    };
    const connection = opened(
      from,
      "INSERT INTO users (name, mail, score) VALUES ('Ann', 'a@b.cd', '1.50'), (NULL, 'A@B.cd', '1.505'), ('Berta', NULL, 'x')",
      "INSERT INTO posts (author, likes, most) VALUES (1, 1, 2), (7, -1, 2), (NULL, 5, 2)",
    );
    const difference = differenceOf(from, to);
    expect(findings(connection, difference).toSorted()).toEqual([
      "1 rows of posts break the check within",
      "1 rows of posts hold a value in likes that does not fit integer from 0 to 2147483647",
      "1 rows of posts refer by author_id to no row of users",
      "1 rows of users have no value in name, which becomes required",
      "1 rows of users hold a value in name that does not fit text of 1 to 3 characters",
      "2 rows of users have the same mail as another",
      "2 rows of users hold a value in score that does not fit decimal(6, 2)",
      "3 rows of posts have no value for hidden, which is new and required",
    ]);
    const before = contents(connection);
    expect(defineSchema(connection, changeStatements(difference))).not.toBe(undefined);
    expect(contents(connection)).toBe(before);
  });

  test("fails at a key without a value instead of counting one, and shows where to write values", () => {
    const from = { posts: table({ number: integer().optional(), code: text(5) }, PLAIN).primaryKey("code") };
    const to = { posts: table({ number: integer(), code: text(5), rank: integer() }, PLAIN).primaryKey("number") };
    const difference = differenceOf(from, to);
    const statements = changeStatements(difference);
    expect(statements.join("\n")).toMatch(/NULL AS "rank" -- new and required: instead of NULL write the value/);
    const filled = statements.map((sql) => sql.replace('NULL AS "rank"', '7 AS "rank"'));
    const connection = opened(from, "INSERT INTO posts (number, code) VALUES (NULL, 'a')");
    expect(defineSchema(connection, filled)).not.toBe(undefined);
    connection.exec("UPDATE posts SET number = 5");
    expect(defineSchema(connection, filled)).toBe(undefined);
    expect(connection.query("SELECT number, code, rank FROM posts")).toEqual([[5, "a", 7]]);
  });

  test("asks for references that ids of another counting would leave without a row", () => {
    const from = { users: table({ word: text(9) }, PLAIN).primaryKey("word"), posts: table({ n: integer() }, PLAIN) };
    const to = { users: table({ word: text(9) }, PLAIN), posts: table({ user_id: ref("users").was("n") }, PLAIN) };
    const difference = differenceOf(from, to);
    const connection = opened(from, "INSERT INTO users VALUES ('b'), ('a')", "INSERT INTO posts (n) VALUES (2), (3)");
    expect(findings(connection, difference)).toEqual(["1 rows of posts refer by user_id to no row of users"]);
    connection.exec("DELETE FROM posts WHERE n = 3");
    expect(defineSchema(connection, changeStatements(difference))).toBe(undefined);
    expect(connection.query("SELECT word FROM users JOIN posts ON posts.user_id = users.id")).toEqual([["b"]]);
  });
});

import { expect, test } from "vitest";
import type { DatabaseFailure } from "#servery/database/database.js";
import type { SqliteConnection } from "#servery/database/sqlite/driver.js";
import { mapError } from "#servery/database/sqlite/map-error.js";
import { describeEachAdapter } from "./adapters.ts";
import { temporaryFolder } from "./temporary.ts";

const schema = `
  CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    age INTEGER CONSTRAINT users_age_check CHECK (age >= 0),
    "a.b" TEXT, "c, d" TEXT, UNIQUE ("a.b", "c, d")
  ) STRICT;
  CREATE UNIQUE INDEX users_lower_email ON users (lower(email));
  CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id)) STRICT;
  CREATE TABLE likes (user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE RESTRICT) STRICT;
  CREATE TABLE pairs (a INTEGER, b TEXT, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
  CREATE TRIGGER posts_no_13 BEFORE INSERT ON posts WHEN new.id = 13 BEGIN SELECT RAISE(ABORT, 'unlucky'); END;
  CREATE TABLE codes (code TEXT UNIQUE) STRICT;
  INSERT INTO codes VALUES ('x');
  INSERT INTO users (id, email, "a.b", "c, d") VALUES (1, 'a@example.org', 'x', 'y');
  INSERT INTO users (id, email) VALUES (2, 'z@example.org');
  INSERT INTO likes VALUES (2);
  INSERT INTO posts VALUES (1, 1);
  INSERT INTO pairs VALUES (1, 'x');
`;

const cases: [name: string, sql: string, expected: Partial<DatabaseFailure>][] = [
  ["a unique column", "INSERT INTO codes VALUES ('x')", { kind: "unique", table: "codes", columns: ["code"] }],
  [
    "a unique index on an expression",
    "INSERT INTO users (email) VALUES ('A@example.org')",
    { kind: "unique", constraint: "users_lower_email" },
  ],
  [
    "unique columns with dots and commas in their names",
    `INSERT INTO users (email, "a.b", "c, d") VALUES ('b@example.org', 'x', 'y')`,
    { kind: "unique", table: "users", columns: ["a.b", "c, d"] },
  ],
  [
    "a primary key",
    "INSERT INTO users (id, email) VALUES (1, 'c@example.org')",
    { kind: "unique", table: "users", columns: ["id"] },
  ],
  [
    "a primary key of two columns",
    "INSERT INTO pairs VALUES (1, 'x')",
    { kind: "unique", table: "pairs", columns: ["a", "b"] },
  ],
  ["NOT NULL", "INSERT INTO users (email) VALUES (NULL)", { kind: "not_null", table: "users", columns: ["email"] }],
  [
    "a named CHECK",
    "INSERT INTO users (email, age) VALUES ('d@example.org', -1)",
    { kind: "check", constraint: "users_age_check" },
  ],
  ["a foreign key", "INSERT INTO posts (user_id) VALUES (99)", { kind: "foreign_key" }],
  ["a row that others refer to, by RESTRICT", "DELETE FROM users WHERE id = 2", { kind: "foreign_key" }],
  ["a row that others refer to, by default", "DELETE FROM users WHERE id = 1", { kind: "foreign_key" }],
  [
    "a type of a STRICT table",
    "INSERT INTO users (email, age) VALUES ('e@example.org', 'old')",
    { kind: "type", table: "users", columns: ["age"] },
  ],
  ["a row id that is no integer", "INSERT INTO posts (id, user_id) VALUES ('x', 1)", { kind: "type" }],
  ["a value that is too big", "SELECT length(zeroblob(2000000000))", { kind: "too_big" }],
  ["a trigger that raises", "INSERT INTO posts (id, user_id) VALUES (13, 1)", { kind: "aborted", message: "unlucky" }],
  ["a table that is not there", "SELECT * FROM nowhere", { kind: "other" }],
  ["a syntax error", "SELEC 1", { kind: "other" }],
];

describeEachAdapter("a failure of SQLite", ({ driver }) => {
  function open(path = `${temporaryFolder()}/test.db`, readOnly = false): SqliteConnection {
    const connection = driver.open(path, { readOnly });
    connection.exec("PRAGMA foreign_keys = ON");
    return connection;
  }

  function failureOf(act: () => unknown): DatabaseFailure {
    try {
      act();
    } catch (error) {
      return mapError(error);
    }
    throw new Error("nothing failed");
  }

  test.each(cases)("%s", (_, sql, expected) => {
    const connection = open();
    connection.exec(schema);
    // Run as a statement that answers rows where it does: better-sqlite3 tells them apart.
    const failure = failureOf(() => {
      const statement = connection.prepare(sql);
      return sql.startsWith("SELECT") ? statement.rows([]) : statement.run([]);
    });
    connection.close();
    expect(failure).toMatchObject(expected);
    expect(Object.keys(failure).sort()).toEqual([...new Set([...Object.keys(expected), "message"])].sort());
  });

  test("a lock of another connection, and a connection that may only read", () => {
    const path = `${temporaryFolder()}/test.db`;
    const [first, second] = [open(path), open(path)];
    first.exec("CREATE TABLE t (a); BEGIN IMMEDIATE");
    expect(failureOf(() => second.exec("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE")).kind).toBe("busy");
    first.exec("COMMIT");
    const reader = open(path, true);
    expect(failureOf(() => reader.exec("INSERT INTO t VALUES (1)")).kind).toBe("read_only");
    for (const connection of [first, second, reader]) connection.close();
  });
});

import { expect, test } from "vitest";
import { Connection, prepareFile } from "#servery/database/sqlite/connection.js";
import { executeGroup, type WriteAnswer } from "#servery/database/sqlite/execute-group.js";
import type { Expectation, Write } from "#servery/database/database.js";
import { entityTag } from "#servery/schema/entity-tag.js";
import { describeEachAdapter } from "./adapters.ts";
import { change, changeReturning, look, write } from "./statements.ts";
import { temporaryFolder } from "./temporary.ts";

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0)) STRICT;
  CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE RESTRICT, title TEXT
  ) STRICT;
  CREATE TABLE later (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
  CREATE TABLE log (text TEXT) STRICT;
  CREATE TRIGGER users_rollback BEFORE INSERT ON users WHEN new.email = 'rollback' BEGIN
    INSERT INTO log VALUES ('rollback');
    SELECT RAISE(ROLLBACK, 'the whole transaction ends');
  END;
  CREATE TRIGGER users_ignore BEFORE UPDATE ON users WHEN new.email = 'ignore' BEGIN
    INSERT INTO log VALUES ('ignored');
    SELECT RAISE(IGNORE);
  END;
  INSERT INTO users (id, email, age) VALUES (1, 'first', 30);
`;

const otherwise = { code: "refused" };
const some: Expectation = { is: "some", otherwise };

const addUser = (email: string, age = 20) =>
  write(changeReturning("INSERT INTO users (email, age) VALUES (?, ?) RETURNING email", [email, age]));

/** Writes that must fail or be refused, each with what its answer must hold. */
const bad: [name: string, write: Write, answer: object][] = [
  [
    "a unique clash",
    addUser("first"),
    { is: "failed", failure: { kind: "unique", table: "users", columns: ["email"] } },
  ],
  ["a broken CHECK", addUser("young", -1), { is: "failed", failure: { kind: "check" } }],
  [
    "a missing parent",
    write(change("INSERT INTO posts (user_id) VALUES (99)")),
    { is: "failed", failure: { kind: "foreign_key" } },
  ],
  [
    "a missing parent, found at COMMIT",
    write(change("INSERT INTO later VALUES (1, 99)")),
    { is: "failed", failure: { kind: "foreign_key" } },
  ],
  [
    "a trigger that ends the transaction",
    write(change("INSERT INTO users (email) VALUES ('rollback')")),
    { is: "failed", failure: { kind: "aborted" } },
  ],
  ["a trigger that ends the transaction of a statement with rows", addUser("rollback"), { is: "failed" }],
  [
    "a statement that does not compile",
    write(change("INSERT INTO nowhere VALUES (1)")),
    { is: "failed", failure: { kind: "other" } },
  ],
  [
    "a value that cannot be stored",
    write(change("INSERT INTO log VALUES (?)", [2n ** 70n])),
    { is: "failed", failure: { kind: "too_big" } },
  ],
  [
    "a second step that fails",
    write(change("INSERT INTO log VALUES ('half')"), change("INSERT INTO users (email) VALUES ('first')")),
    { is: "failed", failure: { kind: "unique" } },
  ],
  [
    "a second step that ends the transaction",
    write(change("INSERT INTO log VALUES ('half')"), change("INSERT INTO users (email) VALUES ('rollback')")),
    { is: "failed", failure: { kind: "aborted" } },
  ],
  [
    "a look that fails after a change",
    write(
      change("DELETE FROM log"),
      change("INSERT INTO log VALUES ('half')"),
      look("SELECT abs(-9223372036854775808)"),
    ),
    { is: "failed", failure: { kind: "overflow" } },
  ],
  [
    "a look that fails after the only change",
    write(change("INSERT INTO log VALUES ('half')"), look("SELECT abs(-9223372036854775808)")),
    { is: "failed", failure: { kind: "overflow" } },
  ],
  [
    "a row that is not there",
    write(change("UPDATE users SET age = 1 WHERE id = 99", [], [some])),
    { is: "refused", step: 0, expectation: 0 },
  ],
  [
    "a row whose trigger ignored the change but wrote elsewhere",
    write(change("UPDATE users SET email = 'ignore' WHERE id = 1", [], [some])),
    { is: "refused", step: 0, expectation: 0 },
  ],
  [
    "a policy that the new row does not meet",
    write(
      change("INSERT INTO users (email) VALUES ('policy')"),
      look("SELECT 1 FROM users WHERE email = 'policy' AND age > 0", [], [some]),
    ),
    { is: "refused", step: 1, expectation: 0 },
  ],
  [
    "a row that must not be there",
    write(
      change("INSERT INTO log VALUES ('half')"),
      look("SELECT 1 FROM users WHERE id = 1", [], [{ is: "none", otherwise }]),
    ),
    { is: "refused", step: 1, expectation: 0 },
  ],
  [
    "more rows than a bulk may change",
    write(change("INSERT INTO log VALUES ('a'), ('b'), ('c')", [], [some, { is: "atMost", limit: 2, otherwise }])),
    { is: "refused", step: 0, expectation: 1 },
  ],
  [
    "more rows than a bulk may change in all its steps",
    write(
      changeReturning(
        "INSERT INTO log VALUES ('a'), ('b') RETURNING text",
        [],
        [{ is: "atMost", limit: 2, otherwise }],
      ),
      change("INSERT INTO log VALUES ('c')", [], [{ is: "atMost", limit: 2, otherwise }]),
    ),
    { is: "refused", step: 1, expectation: 0 },
  ],
  [
    "a tag that no longer fits",
    write(
      look(
        "SELECT email FROM users WHERE id = 1",
        [],
        [{ is: "tag", tags: [entityTag("old"), entityTag("older")], otherwise }],
      ),
      change("DELETE FROM users WHERE id = 1"),
    ),
    { is: "refused", step: 0, expectation: 0 },
  ],
  [
    "a tag of a row that is gone",
    write(look("SELECT email FROM users WHERE id = 99", [], [{ is: "tag", tags: [entityTag("old")], otherwise }])),
    { is: "refused", step: 0, expectation: 0 },
  ],
  [
    "a tag that must not be there",
    write(
      look(
        "SELECT email FROM users WHERE id = 1",
        [],
        [{ is: "otherTag", tags: [entityTag("x"), entityTag("first")], otherwise }],
      ),
    ),
    { is: "refused", step: 0, expectation: 0 },
  ],
];

describeEachAdapter("a group of writes", ({ driver }) => {
  function openWriter(ddl = schema): Connection {
    const path = `${temporaryFolder()}/test.db`;
    prepareFile({ driver, path });
    const connection = new Connection({ driver, path, role: "writer" });
    connection.exec(ddl);
    return connection;
  }

  /** The state of the database as another connection would find it: nothing may be left open. */
  function stateOf(connection: Connection) {
    expect(connection.inTransaction).toBe(false);
    return {
      users: connection.query("SELECT email FROM users ORDER BY id").flat(),
      others: connection.query(
        "SELECT (SELECT count(*) FROM posts) + (SELECT count(*) FROM later) + (SELECT count(*) FROM log)",
      )[0]?.[0],
    };
  }

  const applied = (email: string): WriteAnswer => ({ is: "applied", kept: [[[email]]], changed: 1 });

  test.each(bad)("%s fails alone, wherever it stands", (_, badWrite, expected) => {
    for (const place of [0, 1, 2]) {
      const connection = openWriter();
      const group = [addUser("a"), addUser("b")];
      const answers: unknown[] = [applied("a"), applied("b")];
      group.splice(place, 0, badWrite);
      answers.splice(place, 0, expect.objectContaining(expected.valueOf()));
      const result = executeGroup(connection, group);
      expect(result.suspect).toBe(false);
      expect(result.answers).toHaveLength(3);
      expect(result.answers.map(({ is }) => is)).toEqual(
        answers.map((answer, at) => (at === place ? (expected as WriteAnswer).is : (answer as WriteAnswer).is)),
      );
      expect(result.answers[place]).toMatchObject(expected);
      expect(result.answers.filter((__, at) => at !== place)).toEqual([applied("a"), applied("b")]);
      expect(stateOf(connection)).toEqual({ users: ["first", "a", "b"], others: 0 });
      connection.close();
    }
  });

  test.each(bad)("%s fails as the only one of its group", (_, badWrite, expected) => {
    const connection = openWriter();
    expect(executeGroup(connection, [badWrite]).answers).toEqual([
      expect.objectContaining({ is: (expected as WriteAnswer).is }),
    ]);
    expect(executeGroup(connection, [badWrite]).answers).toMatchObject([expected]);
    expect(stateOf(connection)).toEqual({ users: ["first"], others: 0 });
    connection.close();
  });

  test("all of them in one group leave only what was answered as applied", () => {
    const connection = openWriter();
    const group = bad.flatMap(([, badWrite], at) => [addUser(`good ${at}`), badWrite]);
    const { answers } = executeGroup(connection, group);
    for (const [at, [name, , expected]] of bad.entries()) {
      expect(answers[2 * at], name).toEqual(applied(`good ${at}`));
      expect(answers[2 * at + 1], name).toMatchObject(expected);
    }
    expect(answers).toHaveLength(group.length);
    expect(stateOf(connection)).toEqual({ users: ["first", ...bad.map((__, at) => `good ${at}`)], others: 0 });
    connection.close();
  });

  test("expectations that hold let the write through, and only kept rows are answered", () => {
    const connection = openWriter();
    const { answers } = executeGroup(connection, [
      write(
        look(
          "SELECT email FROM users WHERE id = 1",
          [],
          [some, { is: "tag", tags: ["x", entityTag("first")], otherwise }, { is: "otherTag", tags: ["x"], otherwise }],
        ),
        look(
          "SELECT 1 FROM users WHERE id = 99",
          [],
          [
            { is: "none", otherwise },
            { is: "otherTag", tags: ["x"], otherwise },
          ],
        ),
        changeReturning(
          "UPDATE users SET age = age + 1 WHERE id = 1 RETURNING age",
          [],
          [some, { is: "atMost", limit: 1, otherwise }],
        ),
        changeReturning(
          "INSERT INTO log VALUES ('a'), ('b') RETURNING text",
          [],
          [{ is: "atMost", limit: 3, otherwise }],
        ),
        change("DELETE FROM log WHERE text = 'b'", [], [some]),
      ),
    ]);
    expect(answers).toEqual([{ is: "applied", kept: [[[31]], [["a"], ["b"]]], changed: 4 }]);
    connection.close();
  });

  test("fifty updates with one tag: exactly one is applied", () => {
    const connection = openWriter();
    const update = (n: number) =>
      write(
        look(
          "SELECT json_object('email', email) FROM users WHERE id = 1",
          [],
          [{ is: "tag", tags: [entityTag('{"email":"first"}')], otherwise }],
        ),
        change("UPDATE users SET email = ? WHERE id = 1", [`second ${n}`], [some]),
      );
    const { answers } = executeGroup(
      connection,
      Array.from({ length: 50 }, (_, n) => update(n)),
    );
    expect(answers.filter(({ is }) => is === "applied")).toHaveLength(1);
    expect(answers.filter(({ is }) => is === "refused")).toHaveLength(49);
    expect(stateOf(connection).users).toEqual(["second 0"]);
    connection.close();
  });

  test("a statement that may stop halfway is undone whole where the schema says FAIL", () => {
    const connection = openWriter(
      "CREATE TABLE codes (code INTEGER UNIQUE ON CONFLICT FAIL) STRICT; INSERT INTO codes VALUES (3)",
    );
    const half = write(change("INSERT INTO codes VALUES (1), (2), (3), (4)"));
    const whole = write(change("INSERT INTO codes VALUES (10)"));
    for (const group of [[half], [half, whole]]) {
      expect(executeGroup(connection, group).answers[0]).toMatchObject({ is: "failed", failure: { kind: "unique" } });
    }
    expect(connection.query("SELECT code FROM codes ORDER BY code").flat()).toEqual([3, 10]);
    connection.close();
  });

  test.each([
    [
      "before the change, as it is where it does not say when",
      "CREATE TRIGGER t UPDATE ON codes BEGIN INSERT INTO log VALUES ('trace'); SELECT RAISE(IGNORE); END",
      "UPDATE codes SET code = 4",
    ],
    [
      "before a change that meets a conflict",
      `CREATE TRIGGER "x AFTER y" BEFORE INSERT ON codes WHEN new.code = 3 BEGIN INSERT INTO log VALUES ('trace'); END`,
      "INSERT OR IGNORE INTO codes VALUES (3)",
    ],
    [
      "instead of the change",
      "CREATE TRIGGER t INSTEAD OF UPDATE ON view BEGIN INSERT INTO log VALUES ('trace'); END",
      "UPDATE view SET code = 4",
    ],
  ])("a write that changes no row is undone where a trigger acts %s", (_, trigger, sql) => {
    const connection = openWriter(`
      CREATE TABLE codes (code INTEGER UNIQUE) STRICT; CREATE TABLE log (text TEXT) STRICT; INSERT INTO codes VALUES (3);
      CREATE VIEW view AS SELECT code FROM codes; ${trigger}
    `);
    const refused = write(change(sql, [], [some]));
    const whole = write(change("INSERT INTO codes VALUES (10)"));
    const { answers } = executeGroup(connection, [refused, whole]);
    expect(answers.map(({ is }) => is)).toEqual(["refused", "applied"]);
    expect(connection.query("SELECT text FROM log")).toEqual([]);
    connection.close();
  });

  test("a trigger that comes after the change costs no savepoint", () => {
    for (const name of ["t", '"before"', "[a b]", "`a`"]) {
      const connection = openWriter(`
        CREATE TABLE codes (code INTEGER) STRICT;
        CREATE TRIGGER IF NOT EXISTS ${name}  after INSERT ON codes BEGIN SELECT 1; END;
      `);
      expect(connection.mayFailHalfway).toBe(false);
      connection.close();
    }
  });

  test("a lock of another process fails the whole group as busy, and the next one goes through", () => {
    const path = `${temporaryFolder()}/test.db`;
    prepareFile({ driver, path });
    const connection = new Connection({ driver, path, role: "writer", lockWaitMs: 20 });
    connection.exec(schema);
    const other = driver.open(path, { readOnly: false });
    other.exec("BEGIN IMMEDIATE");
    const group = [addUser("a"), addUser("b")];
    const { answers, suspect } = executeGroup(connection, group);
    expect(answers).toMatchObject([{ failure: { kind: "busy" } }, { failure: { kind: "busy" } }]);
    expect(suspect).toBe(false);
    expect(executeGroup(connection, [addUser("a")]).answers).toMatchObject([{ failure: { kind: "busy" } }]);
    other.exec("ROLLBACK");
    expect(executeGroup(connection, group).answers).toEqual([applied("a"), applied("b")]);
    connection.close();
    other.close();
  });
});

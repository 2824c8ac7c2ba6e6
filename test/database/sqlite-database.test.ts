import { expect, test } from "vitest";
import type { Stored, Write } from "#servery/database/database.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { describeEachAdapter } from "./adapters.ts";
import { runFixture } from "./fixtures.ts";
import { hasProc, threadCount } from "./processes.ts";
import { change, changeReturning, look, pause, readRows, until, verdict, write } from "./statements.ts";
import { closing, temporaryDatabase, temporaryFolder } from "./temporary.ts";

const schema = [
  "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE) STRICT",
  "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), body ANY) STRICT",
];

const addUser = (email: string) =>
  write(changeReturning("INSERT INTO users (email) VALUES (?) RETURNING id, email", [email]));
const count = "SELECT count(*) FROM users";

describeEachAdapter("a SQLite database behind the port", ({ preference, driver }) => {
  const open = async () => temporaryDatabase({ driver: preference }, schema);

  test("a read sees every write that was answered before it", async () => {
    const database = await open();
    for (let at = 1; at <= 200; at++) {
      expect(await database.write(addUser(`user ${at}`))).toEqual({
        ok: true,
        kept: [[[at, `user ${at}`]]],
        changed: 1,
      });
      expect(await readRows(database, "SELECT id, email FROM users WHERE email = ?", [`user ${at}`])).toEqual([
        [at, `user ${at}`],
      ]);
    }
  });

  test("the same from several callers at once", async () => {
    const database = await open();
    const caller = async (name: string) => {
      for (let at = 0; at < 50; at++) {
        await database.write(addUser(`${name} ${at}`));
        expect(await readRows(database, "SELECT 1 FROM users WHERE email = ?", [`${name} ${at}`])).toEqual([[1]]);
      }
    };
    await Promise.all(Array.from({ length: 16 }, async (_, n) => caller(`caller ${n}`)));
    expect(await readRows(database, count)).toEqual([[800]]);
  });

  test("each of a thousand writes at once gets its own answer", async () => {
    const database = await open();
    const notFound = (n: number) => ({ code: `not_found_${n}`, pointer: `/${n}` });
    const writes = [
      () => addUser("the same"),
      (n: number) => addUser(`user ${n}`),
      (n: number) => write(change("DELETE FROM users WHERE id = ?", [-n], [{ is: "some", otherwise: notFound(n) }])),
    ];
    const answers = [
      (n: number) => (n === 0 ? { ok: true, kept: [[[1, "the same"]]] } : { ok: false, failure: { kind: "unique" } }),
      (n: number) => ({ ok: true, kept: [[[expect.any(Number), `user ${n}`]]], changed: 1 }),
      (n: number) => ({ ok: false, refusal: notFound(n) }),
    ];
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    const outcomes = await Promise.all(numbers.map(async (n) => database.write(writes[n % 3]?.(n) as Write)));
    expect(outcomes).toMatchObject(numbers.map((n) => answers[n % 3]?.(n)));
    expect(await readRows(database, count)).toEqual([[334]]);
  });

  test("writes of one caller are applied in the order in which they were submitted", async () => {
    const database = await open();
    const emails = Array.from({ length: 700 }, (_, n) => `user ${n}`);
    await Promise.all(emails.map(async (email) => database.write(addUser(email))));
    expect((await readRows(database, "SELECT email FROM users ORDER BY id")).flat()).toEqual(emails);
  });

  test("values go to the thread and back as they are", async () => {
    const database = await open();
    const values: Stored[] = [null, "", "ä😀", 0, -1.5, 1e300, 2 ** 40, 2n ** 63n - 1n, new Uint8Array([0, 255])];
    await database.write(addUser("a"));
    for (const [at, value] of values.entries()) {
      const insert = changeReturning("INSERT INTO posts VALUES (?, 1, ?) RETURNING body", [at, value]);
      expect(await database.write(write(insert))).toEqual({ ok: true, kept: [[[value]]], changed: 1 });
    }
    const large = "x".repeat(3_000_000);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, async (_, n) =>
        database.write(
          write(changeReturning("INSERT INTO posts VALUES (?, 1, ?) RETURNING length(body)", [100 + n, large])),
        ),
      ),
    );
    expect(outcomes).toEqual(outcomes.map(() => ({ ok: true, kept: [[[large.length]]], changed: 1 })));
  });

  test("a value that cannot be copied to the thread fails its own write", async () => {
    const database = await open();
    await database.write(addUser("a"));
    const broken = write(change("INSERT INTO users (email) VALUES (?)", [(() => undefined) as never]));
    expect(verdict(await database.write(broken))).toBe("failed: other");
    expect(verdict(await database.write(addUser("b")))).toBe("ok");
  });

  test("more shapes of statements than are numbered at a time", async () => {
    const database = await open();
    for (let round = 0; round < 25; round++) {
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const shape = `INSERT INTO users (email) VALUES (? || ' shape ${round * 100 + n}') RETURNING email`;
          return database.write(write(changeReturning(shape, [`user ${n}`])));
        }),
      );
      expect(outcomes).toEqual(
        outcomes.map((_, n) => ({ ok: true, kept: [[[`user ${n} shape ${round * 100 + n}`]]], changed: 1 })),
      );
    }
    expect(await readRows(database, count)).toEqual([[2_500]]);
  });

  test("the schema changes whole or not at all, before the first write and after it", async () => {
    const database = await open();
    for (const round of ["before", "after"]) {
      await expect(database.define([`CREATE TABLE ${round}_a (a)`, "CREATE TABLE users (a)"])).rejects.toMatchObject({
        name: "DatabaseError",
        failure: { kind: "other", message: expect.stringContaining("users already exists") as string },
      });
      await database.define([`CREATE TABLE ${round} (a INTEGER) STRICT`]);
      expect(
        (
          await readRows(database, "SELECT name FROM sqlite_schema WHERE name LIKE ? ORDER BY name", [`${round}%`])
        ).flat(),
      ).toEqual([round]);
      expect(verdict(await database.write(addUser(round)))).toBe("ok");
    }
  });

  test("a table is rebuilt with its children in place, but not so that children lose their parents", async () => {
    const database = await open();
    await database.write(addUser("a"));
    await database.write(write(change("INSERT INTO posts (user_id, body) VALUES (1, 'x')")));
    expect(await readRows(database, "SELECT * FROM users")).toEqual([[1, "a"]]);
    const rebuild = (copied: string) => [
      "CREATE TABLE new_users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, age INTEGER) STRICT",
      `INSERT INTO new_users (id, email) SELECT id, email FROM users WHERE ${copied}`,
      "DROP TABLE users",
      "ALTER TABLE new_users RENAME TO users",
    ];
    await expect(database.define(rebuild("0"))).rejects.toMatchObject({ failure: { kind: "foreign_key" } });
    expect(await readRows(database, "SELECT * FROM users")).toEqual([[1, "a"]]);
    await database.define(rebuild("1"));
    expect(await readRows(database, "SELECT * FROM users")).toEqual([[1, "a", null]]);
    // Foreign keys are enforced again.
    expect(verdict(await database.write(write(change("DELETE FROM users WHERE id = 1"))))).toBe("failed: foreign_key");
  });

  test("a lock of another process holds up writes, not reads; too long, and they fail as busy", async () => {
    const database = await temporaryDatabase({ driver: preference, lockWaitMs: 1_000 }, schema);
    expect(verdict(await database.write(addUser("a")))).toBe("ok");
    const other = driver.open(database.path, { readOnly: false });
    other.exec("BEGIN IMMEDIATE");
    let answered = false;
    const waiting = Promise.all([database.write(addUser("b")), database.write(addUser("c"))]).finally(() => {
      answered = true;
    });
    await pause(100);
    // Neither the event loop nor a read waited for the lock.
    expect(await readRows(database, count)).toEqual([[1]]);
    expect(answered).toBe(false);
    expect((await waiting).map(verdict)).toEqual(["failed: busy", "failed: busy"]);
    const late = database.write(addUser("d"));
    setTimeout(() => other.exec("COMMIT"), 50);
    expect(verdict(await late)).toBe("ok");
    other.close();
  });

  test("rows that would fill the memory of the thread are refused, and nothing is changed", async () => {
    const database = await open();
    await database.write(addUser("a"));
    const many =
      "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 100) SELECT hex(zeroblob(500000)) FROM n";
    const kept = { ...look(many), keep: true };
    const outcomes = await Promise.all([
      database.write(addUser("b")),
      database.write(write(change("DELETE FROM users"), kept)),
      database.write(addUser("c")),
    ]);
    expect(outcomes.map(verdict)).toEqual(["ok", "failed: too_big", "ok"]);
    expect(await readRows(database, count)).toEqual([[3]]);
  });

  test("close waits for what was submitted", async () => {
    const path = `${temporaryFolder()}/test.db`;
    const database = await openSqlite({ path, driver: preference });
    await database.define(schema);
    const outcomes = Array.from({ length: 300 }, async (_, n) => database.write(addUser(`user ${n}`)));
    await database.close();
    expect((await Promise.all(outcomes)).map(verdict)).toEqual(outcomes.map(() => "ok"));
    const again = closing(await openSqlite({ path, driver: preference }));
    expect(await readRows(again, count)).toEqual([[300]]);
  });

  test.runIf(hasProc)("an idle thread ends, and the next write starts another", async () => {
    const database = await temporaryDatabase({ driver: preference, writerIdleMs: 50 }, schema);
    const before = threadCount();
    for (const email of ["a", "b"]) {
      expect(verdict(await database.write(addUser(email)))).toBe("ok");
      expect(threadCount()).toBeGreaterThan(before);
      await until(() => threadCount() === before);
    }
    expect(await readRows(database, count)).toEqual([[2]]);
  });

  test("ten databases side by side keep their rows apart", async () => {
    const databases = await Promise.all(Array.from({ length: 10 }, open));
    await Promise.all(
      databases.flatMap((database, n) =>
        Array.from({ length: n + 1 }, async (_, at) => database.write(addUser(`user ${at}`))),
      ),
    );
    for (const [n, database] of databases.entries()) expect(await readRows(database, count)).toEqual([[n + 1]]);
  });

  test("two engines on one file see each other's writes", async () => {
    const first = await open();
    const second = closing(await openSqlite({ path: first.path, driver: preference }));
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const [writing, reading] = n % 2 === 0 ? [first, second] : [second, first];
        expect(verdict(await writing.write(addUser(`user ${n}`)))).toBe("ok");
        expect(await readRows(reading, "SELECT 1 FROM users WHERE email = ?", [`user ${n}`])).toEqual([[1]]);
      }),
    );
  });

  test("a look inside a write sees its own changes", async () => {
    const database = await open();
    const outcome = await database.write(
      write(change("INSERT INTO users (email) VALUES ('a')"), { ...look("SELECT email FROM users"), keep: true }),
    );
    expect(outcome).toEqual({ ok: true, kept: [[["a"]]], changed: 1 });
  });

  test("an open database does not keep a process alive, pending writes do", async () => {
    const path = `${temporaryFolder()}/test.db`;
    const { output, code } = await runFixture("write-and-leave.mjs", [JSON.stringify({ path, driver: preference })]);
    expect(output).toBe("100 answered\n");
    expect(code).toBe(0);
  });
});

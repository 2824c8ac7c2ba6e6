import { expect, test } from "vitest";
import type { Database, Write, WriteOutcome, WriteStep } from "#servery/database/database.js";
import { type Adapter, describeEachAdapter } from "./adapters.ts";
import { change, changeReturning, look, readRows, verdict, write } from "./statements.ts";
import { temporaryDatabase } from "./temporary.ts";

const schema = [
  "CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL UNIQUE) STRICT",
  "CREATE TABLE comments (id INTEGER PRIMARY KEY AUTOINCREMENT, post_id INTEGER NOT NULL REFERENCES posts (id), body TEXT) STRICT",
  "CREATE TABLE answers (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT",
  "CREATE TABLE anything (value ANY) STRICT",
];

/** A write whose steps are bound to what earlier ones answered. */
const referring = (...steps: readonly WriteStep[]): Write => ({ steps, refers: true });
const bound = (step: WriteStep, params: WriteStep["params"]): WriteStep => ({ ...step, params });

const addPost = (title: string) => changeReturning("INSERT INTO posts (title) VALUES (?) RETURNING title, id", [title]);
const addComment = (body: string, step = 0) =>
  bound(changeReturning("INSERT INTO comments (post_id, body) VALUES (?, ?) RETURNING id, post_id"), [
    { step, column: 1 },
    body,
  ]);
const keepAnswer = (key: string) => bound(change("INSERT INTO answers VALUES (?, ?)"), [key, { step: "kept" }]);

type Apply = (database: Database, each: Write) => Promise<WriteOutcome>;

/** The ways of a write to the file. */
const ways: [name: string, apply: Apply][] = [
  [
    "through the thread",
    async (database, each) => {
      // Starts the thread.
      await database.write(write(look("SELECT 1")));
      return database.write(each);
    },
  ],
  ["before there is a thread", async (database, each) => database.fill(each)],
  [
    "in a transaction that stays open",
    async (database, each) => database.transaction((open) => open.write(each), 60_000),
  ],
  [
    "in a group with others",
    async (database, each) => {
      const other = (n: number) => write(change("INSERT INTO answers VALUES (?, '')", [`other ${n}`]));
      const outcomes = await Promise.all([database.write(other(1)), database.write(each), database.write(other(2))]);
      expect([outcomes[0], outcomes[2]].map(verdict)).toEqual(["ok", "ok"]);
      return outcomes[1];
    },
  ],
];

describeEachAdapter("what earlier steps answered", ({ preference }: Adapter) => {
  const open = async () => temporaryDatabase({ driver: preference }, schema);

  test.each(ways)("is bound where it is named (%s)", async (_, apply) => {
    const database = await open();
    await database.fill(write(change("INSERT INTO posts (id, title) VALUES (41, 'first')")));
    const nested = referring(addPost("parent"), addComment("a"), addComment("b"), keepAnswer("key"));
    const kept = [[["parent", 42]], [[1, 42]], [[2, 42]]];
    expect(await apply(database, nested)).toEqual({ ok: true, kept, changed: 4 });
    expect(await readRows(database, "SELECT post_id, body FROM comments ORDER BY id")).toEqual([
      [42, "a"],
      [42, "b"],
    ]);
    const [[json]] = (await readRows(database, "SELECT json FROM answers WHERE key = 'key'")) as [[string]];
    expect(JSON.parse(json)).toEqual(kept);
  });

  test.each(ways)("leaves nothing when a later step fails (%s)", async (_, apply) => {
    const database = await open();
    await database.fill(write(change("INSERT INTO posts (title) VALUES ('first')")));
    const clash = referring(addPost("parent"), addComment("a"), keepAnswer("key"), addPost("first"));
    expect(await apply(database, clash)).toMatchObject({ ok: false, step: 3, failure: { kind: "unique" } });
    const otherwise = { code: "gone", pointer: "/0" };
    const refused = referring(
      addPost("parent"),
      addComment("a"),
      bound(look("SELECT 1 FROM comments WHERE post_id = ? AND body = 'b'", [], [{ is: "some", otherwise }]), [
        { step: 0, column: 1 },
      ]),
    );
    const again = await database.fill(refused);
    expect(again).toEqual({ ok: false, step: 2, refusal: otherwise });
    expect(await readRows(database, "SELECT title FROM posts")).toEqual([["first"]]);
    expect(await readRows(database, "SELECT * FROM comments")).toEqual([]);
    expect(await readRows(database, "SELECT key FROM answers WHERE key = 'key'")).toEqual([]);
  });

  test.each(ways)("is NULL where a step answered no row, or has no such column (%s)", async (_, apply) => {
    const database = await open();
    const insert = (params: WriteStep["params"]) => bound(change("INSERT INTO anything VALUES (?)"), params);
    const nothing = referring(
      look("SELECT 1 WHERE 0"),
      look("SELECT 'found'"),
      insert([{ step: 0, column: 0 }]),
      insert([{ step: 1, column: 7 }]),
      insert([{ step: 1, column: 0 }]),
      // Neither a step without rows nor one that comes later has answered anything.
      insert([{ step: 2, column: 0 }]),
      insert([{ step: 6, column: 0 }]),
    );
    expect(verdict(await apply(database, nothing))).toBe("ok");
    expect((await readRows(database, "SELECT value FROM anything ORDER BY rowid")).flat()).toEqual([
      null,
      null,
      "found",
      null,
      null,
    ]);
  });

  test("keeps its type and its digits", async () => {
    const database = await open();
    const values = [null, "ä😀", -1.5, 2 ** 40, 2n ** 63n - 1n, new Uint8Array([0, 255])];
    for (const value of values) {
      const copy = referring(
        look("SELECT ?", [value]),
        bound(change("INSERT INTO anything VALUES (?)"), [{ step: 0, column: 0 }]),
      );
      expect(verdict(await database.write(copy))).toBe("ok");
    }
    expect(await readRows(database, "SELECT typeof(value), quote(value) FROM anything ORDER BY rowid")).toEqual([
      ["null", "NULL"],
      ["text", "'ä😀'"],
      ["real", "-1.5"],
      ["integer", "1099511627776"],
      ["integer", "9223372036854775807"],
      ["blob", "X'00FF'"],
    ]);
  });

  test("only rows that are kept stand in their JSON, as far as the write has come", async () => {
    const database = await open();
    const steps = referring(
      keepAnswer("none"),
      look("SELECT 'not kept'"),
      addPost("one"),
      keepAnswer("one"),
      addPost("two"),
      keepAnswer("two"),
    );
    expect(verdict(await database.write(steps))).toBe("ok");
    const rows = await readRows(database, "SELECT key, json FROM answers ORDER BY rowid");
    expect(rows).toEqual([
      ["none", "[]"],
      ["one", '[[["one",1]]]'],
      ["two", '[[["one",1]],[["two",2]]]'],
    ]);
  });

  test("their JSON holds integers beyond 2^53 as texts, with all digits", async () => {
    const database = await open();
    const steps = referring({ ...look("SELECT 2, 9223372036854775807"), keep: true }, keepAnswer("large"));
    expect(verdict(await database.write(steps))).toBe("ok");
    expect(await readRows(database, "SELECT json FROM answers")).toEqual([['[[[2,"9223372036854775807"]]]']]);
  });

  test("is known only in the write that it belongs to", async () => {
    const database = await open();
    const parents = Array.from({ length: 100 }, (_, n) => referring(addPost(`post ${n}`), addComment(`of ${n}`)));
    const plain = Array.from({ length: 100 }, (_, n) => write(addPost(`plain ${n}`)));
    const outcomes = await Promise.all(
      parents.flatMap((each, n) => [database.write(each), database.write(plain[n] as Write)]),
    );
    expect(outcomes.map(verdict)).toEqual(outcomes.map(() => "ok"));
    const pairs = await readRows(
      database,
      "SELECT count(*) FROM comments JOIN posts ON posts.id = post_id WHERE body = replace(title, 'post', 'of')",
    );
    expect(pairs).toEqual([[100]]);
  });
});

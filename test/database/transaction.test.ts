import { expect, test } from "vitest";
import type { Database, Rows, Transaction, Write } from "#servery/database/database.js";
import { type Adapter, describeEachAdapter } from "./adapters.ts";
import { change, changeReturning, failureOf, look, pause, readRows, verdict, write } from "./statements.ts";
import { temporaryDatabase } from "./temporary.ts";

const schema = [
  "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE) STRICT",
  "CREATE TABLE later (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED) STRICT",
  `CREATE TRIGGER users_rollback BEFORE INSERT ON users WHEN new.email = 'rollback' BEGIN
    SELECT RAISE(ROLLBACK, 'the whole transaction ends');
  END`,
];

/** Long enough for any machine: only tests of the deadline itself may meet it. */
const LONG_MS = 60_000;
const emailsSql = "SELECT email FROM users ORDER BY id";

const addUser = (email: string): Write =>
  write(changeReturning("INSERT INTO users (email) VALUES (?) RETURNING email", [email]));
const inside = async (open: Transaction, sql: string): Promise<Rows> => open.read({ sql, scans: false }, []);
const emails = async (database: Database) => (await readRows(database, emailsSql)).flat();
const openDatabase = async ({ preference }: Adapter) => temporaryDatabase({ driver: preference }, schema);

/** What was thrown, itself. */
async function thrownBy(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => expect.unreachable("fulfilled"),
    (error: unknown) => error,
  );
}

describeEachAdapter("a transaction that stays open", (adapter) => {
  test("is committed when its work is fulfilled, and seen by others only then", async () => {
    const database = await openDatabase(adapter);
    const result = await database.transaction(async (open) => {
      expect(await open.write(addUser("a"))).toEqual({ ok: true, kept: [[["a"]]], changed: 1 });
      expect(await inside(open, emailsSql)).toEqual([["a"]]);
      await pause(5);
      expect(verdict(await open.write(addUser("b")))).toBe("ok");
      expect(await inside(open, emailsSql)).toEqual([["a"], ["b"]]);
      expect(await emails(database)).toEqual([]);
      return { answer: 42 };
    }, LONG_MS);
    expect(result).toEqual({ answer: 42 });
    expect(await emails(database)).toEqual(["a", "b"]);
  });

  test("may do nothing, and may answer at once", async () => {
    const database = await openDatabase(adapter);
    expect(await database.transaction(async () => undefined, LONG_MS)).toBeUndefined();
    expect(verdict(await database.write(addUser("a")))).toBe("ok");
    expect(await emails(database)).toEqual(["a"]);
  });

  test("takes with it what its work did not wait for", async () => {
    const database = await openDatabase(adapter);
    await database.transaction(async (open) => {
      void open.write(addUser("a"));
      void open.write(addUser("b"));
    }, LONG_MS);
    expect(await emails(database)).toEqual(["a", "b"]);
  });

  test("is undone when its work is rejected, and the rejection is passed on as it is", async () => {
    const database = await openDatabase(adapter);
    const error = new Error("the hook's own");
    const rejected = database.transaction(async (open) => {
      await open.write(addUser("a"));
      throw error;
    }, LONG_MS);
    expect(await thrownBy(rejected)).toBe(error);
    const odd = database.transaction(async (open) => {
      await open.write(addUser("a"));
      return Promise.reject("no error at all");
    }, LONG_MS);
    expect(await thrownBy(odd)).toBe("no error at all");
    const early = database.transaction(() => {
      throw error;
    }, LONG_MS);
    expect(await thrownBy(early)).toBe(error);
    expect(await emails(database)).toEqual([]);
    // Nothing stands in the way of what comes next.
    expect(verdict(await database.write(addUser("a")))).toBe("ok");
    expect(await emails(database)).toEqual(["a"]);
  });

  test("survives writes that are refused or fail: each is undone alone, and work goes on", async () => {
    const database = await openDatabase(adapter);
    const otherwise = { code: "too_many", pointer: "/x" };
    await database.transaction(async (open) => {
      const verdicts: string[] = [];
      const tried: readonly Write[] = [
        addUser("a"),
        write(
          change("INSERT INTO users (email) VALUES ('refused')"),
          look("SELECT 1 FROM users WHERE email = 'nobody'", [], [{ is: "some", otherwise }]),
        ),
        write(change("INSERT INTO users (email) VALUES ('half')"), change("INSERT INTO users (email) VALUES ('a')")),
        write(change("INSERT INTO nowhere VALUES (1)")),
        addUser("a"),
        write(change("DELETE FROM users", [], [{ is: "atMost", limit: 0, otherwise }])),
        write(change("INSERT INTO users (email) VALUES (?)", [(() => undefined) as never])),
        addUser("b"),
      ];
      for (const each of tried) verdicts.push(verdict(await open.write(each)));
      expect(verdicts).toEqual([
        "ok",
        "refused: too_many",
        "failed: unique",
        "failed: other",
        "failed: unique",
        "refused: too_many",
        "failed: other",
        "ok",
      ]);
      expect(await inside(open, emailsSql)).toEqual([["a"], ["b"]]);
    }, LONG_MS);
    expect(await emails(database)).toEqual(["a", "b"]);
  });

  test("a read that fails rejects, and leaves the transaction usable", async () => {
    const database = await openDatabase(adapter);
    await database.transaction(async (open) => {
      await open.write(addUser("a"));
      expect(await failureOf(inside(open, "SELECT * FROM nowhere"))).toBe("other");
      expect(await failureOf(open.read({ sql: "SELECT ?", scans: false }, [(() => undefined) as never]))).toBe("other");
      expect(await failureOf(inside(open, many))).toBe("too_big");
      expect(verdict(await open.write(addUser("b")))).toBe("ok");
    }, LONG_MS);
    expect(await emails(database)).toEqual(["a", "b"]);
  });

  test("calls that overlap inside are answered in order, each with its own answer", async () => {
    const database = await openDatabase(adapter);
    const names = Array.from({ length: 300 }, (_, n) => `user ${n}`);
    await database.transaction(async (open) => {
      const answers = await Promise.all(
        names.map(async (name, n) =>
          n % 3 === 0 ? inside(open, `SELECT ${n}, count(*) FROM users`) : open.write(addUser(name)),
        ),
      );
      expect(answers).toEqual(
        names.map((name, n) => (n % 3 === 0 ? [[n, (n / 3) * 2]] : { ok: true, kept: [[[name]]], changed: 1 })),
      );
    }, LONG_MS);
    expect(await emails(database)).toEqual(names.filter((_, n) => n % 3 !== 0));
  });

  test("a foreign key that is missing at COMMIT rejects, and nothing is there", async () => {
    const database = await openDatabase(adapter);
    const orphan = write(change("INSERT INTO later VALUES (1, 99)"));
    const rejected = database.transaction(async (open) => {
      expect(verdict(await open.write(addUser("a")))).toBe("ok");
      expect(verdict(await open.write(orphan))).toBe("ok");
    }, LONG_MS);
    expect(await thrownBy(rejected)).toMatchObject({ name: "DatabaseError", failure: { kind: "foreign_key" } });
    expect(await emails(database)).toEqual([]);
    expect(await readRows(database, "SELECT * FROM later")).toEqual([]);
    // Made good before its COMMIT, the same is kept.
    await database.transaction(async (open) => {
      await open.write(orphan);
      await open.write(write(change("INSERT INTO users (id, email) VALUES (99, 'late')")));
    }, LONG_MS);
    expect(await readRows(database, "SELECT * FROM later")).toEqual([[1, 99]]);
  });

  test("is lost when SQLite ends it by itself: nothing is kept of it, neither from before nor from after", async () => {
    const database = await openDatabase(adapter);
    const verdicts: string[] = [];
    const work = async (open: Transaction) => {
      verdicts.push(verdict(await open.write(addUser("before"))));
      const rollback = open.write(write(change("INSERT INTO users (email) VALUES ('rollback')")));
      // Sent before anybody knows of it.
      const behind = [open.write(addUser("behind")), inside(open, emailsSql)].map(failureOf);
      verdicts.push(verdict(await rollback), ...(await Promise.all(behind)));
      verdicts.push(await failureOf(open.write(addUser("after"))), await failureOf(inside(open, emailsSql)));
    };
    expect(await failureOf(database.transaction(work, LONG_MS))).toBe("aborted");
    expect(verdicts).toEqual(["ok", "failed: aborted", "aborted", "aborted", "aborted", "aborted"]);
    const error = new Error("the hook's own");
    const rejected = database.transaction(async (open) => {
      await work(open);
      throw error;
    }, LONG_MS);
    expect(await thrownBy(rejected)).toBe(error);
    // Nobody waited for the write that ended it.
    const unheard = database.transaction(async (open) => {
      void open.write(addUser("before"));
      void open.write(addUser("rollback"));
      void open.write(addUser("behind"));
    }, LONG_MS);
    expect(await failureOf(unheard)).not.toBe("answered");
    expect(await emails(database)).toEqual([]);
    await database.transaction(async (open) => void (await open.write(addUser("next"))), LONG_MS);
    expect(await emails(database)).toEqual(["next"]);
  });

  test("cannot be used once it has ended, whichever way", async () => {
    const database = await openDatabase(adapter);
    const kept: Transaction[] = [];
    await database.transaction(async (open) => void kept.push(open), LONG_MS);
    const rejected = database.transaction(async (open) => {
      kept.push(open);
      throw new Error("undone");
    }, LONG_MS);
    await expect(rejected).rejects.toThrow("undone");
    const tryAll = async () => {
      for (const open of kept) {
        expect(await failureOf(open.write(addUser("late")))).toBe("other");
        expect(await failureOf(inside(open, emailsSql))).toBe("other");
      }
    };
    await tryAll();
    await database.transaction(tryAll, LONG_MS);
    expect(kept).toHaveLength(2);
    expect(await emails(database)).toEqual([]);
  });
});

const many =
  "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 100) SELECT hex(zeroblob(500000)) FROM n";

describeEachAdapter("a transaction that reaches its deadline", (adapter) => {
  test("is undone at once when its work never ends, and what waits goes on", async () => {
    const database = await openDatabase(adapter);
    const never = database.transaction(async (open) => {
      await open.write(addUser("never"));
      return pause(600_000);
    }, 50);
    const waiting = [database.write(addUser("a")), database.write(addUser("b"))];
    expect(await failureOf(never)).toBe("timeout");
    expect((await Promise.all(waiting)).map(verdict)).toEqual(["ok", "ok"]);
    expect(await emails(database)).toEqual(["a", "b"]);
  });

  test("refuses the late calls of its work, which so cannot reach another's transaction", async () => {
    const database = await openDatabase(adapter);
    const late: string[] = [];
    let wakeUp = () => {};
    const asleep = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    const ended: { readonly done: Promise<void> }[] = [];
    const lateWork = async (open: Transaction) => {
      const work = (async () => {
        // Where the machine is slow, the deadline comes before its answer.
        await open.write(addUser("early")).catch(() => undefined);
        await asleep;
        late.push(await failureOf(open.write(addUser("late"))), await failureOf(inside(open, emailsSql)));
        // A call whose rejection nobody sees must not end the process.
        void open.write(addUser("late and unheard"));
        throw new Error("nobody hears this");
      })();
      ended.push({ done: work });
      return work;
    };
    expect(await failureOf(database.transaction(lateWork, 30))).toBe("timeout");
    await database.transaction(async (open) => {
      await open.write(addUser("another's"));
      wakeUp();
      await expect(ended[0]?.done).rejects.toThrow("nobody hears this");
      expect(await inside(open, emailsSql)).toEqual([["another's"]]);
    }, LONG_MS);
    expect(late).toEqual(["timeout", "timeout"]);
    expect(await emails(database)).toEqual(["another's"]);
  });

  test("rejects calls that the thread is still busy with, and never keeps what they did", async () => {
    const database = await openDatabase(adapter);
    const slow =
      "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 3000000) SELECT count(*) FROM n";
    const inFlight: Promise<string>[] = [];
    const tooLate = database.transaction(async (open) => {
      inFlight.push(failureOf(open.write(addUser("before"))));
      inFlight.push(failureOf(inside(open, slow)), failureOf(open.write(addUser("behind"))));
      await Promise.all(inFlight);
    }, 20);
    expect(await failureOf(tooLate)).toBe("timeout");
    expect((await Promise.all(inFlight)).slice(1)).toEqual(["timeout", "timeout"]);
    expect(verdict(await database.write(addUser("a")))).toBe("ok");
    expect(await emails(database)).toEqual(["a"]);
  });
});

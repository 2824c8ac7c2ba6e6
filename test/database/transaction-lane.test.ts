import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Database, Transaction } from "#servery/database/database.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { type Adapter, describeEachAdapter } from "./adapters.ts";
import { startFixture } from "./fixtures.ts";
import { hasProc, threadCount } from "./processes.ts";
import { RandomSource } from "./random-source.ts";
import { change, failureOf, pause, readRows, until, verdict, write } from "./statements.ts";
import { temporaryDatabase, temporaryFolder } from "./temporary.ts";

const schema = ["CREATE TABLE names (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT"];

const LONG_MS = 60_000;
const TRANSACTIONS = 50;

const add = (name: string) => write(change("INSERT INTO names (name) VALUES (?)", [name]));
const names = async (database: Database) => (await readRows(database, "SELECT name FROM names ORDER BY id")).flat();
const countInside = async (open: Transaction) =>
  Number((await open.read({ sql: "SELECT count(*) FROM names", scans: false }, []))[0]?.[0]);
const openDatabase = async ({ preference }: Adapter) => temporaryDatabase({ driver: preference }, schema);

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Work that goes on until it is told to end. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describeEachAdapter("transactions beside other writes", (adapter) => {
  test.each([1, 2, 3])("overlapping ones with waiting work: every answer matches the rows (%i)", async (seed) => {
    const database = await openDatabase(adapter);
    const random = new RandomSource(seed);
    const expected = new Set<string>();
    const transaction = async (n: number) => {
      await pause(random.below(20));
      const added = Array.from({ length: 1 + random.below(4) }, (_, at) => `transaction ${n}.${at}`);
      const fails = random.below(3) === 0;
      const work = async (open: Transaction) => {
        const before = await countInside(open);
        for (const name of added) {
          if (random.below(2) === 0) await pause(random.below(4));
          expect(verdict(await open.write(add(name)))).toBe("ok");
          expect(verdict(await open.write(add(name)))).toBe("failed: unique");
        }
        // Nobody else wrote in between.
        expect(await countInside(open)).toBe(before + added.length);
        if (fails) throw new Error("undone");
        return n;
      };
      const answer = await database.transaction(work, LONG_MS).catch((error: Error) => error.message);
      expect(answer).toBe(fails ? "undone" : n);
      if (!fails) for (const name of added) expected.add(name);
    };
    const writer = async (n: number) => {
      for (let at = 0; at < 10; at++) {
        await pause(random.below(10));
        // Some names clash with those of others.
        const name = `write ${random.below(3) === 0 ? 0 : n}.${at}`;
        const outcome = verdict(await database.write(add(name)));
        expect(outcome).toBe(expected.has(name) ? "failed: unique" : "ok");
        expected.add(name);
      }
    };
    await Promise.all([
      ...Array.from({ length: TRANSACTIONS }, async (_, n) => transaction(n)),
      ...Array.from({ length: 8 }, async (_, n) => writer(n)),
    ]);
    expect((await names(database)).map(String).sort()).toEqual([...expected].sort());
  });

  test("what was submitted before it is there; what comes while it is open follows, ahead of the next one", async () => {
    const database = await openDatabase(adapter);
    const held = gate();
    const early = Array.from({ length: 30 }, (_, n) => database.write(add(`early ${n}`)));
    const first = database.transaction(async (open) => {
      expect(await countInside(open)).toBe(30);
      await open.write(add("first"));
      await held.opened;
      await open.write(add("still the first"));
    }, LONG_MS);
    const second = database.transaction(async (open) => open.write(add("second")), LONG_MS);
    await Promise.all(early);
    const meanwhile = [database.write(add("meanwhile 0"))];
    await pause(20);
    meanwhile.push(database.write(add("meanwhile 1")));
    const third = database.transaction(async (open) => open.write(add("third")), LONG_MS);
    expect(await names(database)).toHaveLength(30);
    held.open();
    await Promise.all([first, second, third, ...meanwhile]);
    expect((await names(database)).slice(30)).toEqual([
      "first",
      "still the first",
      "meanwhile 0",
      "meanwhile 1",
      "second",
      "third",
    ]);
  });

  test("neither a stream of writes nor one of transactions holds up the other", async () => {
    const database = await openDatabase(adapter);
    const inTurn = (name: string) => database.transaction(async (open) => open.write(add(name)), LONG_MS);
    const atOnce = (name: string) => database.write(add(name));
    for (const [few, many] of [
      [inTurn, atOnce],
      [atOnce, inTurn],
    ] as const) {
      let done = false;
      // The stream has an end, so that this fails and does not hang where it is the stream that is preferred.
      let hasEnded = false;
      let sent = 0;
      const stream = Array.from({ length: 8 }, async (_, n) => {
        // Not in step with the others: whenever the thread is free, some are waiting.
        for (let at = 0; at < n; at++) await nextTurn();
        for (let at = 0; at < 2_000 && !done; at++, sent++) await many(`${many.name} ${n}.${at}`);
        hasEnded = true;
      });
      await until(() => sent > 40);
      for (let n = 0; n < 10; n++) expect(verdict(await few(`few ${few.name} ${n}`))).toBe("ok");
      expect(hasEnded).toBe(false);
      done = true;
      await Promise.all(stream);
    }
  });

  test("a write that cannot be sent does not hold up the transactions behind it", async () => {
    const database = await openDatabase(adapter);
    const held = gate();
    const first = database.transaction(async () => held.opened, LONG_MS);
    const broken = database.write(write(change("INSERT INTO names (name) VALUES (?)", [(() => undefined) as never])));
    const second = database.transaction(async (open) => open.write(add("second")), LONG_MS);
    held.open();
    await first;
    expect(verdict(await broken)).toBe("failed: other");
    expect(verdict(await second)).toBe("ok");
    expect(await names(database)).toEqual(["second"]);
  });

  test("a change of the schema waits for the end of the one that is open", async () => {
    const database = await openDatabase(adapter);
    const held = gate();
    const first = database.transaction(async (open) => {
      await open.write(add("first"));
      await held.opened;
    }, LONG_MS);
    const second = database.transaction(async (open) => open.write(add("second")), LONG_MS);
    await pause(20);
    let defined = false;
    const defining = database.define(["ALTER TABLE names ADD COLUMN age INTEGER"]).then(() => {
      defined = true;
    });
    await pause(20);
    expect(defined).toBe(false);
    held.open();
    await Promise.all([first, second, defining]);
    expect(await readRows(database, "SELECT name, age FROM names ORDER BY id")).toEqual([
      ["first", null],
      ["second", null],
    ]);
  });

  test("more than 1,000 that wait are refused as busy, and the others have their turn", async () => {
    const database = await openDatabase(adapter);
    const held = gate();
    const first = database.transaction(async () => held.opened, LONG_MS);
    let ran = 0;
    const waiting = Array.from({ length: 1_000 }, async () =>
      database.transaction(async () => {
        ran += 1;
      }, LONG_MS),
    );
    let ranTooMany = false;
    const tooMany = database.transaction(async () => {
      ranTooMany = true;
    }, LONG_MS);
    expect(await failureOf(tooMany)).toBe("busy");
    held.open();
    await Promise.all([first, ...waiting]);
    expect({ ran, ranTooMany }).toEqual({ ran: 1_000, ranTooMany: false });
  });

  test("a lock of another process that lasts too long rejects it as busy before its work starts", async () => {
    const database = await temporaryDatabase({ driver: adapter.preference, lockWaitMs: 20 }, schema);
    const other = adapter.driver.open(database.path, { readOnly: false });
    other.exec("BEGIN IMMEDIATE");
    let started = false;
    const refused = database.transaction(async () => {
      started = true;
    }, LONG_MS);
    expect(await failureOf(refused)).toBe("busy");
    other.exec("ROLLBACK");
    other.close();
    expect(started).toBe(false);
    expect(verdict(await database.transaction(async (open) => open.write(add("a")), LONG_MS))).toBe("ok");
    expect(await names(database)).toEqual(["a"]);
  });

  test.runIf(hasProc)("the idle timer leaves the thread of an open one alone, and ends it afterwards", async () => {
    const database = await temporaryDatabase({ driver: adapter.preference, writerIdleMs: 20 }, schema);
    const before = threadCount();
    await database.transaction(async (open) => {
      await open.write(add("a"));
      await pause(150);
      await open.write(add("b"));
    }, LONG_MS);
    expect(await names(database)).toEqual(["a", "b"]);
    await until(() => threadCount() === before);
  });
});

describeEachAdapter("a transaction whose database goes", (adapter) => {
  const reopened = (path: string) => {
    const connection = adapter.driver.open(path, { readOnly: false });
    const rows = connection.prepare("SELECT name FROM names ORDER BY id").rows([]).flat();
    connection.close();
    return rows;
  };

  test("is undone by close, which refuses those that wait and keeps the writes", async () => {
    const path = join(temporaryFolder(), "test.db");
    const database = await openSqlite({ path, driver: adapter.preference });
    await database.define(schema);
    const late: string[] = [];
    const started = gate();
    const held = gate();
    const work = async (open: Transaction) => {
      await open.write(add("inside"));
      started.open();
      await held.opened;
      late.push(await failureOf(open.write(add("late"))));
    };
    const open = database.transaction(work, LONG_MS);
    let waited = false;
    const waiting = database.transaction(async () => {
      waited = true;
    }, LONG_MS);
    await started.opened;
    const gathered = database.write(add("gathered"));
    const defining = database.define(["CREATE TABLE defined (a INTEGER) STRICT"]);
    const failures = Promise.all([failureOf(open), failureOf(waiting)]);
    await Promise.all([database.close(), defining]);
    expect(await failures).toEqual(["unavailable", "unavailable"]);
    expect(verdict(await gathered)).toBe("ok");
    held.open();
    await until(() => late.length > 0);
    expect(late).toEqual(["unavailable"]);
    expect(waited).toBe(false);
    expect(await failureOf(database.transaction(async () => undefined, LONG_MS))).toBe("unavailable");
    expect(reopened(path)).toEqual(["gathered"]);
  });

  test("is kept when its COMMIT was on the way before close", async () => {
    const path = join(temporaryFolder(), "test.db");
    const database = await openSqlite({ path, driver: adapter.preference });
    await database.define(schema);
    let closing: Promise<void> | undefined;
    const committed = database.transaction(async (open) => {
      await open.write(add("inside"));
      // Behind the COMMIT, which is sent when this work is fulfilled.
      setImmediate(() => {
        closing = database.close();
      });
      return "answered";
    }, LONG_MS);
    expect(await committed).toBe("answered");
    await until(() => closing !== undefined);
    await closing;
    expect(reopened(path)).toEqual(["inside"]);
  });

  test("is rejected when its file was replaced, and so is each that asks again at once", async () => {
    const database = await openDatabase(adapter);
    const { path } = database;
    const replaced = database.transaction(async (open) => {
      await open.write(add("inside"));
      renameSync(path, `${path}.old`);
      writeFileSync(path, "");
    }, LONG_MS);
    // In the very moment of the rejection, and enough of them to be sent at once.
    const atOnce = replaced.catch(async () =>
      Promise.all(Array.from({ length: 10 }, async (_, n) => database.write(add(`at once ${n}`)))),
    );
    const waiting = failureOf(database.transaction(async (open) => open.write(add("waiting")), LONG_MS));
    const gathered = database.write(add("gathered"));
    const again = async (): Promise<string[]> => {
      const failures = [await failureOf(replaced)];
      for (let at = 0; at < 3; at++) {
        const asked = Array.from({ length: 10 }, async () => database.write(add(`again ${at}`)));
        failures.push(await failureOf(database.transaction(async (open) => open.write(add("again")), LONG_MS)));
        failures.push(...(await Promise.all(asked)).map(verdict));
      }
      return failures;
    };
    expect(new Set(await again())).toEqual(new Set(["unavailable", "failed: unavailable"]));
    expect(await waiting).toBe("unavailable");
    expect(verdict(await gathered)).toBe("failed: unavailable");
    expect((await atOnce)?.map(verdict)).toEqual(Array.from({ length: 10 }, () => "failed: unavailable"));
    await database.close();
    // Nothing went into the file that took its path.
    expect(readFileSync(path)).toHaveLength(0);
  });

  test("is gone with a process that is killed, and what was answered before is there", async () => {
    const path = join(temporaryFolder(), "test.db");
    const child = startFixture("transaction-and-wait.mjs", [JSON.stringify({ path, driver: adapter.preference })]);
    const output = await new Promise<string>((resolve) => {
      child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    });
    expect(output).toBe("99 inside\n");
    const ended = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    child.kill("SIGKILL");
    await ended;
    const connection = adapter.driver.open(path, { readOnly: false });
    expect(connection.prepare("PRAGMA integrity_check").rows([])).toEqual([["ok"]]);
    expect(connection.prepare("SELECT n FROM numbers ORDER BY n").rows([]).flat()).toEqual([1, 2, 3]);
    connection.close();
  });
});

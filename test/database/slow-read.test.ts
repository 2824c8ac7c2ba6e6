import { expect, test } from "vitest";
import { SLOW_READ_QUEUE } from "#servery/database/sqlite/slow-reader.js";
import { describeEachAdapter } from "./adapters.ts";
import { outputOf, runFixture, startFixture } from "./fixtures.ts";
import { childrenOf, hasProc, isAlive, processorMs } from "./processes.ts";
import { change, failureOf, pause, readRows, until, write } from "./statements.ts";
import { temporaryDatabase, temporaryFolder } from "./temporary.ts";

const schema = [
  "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT",
  "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 20000) INSERT INTO t SELECT n, 'row ' || n FROM n",
];

/** Never ends; the table makes it run elsewhere. */
const endless = {
  sql: "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n, t WHERE t.a >= 1 AND ? IS NOT NULL",
  scans: true,
};
const scan = { sql: "SELECT count(*), max(b), ? FROM t WHERE b LIKE 'row %'", scans: true };

/** Processor time that no start of a child takes, in milliseconds. */
const DEEP_MS = 1_000;

describeEachAdapter("a slow read", ({ preference }) => {
  const open = async (options: object = {}) => temporaryDatabase({ driver: preference, ...options }, schema);

  test("is answered by a child, with values as they are", async () => {
    const database = await open();
    const params = [1, 1.5, "ä", null, 2n ** 60n, new Uint8Array([1, 2])];
    const read = { sql: "SELECT count(*), ?, ?, ?, ?, ?, ? FROM t WHERE b LIKE 'row %'", scans: true };
    const answered = database.read(read, params);
    expect(answered).toBeInstanceOf(Promise);
    const [row = []] = await answered;
    expect(row.slice(0, 6)).toEqual([20_000, 1, 1.5, "ä", null, 2n ** 60n]);
    expect([...(row[6] as Uint8Array)]).toEqual([1, 2]);
  });

  test("sees every write that was answered before it", async () => {
    const database = await open();
    for (let at = 0; at < 20; at++) {
      await database.write(write(change("INSERT INTO t (b) VALUES (?)", [`row ${at}`])));
      expect((await database.read(scan, [at]))[0]).toEqual([20_001 + at, "row 9999", at]);
    }
  });

  test("is ended at its deadline, together with its process, and holds up nobody", async () => {
    const database = await open({ slowReadDeadlineMs: 5_000 });
    await database.read(scan, [0]);
    const started = performance.now();
    const hanging = Promise.allSettled([database.read(endless, [1]), database.read(endless, [2])]);
    if (hasProc) await until(() => childrenOf(process.pid).length === 2, 4_400);
    const pids = hasProc ? childrenOf(process.pid) : [];
    // Fast reads and writes meanwhile.
    let fast = 0;
    while (performance.now() - started < 4_500) {
      expect(await readRows(database, "SELECT b FROM t WHERE a = ?", [7])).toEqual([["row 7"]]);
      expect(await database.write(write(change("UPDATE t SET b = b WHERE a = 1")))).toMatchObject({ ok: true });
      fast += 1;
    }
    expect(fast).toBeGreaterThan(50);
    const outcomes = await hanging;
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(outcomes).toMatchObject(
      [1, 2].map(() => ({ status: "rejected", reason: { name: "DatabaseError", failure: { kind: "timeout" } } })),
    );
    await until(() => pids.every((pid) => !isAlive(pid)));
    expect((await database.read(scan, [3]))[0]).toEqual([20_000, "row 9999", 3]);
  });

  test("waits in a queue that is bounded; others in it are answered after one was ended", async () => {
    const database = await open({ slowReadDeadlineMs: 10_000 });
    const hanging = Promise.allSettled([database.read(endless, [1]), database.read(endless, [2])]);
    await pause(6_000);
    const waiting = Promise.all(
      Array.from({ length: SLOW_READ_QUEUE }, async (_, n) => (await database.read(scan, [n]))[0]?.[2]),
    );
    await expect(database.read(scan, [-1])).rejects.toMatchObject({ failure: { kind: "busy" } });
    expect((await hanging).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await waiting).toEqual(Array.from({ length: SLOW_READ_QUEUE }, (_, n) => n));
  });

  test("that waits longer than its deadline is refused without having run", async () => {
    const database = await open({ slowReadDeadlineMs: 300 });
    const reads = [endless, endless, scan].map(async (read) => database.read(read, [1]));
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes).toMatchObject(reads.map(() => ({ status: "rejected", reason: { failure: { kind: "timeout" } } })));
    // No process was started for it.
    await until(() => !hasProc || childrenOf(process.pid).length === 0);
    await pause(100);
    expect(hasProc ? childrenOf(process.pid) : []).toEqual([]);
  });

  test("may not answer more bytes than the main thread can take in", async () => {
    const database = await open({ slowReadMaxBytes: 100_000 });
    const rows = { sql: "SELECT a, b FROM t WHERE b LIKE ?", scans: true };
    await expect(database.read(rows, ["row %"])).rejects.toMatchObject({ failure: { kind: "too_big" } });
    // Without an end, it is stopped where it is too much.
    const forever = {
      sql: "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n, 'x' FROM n, t WHERE t.a = ?",
      scans: true,
    };
    await expect(database.read(forever, [1])).rejects.toMatchObject({ failure: { kind: "too_big" } });
    expect(await database.read(rows, ["row 77"])).toEqual([[77, "row 77"]]);
  });

  test("that is wrong is told so, and cannot write", async () => {
    const database = await open();
    const overflow = { sql: "SELECT max(b) - abs(-9223372036854775808) FROM t", scans: true };
    expect(await failureOf(database.read(overflow, []))).toBe("overflow");
    expect(await database.read(scan, [1])).toEqual([[20_000, "row 9999", 1]]);
  });

  test.runIf(hasProc)("is refused when its process dies, and the next one gets another", async () => {
    const database = await open();
    await database.read(scan, [1]);
    const [pid = 0] = childrenOf(process.pid);
    const hanging = failureOf(database.read(endless, [1]));
    process.kill(pid, "SIGKILL");
    expect(await hanging).toBe("unavailable");
    expect(await database.read(scan, [1])).toEqual([[20_000, "row 9999", 1]]);
    expect(childrenOf(process.pid)).not.toContain(pid);
  });

  test.runIf(hasProc)("leaves no process behind: neither idle nor after close", async () => {
    const database = await open({ readerIdleMs: 100 });
    await database.read(scan, [1]);
    expect(childrenOf(process.pid)).toHaveLength(1);
    await until(() => childrenOf(process.pid).length === 0);
    const hanging = failureOf(database.read(endless, [1]));
    await until(() => childrenOf(process.pid).length === 1);
    await database.close();
    expect(await hanging).toBe("unavailable");
    expect(childrenOf(process.pid)).toHaveLength(0);
  });

  test("lets the process end by itself once the database is closed", async () => {
    const settings = { path: `${temporaryFolder()}/test.db`, driver: preference, read: scan, schema };
    const { output, code } = await runFixture("read-and-close.mjs", [JSON.stringify(settings)]);
    expect(output).toBe("20000 rows\nclosed\n");
    expect(code).toBe(0);
  });

  test.runIf(hasProc)("dies with its parent, however that ends and whatever it does", async () => {
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const settings = { path: `${temporaryFolder()}/test.db`, driver: preference, endless, schema };
      const parent = startFixture("read-for-ever.mjs", [JSON.stringify(settings)]);
      const output = outputOf(parent);
      await until(() => childrenOf(parent.pid ?? 0).length === 1);
      const [child = 0] = childrenOf(parent.pid ?? 0);
      // Deep in SQLite, where it hears no message and no signal that can be caught: no start takes so much of a processor.
      await until(() => processorMs(child) > DEEP_MS);
      process.kill(child, "SIGTERM");
      await pause(50);
      expect(isAlive(child)).toBe(true);
      parent.kill(signal);
      await output;
      await until(() => !isAlive(child));
    }
  });
});

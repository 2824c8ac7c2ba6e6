import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { describeEachAdapter } from "./adapters.ts";
import { change, changeReturning, readRows, until, verdict, write } from "./statements.ts";
import { temporaryDatabase } from "./temporary.ts";

const MEGABYTE = 1024 * 1024;
const schema = ["CREATE TABLE t (n INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT) STRICT"];

const logSize = (path: string) => statSync(`${path}-wal`).size;

describeEachAdapter("the write-ahead log", ({ preference, driver }) => {
  test("stays below 64 MB under sustained writes, with RETURNING and with reads beside them", async () => {
    const database = await temporaryDatabase({ driver: preference }, schema);
    const text = "x".repeat(2_000);
    let written = 0;
    let largest = 0;
    const caller = async (returning: boolean) => {
      while (written < 40_000) {
        const insert = "INSERT INTO t (text) VALUES (?)";
        const step = returning ? changeReturning(`${insert} RETURNING n`, [text]) : change(insert, [text]);
        const outcome = await database.write(write(step));
        expect(outcome.ok).toBe(true);
        written += 1;
        const page = await readRows(database, "SELECT n FROM t ORDER BY n DESC LIMIT 20");
        expect(page.length).toBeGreaterThan(0);
        if (written % 64 === 0) largest = Math.max(largest, logSize(database.path));
      }
    };
    await Promise.all(Array.from({ length: 32 }, async (_, n) => caller(n % 2 === 0)));
    // More than the bound went through it.
    expect(statSync(database.path).size).toBeGreaterThan(64 * MEGABYTE);
    expect(largest).toBeLessThan(64 * MEGABYTE);
    expect(await readRows(database, "SELECT count(*) FROM t")).toEqual([[written]]);
  });

  test("grows under a long read of another process, which holds up nobody, and shrinks when that ends", async () => {
    const database = await temporaryDatabase({ driver: preference }, schema);
    const text = "x".repeat(20_000);
    const insert = async () => verdict(await database.write(write(change("INSERT INTO t (text) VALUES (?)", [text]))));
    expect(await insert()).toBe("ok");
    const other = driver.open(database.path, { readOnly: true });
    other.exec("BEGIN");
    expect(other.prepare("SELECT count(*) FROM t").rows([])).toEqual([[1]]);
    let slowest = 0;
    while (logSize(database.path) < 48 * MEGABYTE) {
      const started = performance.now();
      expect((await Promise.all(Array.from({ length: 50 }, insert))).every((answer) => answer === "ok")).toBe(true);
      slowest = Math.max(slowest, performance.now() - started);
    }
    // Less than the 5 s that anybody waits for a lock.
    expect(slowest).toBeLessThan(4_500);
    // The other one still sees what it saw, this one everything.
    expect(other.prepare("SELECT count(*) FROM t").rows([])).toEqual([[1]]);
    expect(Number((await readRows(database, "SELECT count(*) FROM t"))[0]?.[0])).toBeGreaterThan(2_000);
    other.exec("COMMIT");
    other.close();
    await until(async () => {
      expect(await insert()).toBe("ok");
      return logSize(database.path) < 20 * MEGABYTE;
    });
  });
});

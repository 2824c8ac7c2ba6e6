import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Connection } from "#servery/database/sqlite/connection.js";
import { logBytes } from "#servery/database/sqlite/database-file.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { describeEachAdapter } from "./adapters.ts";
import { runFixture } from "./fixtures.ts";
import { childrenOf, hasProc, threadCount } from "./processes.ts";
import { change, pause, readRows, verdict, write } from "./statements.ts";
import { closing, temporaryDatabase, temporaryFolder } from "./temporary.ts";

const schema = ["CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT) STRICT"];
const insert = write(change("INSERT INTO t (b) VALUES (?)", ["x"]));

describeEachAdapter("opening a SQLite file", ({ preference, driver }) => {
  test("makes the folder and the file, without a thread or a process, in under 50 ms", async () => {
    const threads = hasProc ? threadCount() : 0;
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const path = join(temporaryFolder(), "new", "folder", "app.db");
      const started = performance.now();
      const database = closing(await openSqlite({ path, driver: preference }));
      times.push(performance.now() - started);
      expect(database.driver.name).toBe(driver.name);
      expect(existsSync(path)).toBe(true);
    }
    // The best: on a busy machine any one may have waited for a core.
    expect(Math.min(...times)).toBeLessThan(50);
    expect(hasProc ? threadCount() : 0).toBeLessThanOrEqual(threads);
    expect(hasProc ? childrenOf(process.pid) : []).toEqual([]);
  });

  test("tells in one sentence why it cannot", async () => {
    const folder = temporaryFolder();
    const text = join(folder, "text.db");
    writeFileSync(text, "This is no database, however long the text that stands in it may be. ".repeat(20));
    const cases: [path: string, reason: string][] = [
      [":memory:", "A database in memory cannot be shared with the writer thread: give the path of a temporary file."],
      ["", '"" is not the path of a file.'],
      ["file:app.db?mode=memory", '"file:app.db?mode=memory" is not the path of a file.'],
      [folder, `The database ${folder} cannot be opened: the path is a folder.`],
      [text, `The database ${text} cannot be opened: the file is not a SQLite database.`],
      [join(text, "app.db"), `The folder of the database ${join(text, "app.db")} cannot be made:`],
    ];
    for (const [path, message] of cases) {
      await expect(openSqlite({ path, driver: preference }), path).rejects.toMatchObject({
        name: "DatabaseError",
        message: expect.stringContaining(message) as string,
        failure: { kind: "unavailable" },
      });
    }
    expect(readFileSync(text, "utf8")).toContain("This is no database");
  });

  test("a lock of another process at the start is told as such", async () => {
    const path = join(temporaryFolder(), "app.db");
    const other = driver.open(path, { readOnly: false });
    other.exec("CREATE TABLE t (a); BEGIN EXCLUSIVE");
    const opening = openSqlite({ path, driver: preference, lockWaitMs: 100 });
    await expect(opening).rejects.toMatchObject({
      failure: { kind: "busy" },
      message: expect.stringContaining("another process holds its lock.") as string,
    });
    other.exec("COMMIT");
    other.close();
  });

  test.runIf(process.getuid?.() === 0)("a user without the right to the folder is told so", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const locked = join(folder, "locked");
    mkdirSync(locked, { mode: 0o700 });
    writeFileSync(join(locked, "app.db"), "");
    const script = { path: join(locked, "app.db"), driver: preference };
    const { output } = await runFixture("open-and-tell.mjs", [JSON.stringify(script)], { uid: 65534, gid: 65534 });
    expect(output).toBe(
      `unavailable: The database ${script.path} cannot be opened: this user may not open the file or its folder.\n`,
    );
  });

  test("connections have the settings that keep data safe", async () => {
    const database = await temporaryDatabase({ driver: preference }, schema);
    const settingsOf = (role: "writer" | "main" | "child") => {
      const connection = new Connection({ driver, path: database.path, role });
      const names = [
        "foreign_keys",
        "journal_mode",
        "synchronous",
        "trusted_schema",
        "cell_size_check",
        "query_only",
        "busy_timeout",
      ];
      const settings = Object.fromEntries(names.map((name) => [name, connection.query(`PRAGMA ${name}`)[0]?.[0]]));
      connection.close();
      return settings;
    };
    const common = { foreign_keys: 1, journal_mode: "wal", trusted_schema: 0 };
    expect(settingsOf("writer")).toMatchObject({
      ...common,
      synchronous: 2,
      cell_size_check: 1,
      query_only: 0,
      busy_timeout: 5000,
    });
    expect(settingsOf("main")).toMatchObject({ ...common, query_only: 1, busy_timeout: 200 });
    expect(settingsOf("child")).toMatchObject({ ...common, query_only: 1, busy_timeout: 5000 });
  });

  test("a read cannot write", async () => {
    const database = await temporaryDatabase({ driver: preference }, schema);
    for (const sql of [
      "DELETE FROM t RETURNING a",
      "PRAGMA user_version = 5",
      "INSERT INTO t (b) VALUES ('x') RETURNING a",
    ]) {
      expect(() => database.read({ sql, scans: false }, []), sql).toThrow(/readonly|does not return data/);
    }
    expect(await readRows(database, "SELECT count(*) FROM t")).toEqual([[0]]);
    expect(await readRows(database, "SELECT user_version FROM pragma_user_version")).toEqual([[0]]);
  });

  test("closing leaves all rows in the one file, with a write or without", async () => {
    for (const writes of [0, 3]) {
      const folder = temporaryFolder();
      const path = join(folder, "app.db");
      const database = await openSqlite({ path, driver: preference });
      await database.define(schema);
      for (let at = 0; at < writes; at++) expect(verdict(await database.write(insert))).toBe("ok");
      await database.close();
      await database.close();
      // A copy of the file alone, as a backup makes it.
      const copy = join(temporaryFolder(), "copy.db");
      writeFileSync(copy, readFileSync(path));
      const copied = closing(await openSqlite({ path: copy, driver: preference }));
      expect(await readRows(copied, "SELECT count(*) FROM t")).toEqual([[writes]]);
      // With @photostructure/sqlite a connection is gone only once its statements are collected; its log is empty.
      const left = driver.name === "@photostructure/sqlite" ? ["app.db", "app.db-shm", "app.db-wal"] : ["app.db"];
      expect(left).toEqual(expect.arrayContaining(readdirSync(folder)));
      expect(logBytes(path) ?? 0).toBe(0);
    }
  });

  test("a closed database refuses reads and writes", async () => {
    const database = await temporaryDatabase({ driver: preference }, schema);
    await database.close();
    expect(() => database.read({ sql: "SELECT 1", scans: false }, [])).toThrow("closed");
    expect(verdict(await database.write(insert))).toBe("failed: unavailable");
    await expect(database.define(schema)).rejects.toThrow("closed");
  });

  test("writes are refused once another file has taken the path", async () => {
    const database = await temporaryDatabase({ driver: preference }, schema);
    expect(verdict(await database.write(insert))).toBe("ok");
    renameSync(database.path, `${database.path}.gone`);
    await pause(250);
    expect(verdict(await database.write(insert))).toBe("failed: unavailable");
    writeFileSync(database.path, "");
    expect(verdict(await database.write(insert))).toBe("failed: unavailable");
    expect(readFileSync(database.path).length).toBe(0);
    renameSync(`${database.path}.gone`, database.path);
    expect(verdict(await database.write(insert))).toBe("ok");
    expect(await readRows(database, "SELECT count(*) FROM t")).toEqual([[2]]);
  });
});

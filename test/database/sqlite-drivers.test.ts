import { expect, test } from "vitest";
import { chooseDriver, isSoundSqlite, loadDriver } from "#servery/database/sqlite/choose-driver.js";
import type { SqliteConnection } from "#servery/database/sqlite/driver.js";
import { mapError } from "#servery/database/sqlite/map-error.js";
import { type Adapter, describeEachAdapter } from "./adapters.ts";
import { temporaryFolder } from "./temporary.ts";

test.each([
  ["3.53.4", true],
  ["3.51.3", true],
  ["3.51.2", false],
  ["3.50.7", true],
  ["3.50.6", false],
  ["3.49.9", false],
  ["3.44.6", true],
  ["3.44.5", false],
  ["3.9.99", false],
  ["4.0.0", true],
])("SQLite %s: sound %s", (version, sound) => {
  expect(isSoundSqlite(version)).toBe(sound);
});

test("auto takes a driver that loads and says why", async () => {
  const { driver, why } = await chooseDriver("auto");
  expect(why).toContain(`${driver.name} works (SQLite ${driver.sqliteVersion}).`);
});

test.runIf(process.versions.node.startsWith("20."))("a binding that this Node lacks is passed over", async () => {
  const { driver, why } = await chooseDriver("node-sqlite");
  expect(driver.name).toBe("@photostructure/sqlite");
  expect(why).toContain("node:sqlite cannot be used: this Node is older than 22.13.");
  await expect(loadDriver("node:sqlite")).rejects.toThrow("No such built-in module.");
});

function open({ driver }: Adapter): SqliteConnection {
  return driver.open(`${temporaryFolder()}/test.db`, { readOnly: false });
}

describeEachAdapter("a SQLite binding", (adapter) => {
  test("stores and reads every kind of value as it is", () => {
    const connection = open(adapter);
    connection.exec("CREATE TABLE v (v ANY) STRICT");
    const insert = connection.prepare("INSERT INTO v VALUES (?) RETURNING v, typeof(v)");
    const cases: [unknown, unknown, string][] = [
      ["text", "text", "text"],
      ["", "", "text"],
      ["ä😀", "ä😀", "text"],
      [5, 5, "integer"],
      [-0, 0, "integer"],
      [2 ** 53 - 1, 2 ** 53 - 1, "integer"],
      [1.5, 1.5, "real"],
      [1e300, 1e300, "real"],
      [5n, 5, "integer"],
      [2n ** 63n - 1n, 2n ** 63n - 1n, "integer"],
      [-(2n ** 63n), -(2n ** 63n), "integer"],
      [null, null, "null"],
    ];
    for (const [given, read, type] of cases) {
      expect(insert.rows([given as never]), String(given)).toEqual([[read, type]]);
    }
    const [[bytes] = []] = insert.rows([new Uint8Array([0, 1, 255])]);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect([...(bytes as Uint8Array)]).toEqual([0, 1, 255]);
    expect(insert.rows([new Uint8Array()])[0]?.[1]).toBe("blob");
    // The same when read by a plain SELECT, again and row by row.
    const select = connection.prepare("SELECT v FROM v WHERE typeof(v) <> 'blob' ORDER BY rowid");
    const expected = cases.map(([, read]) => [read]);
    expect(select.rows([])).toEqual(expected);
    expect(select.rows([])).toEqual(expected);
    expect([...select.iterate([])]).toEqual(expected);
    connection.close();
  });

  test("binds whole numbers as integers, so that text and JSON show no fraction", () => {
    const connection = open(adapter);
    expect(connection.prepare("SELECT json_array(?, ?), 'n' || ?, typeof(?)").rows([1, -0, 7, 3])).toEqual([
      ["[1,0]", "n7", "integer"],
    ]);
    connection.close();
  });

  test("stores and finds numbers that are nearly 0", () => {
    const connection = open(adapter);
    connection.exec("CREATE TABLE tiny (a REAL NOT NULL) STRICT");
    const numbers = [5e-324, 2.5e-300, 1e-17, -1e-17, 2.2e-16, 2.3e-16];
    const insert = connection.prepare("INSERT INTO tiny (a) VALUES (?)");
    for (const number of numbers) insert.run([number]);
    const find = connection.prepare("SELECT a, typeof(a), a > 0 FROM tiny WHERE a = ?");
    for (const number of numbers) expect(find.rows([number])).toEqual([[number, "real", number > 0 ? 1 : 0]]);
    connection.close();
  });

  test("keeps columns of the same name, in order", () => {
    const connection = open(adapter);
    expect(connection.prepare("SELECT 1 AS a, 2 AS b, 3 AS a").rows([])).toEqual([[1, 2, 3]]);
    connection.close();
  });

  test("refuses what it cannot store, rather than store something else", () => {
    const connection = open(adapter);
    const select = connection.prepare("SELECT ?");
    for (const value of [undefined, true, {}, () => undefined]) {
      expect(() => select.rows([value as never]), typeof value).toThrow("which SQLite cannot store");
    }
    expect(() => select.rows([2n ** 64n])).toThrow(/too (?:big|large)/);
    // A text with NUL is stored whole or not at all.
    const length = connection.prepare("SELECT length(CAST(? AS BLOB))");
    const stored = (() => {
      try {
        return length.rows(["a\0b"])[0]?.[0];
      } catch (error) {
        return mapError(error).kind;
      }
    })();
    expect([3, "type"]).toContain(stored);
    connection.close();
  });

  test("leaves no transaction behind after RETURNING, and counts the rows it changed", () => {
    const connection = open(adapter);
    connection.exec("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER) STRICT");
    connection.prepare("INSERT INTO t (b) VALUES (1), (2), (3) RETURNING a").rows([]);
    expect(connection.inTransaction).toBe(false);
    expect(connection.prepare("UPDATE t SET b = b + 1 WHERE b >= ?").run([2])).toBe(2);
    connection.exec("BEGIN");
    expect(connection.inTransaction).toBe(true);
    connection.exec("ROLLBACK");
    connection.close();
  });

  test("a loop that is left early frees the statement", () => {
    const connection = open(adapter);
    connection.exec("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1), (2), (3)");
    const select = connection.prepare("SELECT a FROM t ORDER BY a");
    for (const row of select.iterate([])) if (row[0] === 1) break;
    expect(connection.prepare("DELETE FROM t").run([])).toBe(3);
    expect(select.rows([])).toEqual([]);
    connection.close();
  });
});

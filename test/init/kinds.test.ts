import { expect, test } from "vitest";
import { describeEachAdapter } from "../database/adapters.ts";
import { databaseFile, draftOf, kindIn, notesIn } from "./databases.ts";

/** A type as it is declared, values as SQL, and the kind that is written. `NULL` alone is no value. */
const kinds: readonly [type: string, values: readonly string[], call: string][] = [
  ["NVARCHAR(160)", ["'a'"], "text(160)"],
  ["VARCHAR(3)", ["'abcdef'"], "text(6)"],
  ["CHARACTER VARYING(20)", [], "text(20)"],
  ["TEXT", ["'a'"], "longText()"],
  ["", [], "longText()"],
  ["", ["1", "2"], "integer()"],
  ["", ["1.5", "2"], "real()"],
  ["", ["'x'", "3"], "longText()"],
  ["INT", ["1", "-5"], "integer()"],
  ["INTEGER", ["2147483647"], "integer()"],
  ["INTEGER", ["2147483648"], "bigint()"],
  ["BIGINT", ["1"], "bigint()"],
  ["UNSIGNED BIG INT", [], "bigint()"],
  ["INTEGER", ["'many'"], "longText()"],
  ["INTEGER", ["1.5"], "real()"],
  ["NUMERIC(10,2)", ["1.5", "3"], 'decimal(10, 2).stored("real")'],
  ["NUMERIC(10, 2)", [], 'decimal(10, 2).stored("real")'],
  ["DECIMAL(10,2)", ["1.125"], 'decimal(10, 3).stored("real")'],
  ["DECIMAL(5,2)", ["12345.67"], 'decimal(7, 2).stored("real")'],
  ["DECIMAL(30,2)", ["1.5"], 'decimal(15, 2).stored("real")'],
  ["MONEY", ["18", "21.35"], 'decimal(15, 2).stored("real")'],
  ["DECIMAL TEXT(10,2)", ["'9.99'"], "longText()"],
  ["NUMERIC", ["18", "21.35"], 'decimal(15, 2).stored("real")'],
  ["NUMERIC", ["18"], "real()"],
  ["NUMERIC(10,2)", ["0.1234567891"], "real()"],
  ["REAL", ["1", "2.5"], "real()"],
  ["DOUBLE PRECISION", [], "real()"],
  ["BOOL", ["0", "1"], "boolean()"],
  ["BOOLEAN", [], "boolean()"],
  ["TINYINT(1)", ["1"], "boolean()"],
  ["TINYINT", ["1"], "integer()"],
  ["BOOLEAN", ["2"], "integer()"],
  ["BOOLEAN", ["'yes'"], "longText()"],
  ["BIT", ["1"], "boolean()"],
  ["DATETIME", ["'2009-01-01 00:00:00'"], 'timestamp().stored("text")'],
  ["DATETIME", ["'2009-01-01T10:00:00'"], 'timestamp().stored("text")'],
  ["DATETIME", ["'2009-01-01T10:00:00.000Z'"], "timestamp()"],
  ["DATETIME", ["'2009-01-01'"], "date()"],
  ["DATETIME", ["1230768000"], 'timestamp().stored("unix")'],
  ["TIMESTAMP", ["1230768000000"], 'timestamp().stored("unix_ms")'],
  ["DATETIME", ["'next week'"], "longText()"],
  ["DATETIME", [], 'timestamp().stored("text")'],
  ["DATE", ["'2009-01-01'"], "date()"],
  ["DATE", ["'2009-01-01 00:00:00'"], 'date().stored("timestamp")'],
  ["DATE", ["'2009-01-01 10:00:00'"], 'timestamp().stored("text")'],
  ["DATE", [], "date()"],
  ["TIME", ["'10:00'"], "longText()"],
  ["JSON", [`'{"a":1}'`], "json()"],
  ["JSON", ["'nothing'"], "longText()"],
  ["UUID", ["'0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11'"], "uuid()"],
  ["UUID", ["'0191F2F0-7C1E-7D3A-9B1C-2F6A1F0E9D11'"], "longText()"],
  ["BLOB", [], "left out: its type is BLOB: bytes"],
  ["IMAGE", ["x'00'"], "left out: its values are bytes"],
  ["BLOB", ["'text'"], "longText()"],
  ["TEXT", ["'a'", "x'00'"], "left out: 1 of 2 values are bytes"],
  ["TEXT", ["'2009-01-01'", "'2009-01-02'", "'2009-01-03'"], "date()"],
  ["TEXT", ["'2009-01-01'"], "longText()"],
  ["TEXT", ["'[]'", "'{}'", "'[1]'"], "json()"],
  ["TEXT", ["'[]'", "'{}'", "'[1'"], "longText()"],
  ["TEXT", ["'12'", "'13'", "'14'"], "longText()"],
];

describeEachAdapter("the kind of a column", ({ preference }) => {
  test("is what its type says, unless the values say otherwise", async () => {
    const columns = kinds.map(([type], at) => `c${at} ${type}`);
    const inserts = kinds.flatMap(([, values], at) =>
      values.map((value) => `INSERT INTO t (c${at}) VALUES (${value})`),
    );
    const file = await databaseFile(`CREATE TABLE t (${columns.join(", ")})`, ...inserts);
    const draft = await draftOf(file, preference);
    expect(kinds.map(([type, values], at) => [type, values, kindIn(draft, "t", `c${at}`)])).toEqual(kinds);
  });

  test("is said to be guessed where it is", async () => {
    const file = await databaseFile(
      "CREATE TABLE t (wide VARCHAR(2), mixed INTEGER, at DATETIME, plain VARCHAR(9))",
      "INSERT INTO t VALUES ('four', 1, 1230768000, 'x'), ('a', 'two', NULL, 'y')",
    );
    const draft = await draftOf(file, preference);
    expect(notesIn(draft, "t", "wide")).toEqual(["declared VARCHAR(2), but a value has 4 characters"]);
    expect(notesIn(draft, "t", "mixed")).toEqual(["1 of 2 values are no numbers: they answer null"]);
    expect(notesIn(draft, "t", "at")).toEqual(["declared DATETIME; read as seconds since 1970"]);
    expect(notesIn(draft, "t", "plain")).toEqual([]);
  });

  test("an empty text in a required column stays allowed", async () => {
    const file = await databaseFile(
      "CREATE TABLE t (a VARCHAR(5) NOT NULL, b TEXT NOT NULL)",
      "INSERT INTO t VALUES ('', '')",
    );
    const draft = await draftOf(file, preference);
    expect([kindIn(draft, "t", "a"), kindIn(draft, "t", "b")]).toEqual(["text(5, { min: 0 })", "longText({ min: 0 })"]);
  });

  test("of a large table is chosen by its first and last rows, and that is said", async () => {
    const file = await databaseFile(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)",
      "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 50000) INSERT INTO t SELECT i, i FROM c",
      "UPDATE t SET n = 9999999999 WHERE id = 49999",
    );
    const draft = await draftOf(file, preference);
    expect(kindIn(draft, "t", "n")).toBe("bigint()");
    expect(draft.tables[0]?.notes).toEqual(["its kinds were chosen by its first and last rows"]);
    expect(draft.tables[0]?.rows).toBe(50_000);
  });
});

import { expect, test } from "vitest";
import { isConvertible } from "#servery/database/migration/convertible.js";
import { Connection } from "#servery/database/sqlite/connection.js";
import { convertValue } from "#servery/database/sqlite/convert-value.js";
import { tableStatement } from "#servery/database/sqlite/create-table.js";
import type { Storage } from "#servery/schema/kind.js";
import type { Stored } from "#servery/schema/stored.js";
import { describeEachAdapter } from "../database/adapters.ts";
import { meaning } from "./carried.ts";
import { valuesOf } from "./random-rows.ts";

const safe = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const storages = {
  text: { as: "text", min: 0, max: 40 },
  key: { as: "integer", ...safe },
  digit: { as: "integer", min: 0, max: 9 },
  bigint: { as: "bigint", min: -(2n ** 63n), max: 2n ** 63n - 1n },
  cents: { as: "decimal", precision: 10, scale: 2 },
  whole: { as: "decimal", precision: 18, scale: 0 },
  fine: { as: "decimal", precision: 18, scale: 18 },
  real: { as: "real" },
  boolean: { as: "boolean" },
  date: { as: "date" },
  timestamp: { as: "timestamp" },
  uuid: { as: "uuid" },
  json: { as: "json" },
} as const satisfies Record<string, Storage>;
type Name = keyof typeof storages;
const names = Object.keys(storages) as Name[];

describeEachAdapter("a value in another storage", ({ driver }) => {
  /** What a STRICT column of the new storage holds afterwards, or the word "refused". */
  function converted(value: Stored, from: Name, to: Name): Stored {
    const connection = new Connection({ driver, path: ":memory:", role: "writer" });
    const one = (name: Name, table: string): string =>
      tableStatement(
        {
          name: table,
          columns: [
            { name: "k", storage: storages.digit, optional: true },
            { name: "v", storage: storages[name], optional: true },
          ],
          key: ["k"],
          countsKey: false,
          checks: [],
          indexes: [],
          search: [],
        },
        table,
      );
    try {
      connection.exec(one(from, "old"));
      connection.exec(one(to, "new"));
      connection.prepare('INSERT INTO "old" (k, v) VALUES (1, ?)').run([value]);
      const sql = `INSERT INTO "new" (k, v) SELECT k, ${convertValue('"v"', storages[from], storages[to])} FROM "old"`;
      try {
        connection.exec(sql);
      } catch {
        return "refused";
      }
      return connection.query('SELECT v FROM "new"')[0]?.[0] ?? null;
    } finally {
      connection.close();
    }
  }

  test("is the same value, or is refused: for every two storages and every value of the first", () => {
    const found = { held: 0, refused: 0 };
    for (const from of names) {
      for (const to of names.filter((other) => isConvertible(storages[from], storages[other]))) {
        for (const value of valuesOf(storages[from])) {
          const after = converted(value, from, to);
          found[after === "refused" ? "refused" : "held"] += 1;
          const same =
            after === "refused" ||
            meaning(after, storages[to], storages[from]) === meaning(value, storages[from], storages[to]);
          expect(same, `${from} ${String(value)} became ${to} ${String(after)}`).toBe(true);
        }
        expect(converted(null, from, to)).toBe(null);
      }
    }
    expect(found.held).toBeGreaterThan(250);
    expect(found.refused).toBeGreaterThan(250);
  });

  test.each<[from: Name, value: Stored, to: Name, after: Stored]>([
    ["text", "12", "key", 12],
    ["text", "9223372036854775807", "bigint", 9_223_372_036_854_775_807n],
    ["text", "1.5", "cents", 150],
    ["text", "-0.50", "cents", -50],
    ["text", "7.000", "cents", 700],
    ["text", "1.5", "real", 1.5],
    ["text", "0.30000000000000004", "real", 0.1 + 0.2],
    ["text", "false", "boolean", 0],
    ["key", 12, "cents", 1_200],
    ["key", 7, "real", 7],
    ["key", -7, "text", "-7"],
    ["key", 1, "boolean", 1],
    ["bigint", 2n ** 53n - 1n, "key", 2 ** 53 - 1],
    ["cents", 150, "text", "1.50"],
    ["cents", -5, "text", "-0.05"],
    ["cents", 1_200, "key", 12],
    ["cents", 150, "real", 1.5],
    ["cents", 700, "whole", 7],
    ["fine", 500_000_000_000_000_000n, "cents", 50],
    ["real", 0.1, "cents", 10],
    ["real", 12.25, "cents", 1_225],
    ["real", 2, "key", 2],
    ["real", 0.1, "text", "0.1"],
    ["real", 0.1 + 0.2, "text", "0.30000000000000004"],
    ["real", 7, "text", "7"],
    ["boolean", 1, "text", "true"],
    ["boolean", 0, "key", 0],
    ["date", "2024-01-01", "timestamp", "2024-01-01T00:00:00.000Z"],
    ["timestamp", "2024-01-01T00:00:00.000Z", "date", "2024-01-01"],
    ["json", "[1, 2]", "text", "[1, 2]"],
  ])("%s %s becomes %s %s", (...[from, value, to, after]) => {
    expect(converted(value, from, to)).toBe(after);
  });

  test.each<[from: Name, value: Stored, to: Name]>([
    ["text", "007", "key"],
    ["text", " 1", "key"],
    ["text", "1e3", "key"],
    ["text", "9007199254740993", "key"],
    ["text", "9223372036854775808", "bigint"],
    ["text", "1.505", "cents"],
    ["text", "1.", "cents"],
    ["text", ".5", "cents"],
    ["text", "1.5x", "cents"],
    ["text", "1000000000000000000", "whole"],
    ["text", "1", "boolean"],
    ["text", "1.50", "real"],
    ["text", "x", "json"],
    ["key", 12, "digit"],
    ["key", 2, "boolean"],
    ["key", 10, "fine"],
    ["bigint", 2n ** 53n + 1n, "key"],
    ["bigint", 2n ** 53n + 1n, "real"],
    ["cents", 150, "whole"],
    ["whole", 10n ** 17n + 1n, "real"],
    ["real", 0.1 + 0.2, "cents"],
    ["real", 1.5, "key"],
    ["real", 2 ** 63, "bigint"],
    ["real", 1e300, "cents"],
    ["timestamp", "2024-02-29T10:30:00.123Z", "date"],
  ])("%s %s is refused as %s", (from, value, to) => {
    expect(converted(value, from, to)).toBe("refused");
  });
});

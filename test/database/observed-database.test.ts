import { expect, test } from "vitest";
import { observedDatabase } from "#servery/database/observed-database.js";
import type { Observation } from "#servery/observability/observation.js";
import { describeEachAdapter } from "./adapters.ts";
import { change, look, readRows, write } from "./statements.ts";
import { temporaryDatabase } from "./temporary.ts";

describeEachAdapter("an observed database", ({ preference }) => {
  test("tells of the statements inside a transaction as of those outside", async () => {
    const inner = await temporaryDatabase({ driver: preference }, ["CREATE TABLE t (a INTEGER, b TEXT) STRICT"]);
    const seen: Observation[] = [];
    const timed: Observation[] = [];
    const database = observedDatabase(inner, (observation) =>
      (observation.is === "statements" ? timed : seen).push(observation),
    );
    const insert = write(look("SELECT 1"), change("INSERT INTO t VALUES (?, ?)", [1, "secret"]));
    const count = "SELECT count(*) FROM t WHERE a = ?";
    const told = [
      { is: "sql", access: "write", sql: "SELECT 1", bound: 0 },
      { is: "sql", access: "write", sql: "INSERT INTO t VALUES (?, ?)", bound: 2 },
      { is: "sql", access: "read", sql: count, bound: 1 },
    ];
    expect(await database.write(insert)).toEqual({ ok: true, kept: [], changed: 1 });
    expect(await readRows(database, count, [1])).toEqual([[1]]);
    expect(seen.splice(0)).toEqual(told);
    const counted = await database.transaction(async (open) => {
      expect(await open.write(insert)).toEqual({ ok: true, kept: [], changed: 1 });
      return open.read({ sql: count, scans: false }, [1]);
    }, 60_000);
    expect(counted).toEqual([[2]]);
    expect(seen).toEqual(told);
    const access = timed.map((one) => one.is === "statements" && one.tookMs >= 0 && one.access);
    expect(access).toEqual(["write", "read", "write", "read"]);
  });
});

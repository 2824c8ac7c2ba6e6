import { expect, test } from "vitest";
import { describeEachAdapter } from "./adapters.ts";
import { RandomSource } from "./random-source.ts";
import { readRows, verdict } from "./statements.ts";
import { temporaryDatabase } from "./temporary.ts";
import { Model, modelSchema, randomWrite } from "./write-model.ts";

const WRITES = 4_000;

describeEachAdapter("random writes, many at once", ({ preference }) => {
  test.each([1, 2, 3])("are answered as a model in memory says, and leave what it holds (seed %i)", async (seed) => {
    const random = new RandomSource(seed);
    const database = await temporaryDatabase({ driver: preference }, modelSchema);
    const model = new Model();
    const seen = new Set<string>();
    for (let done = 0; done < WRITES; ) {
      const batch = Array.from({ length: Math.min(WRITES - done, 1 + random.below(random.pick([3, 40, 700]))) }, () =>
        randomWrite(random, model),
      );
      const outcomes = await Promise.all(batch.map(async ({ write }) => database.write(write)));
      // They were applied in the order in which they were submitted.
      const expected = batch.map(({ applyTo }) => applyTo(model));
      expect(outcomes.map(verdict), `writes ${done} to ${done + batch.length}`).toEqual(expected);
      expect({
        items: await readRows(database, "SELECT * FROM items ORDER BY id"),
        notes: await readRows(database, "SELECT * FROM notes ORDER BY id"),
      }).toEqual(model.rows());
      for (const found of expected) seen.add(found);
      done += batch.length;
    }
    // The mix is worth nothing if it does not meet every kind of end.
    const kinds = [
      "ok",
      "failed: unique",
      "failed: check",
      "failed: foreign_key",
      "failed: aborted",
      "refused: missing",
      "refused: changed",
      "refused: too_many",
    ];
    expect([...seen].sort()).toEqual(kinds.sort());
    expect(await readRows(database, "SELECT count(*) FROM later")).toEqual([[0]]);
    expect(await readRows(database, "SELECT * FROM pragma_integrity_check")).toEqual([["ok"]]);
  });
});

import { join } from "node:path";
import { expect, test } from "vitest";
import { describeEachAdapter } from "../database/adapters.ts";
import { outputOf, startFixture } from "../database/fixtures.ts";
import { RandomSource } from "../database/random-source.ts";
import { temporaryFolder } from "../database/temporary.ts";

const KILLS = 12;
const CALLERS = 16;

describeEachAdapter(`after each of ${KILLS} sudden deaths among hooks`, ({ driver, preference }) => {
  test("every answered write is there with what its hooks wrote, and no half of any", {
    timeout: 300_000,
  }, async () => {
    const random = new RandomSource(3);
    let total = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const path = join(temporaryFolder(), "test.db");
      const child = startFixture("../../custom/fixtures/hooked-writer.mjs", [
        JSON.stringify({ database: `sqlite:${path}`, sqliteDriver: preference, callers: CALLERS }),
      ]);
      const ended = outputOf(child);
      const enough = CALLERS + random.below(100);
      let printed = 0;
      child.stdout?.on("data", (piece: Buffer) => {
        printed += piece.toString("latin1").split("\n").length - 1;
        if (printed > enough) child.kill("SIGKILL");
      });
      // The last line may be cut.
      const lines = (await ended).output.split("\n").slice(0, -1);
      expect(lines.filter((line) => line.split(" ").length !== 2)).toEqual([]);
      const answered = lines.map((line) => line.split(" ")).map(([url, number]) => ({ url, number: Number(number) }));

      const connection = driver.open(path, { readOnly: false });
      const numbers = (sql: string): number[] =>
        connection
          .prepare(sql)
          .rows([])
          .map(([number]) => Number(number));
      expect(connection.prepare("PRAGMA integrity_check").rows([])).toEqual([["ok"]]);
      const entries = numbers("SELECT number FROM entries ORDER BY number");
      const plain = numbers("SELECT number FROM plain ORDER BY number");
      expect(numbers("SELECT number FROM trail ORDER BY number")).toEqual(entries);
      expect(numbers("SELECT rows FROM totals")).toEqual([entries.length]);
      expect(numbers("SELECT count(*) FROM _servery_kept_answers")[0]).toBe(
        entries.filter((number) => number % 3 === 0).length + plain.filter((number) => number % 3 === 2).length,
      );
      connection.close();
      // Every third number is written to both.
      expect(entries.filter((number) => number % 3 === 1)).toEqual(plain.filter((number) => number % 3 === 1));
      const written = new Set([...entries, ...plain]);
      expect(answered.filter(({ number }) => !written.has(number))).toEqual([]);
      // Not answered yet, but on the disk: at most what was in flight.
      expect(written.size - answered.length).toBeLessThanOrEqual(CALLERS);
      total += answered.length;
    }
    expect(total).toBeGreaterThanOrEqual(KILLS * CALLERS);
  });
});

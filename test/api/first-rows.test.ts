import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type AnyDeclaration,
  compile,
  createEngine,
  DeclarationError,
  decimal,
  everyone,
  integer,
  ref,
  type SeedRows,
  servery,
  table,
  text,
} from "servery";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** A shop that starts with these rows. */
function shop(seed: () => SeedRows): AnyDeclaration {
  return servery({
    tables: {
      owners: table({ name: text(10).unique(), balance: decimal(8, 2, { min: "0" }).default("0.00") }).allow(OPEN),
      things: table({ owner_id: ref("owners"), size: integer({ min: 1 }), code: text(5).unique() })
        .check("small", { size: { lt: 100 } })
        .allow(OPEN),
    },
    seed,
  });
}

const owners = { table: "owners", rows: [{ name: "ada" }, { name: "bob" }] };
const thing = { owner_id: 1, size: 1, code: "a" };

function database(): string {
  const folder = mkdtempSync(join(tmpdir(), "servery-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data.db");
}

/** How many rows there are, of both tables. */
async function rowsIn(path: string): Promise<unknown> {
  const { driver } = await chooseDriver("auto");
  const connection = driver.open(path, { readOnly: false });
  try {
    return connection.prepare("SELECT (SELECT count(*) FROM owners), (SELECT count(*) FROM things)").rows([])[0];
  } finally {
    connection.close();
  }
}

describe("a first row that does not fit ends the start with one line", () => {
  test.each<[string, () => SeedRows, string]>([
    [
      "a required column that is missing",
      () => [owners, { table: "things", rows: [thing, { owner_id: 1, size: 1 }] }],
      "seed, table things, row 2: Code required. Correct the row",
    ],
    [
      "a text that is too long",
      () => [{ table: "owners", rows: [{ name: "x".repeat(11) }] }],
      "seed, table owners, row 1: Name takes text of 1 to 10 characters. Correct the row",
    ],
    [
      "a column that is not there",
      () => [{ table: "owners", rows: [{ name: "ada", nme: "x" }] }],
      'seed, table owners, row 1: owners has no column "nme". Did you mean name?',
    ],
    [
      "a table that is not there",
      () => [{ table: "thing", rows: [thing] }],
      "seed: there is no table thing. Did you mean things?",
    ],
    [
      "a check that does not hold",
      () => [owners, { table: "things", rows: [{ ...thing, size: 100 }] }],
      "seed, table things, row 1: The check small does not hold. Correct the row",
    ],
    [
      "two rows with one value in a unique column",
      () => [owners, { table: "things", rows: [thing, { ...thing, code: "b" }, { ...thing, size: 2 }] }],
      "seed: Another row of things has this code. Correct the row",
    ],
    [
      "two rows with one key",
      () => [
        {
          table: "owners",
          rows: [
            { id: 7, name: "ada" },
            { id: 7, name: "bob" },
          ],
        },
      ],
      "seed: Another row of owners has this id. Correct the row",
    ],
    [
      "a reference to a row that is not there",
      () => [owners, { table: "things", rows: [thing, { ...thing, code: "b", owner_id: 3 }] }],
      "seed: owner_id refers to a row that is not there. Correct the row",
    ],
    [
      "a row that comes before the one it refers to",
      () => [{ table: "things", rows: [thing] }, owners],
      "seed: owner_id refers to a row that is not there. Correct the row",
    ],
  ])("%s", async (_is, seed, message) => {
    const path = database();
    const started = createEngine(compile(shop(seed)), { database: `sqlite:${path}` });
    const error: unknown = await started.then(
      async (engine) => engine.close(),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DeclarationError);
    expect((error as Error).message).toBe(message);
    expect((error as Error).message).not.toContain("\n");
    expect(await rowsIn(path)).toEqual([0, 0]);
  });

  test("an error of the function itself is not called a row's", async () => {
    const fault = new TypeError("its own fault");
    const broken = shop(() => {
      throw fault;
    });
    const path = database();
    await expect(createEngine(compile(broken), { database: `sqlite:${path}` })).rejects.toBe(fault);
    expect(await rowsIn(path)).toEqual([0, 0]);
  });
});

test("once the row is corrected, the next start brings all of them, and the one after it none", async () => {
  const path = database();
  const rows = [thing, { ...thing }];
  const wrong = compile(shop(() => [owners, { table: "things", rows }]));
  await expect(createEngine(wrong, { database: `sqlite:${path}` })).rejects.toThrow(/things has this code/);
  rows[1] = { ...thing, code: "b" };
  const seen: boolean[] = [];
  for (let start = 0; start < 2; start++) {
    const engine = await createEngine(wrong, { database: `sqlite:${path}` });
    seen.push(engine.created);
    await engine.close();
    expect(await rowsIn(path)).toEqual([2, 2]);
  }
  expect(seen).toEqual([false, false]);
});

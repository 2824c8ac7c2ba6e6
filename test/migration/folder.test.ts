import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { integer, table, text } from "servery";
import { lastSchema, readMigrations } from "#servery/database/migration/migrations-folder.js";
import { schemaHash } from "#servery/database/migration/schema-hash.js";
import { describeEachAdapter } from "../database/adapters.ts";
import { folderWorld, namesOf } from "./folder-world.ts";

const one = table({ title: text(100) });
const two = table({ title: text(100), n: integer().optional() });
const three = table({ heading: text(100).was("title"), n: integer().optional() });

describeEachAdapter("a migrations folder", (adapter) => {
  async function threeFiles() {
    const world = folderWorld(adapter);
    for (const notes of [one, two, three]) await world.generate({ notes }, "step");
    const path = (name: string): string => join(world.folder, "migrations", name);
    return { world, path, read: (name: string) => readFileSync(path(name), "utf8") };
  }

  test("the schema after each file is known, and each is applied up to there", async () => {
    const { world } = await threeFiles();
    const wanted = await Promise.all([one, two, three].map(async (notes) => (await world.work({ notes })).wanted));
    const files = readMigrations(world.folder)?.files ?? [];
    expect(files.map(({ leads }) => leads?.to)).toEqual(wanted.map(schemaHash));
    for (const number of [1, 2, 3]) {
      expect(namesOf(await world.up({ to: number }), "applied")).toEqual([`000${number}_step.sql`]);
      const [kept] = world.rows("SELECT value FROM _servery WHERE key = 'schema'");
      expect(schemaHash(JSON.parse(String(kept?.[0])) as Parameters<typeof schemaHash>[0])).toBe(
        files[number - 1]?.leads?.to,
      );
    }
  });

  test("the last file can be taken away and made again while no database has it", async () => {
    const { world, path, read } = await threeFiles();
    const [before, schema] = [read("0003_step.sql"), read("schema.json")];
    rmSync(path("0003_step.sql"));
    const left = readMigrations(world.folder);
    expect(left === undefined ? "" : schemaHash(lastSchema(left))).toBe(
      schemaHash((await world.work({ notes: two })).wanted),
    );
    await world.generate({ notes: three }, "step");
    expect([read("0003_step.sql"), read("schema.json")]).toEqual([before, schema]);
  });

  test.each<[string, (at: Awaited<ReturnType<typeof threeFiles>>) => void, RegExp]>([
    [
      "two files of one number",
      ({ world }) => world.write("0003_other.sql", "SELECT 1;"),
      /0003_other\.sql and 0003_step\.sql have one number.*0004/,
    ],
    [
      "a file is missing in between",
      ({ path }) => rmSync(path("0002_step.sql")),
      /0003_step\.sql: it begins with the schema/,
    ],
    ["schema.json is missing", ({ path }) => rmSync(path("schema.json")), /schema\.json: it is missing/],
    [
      "schema.json is a conflict",
      ({ path, read }) => writeFileSync(path("schema.json"), `<<<<<<< ours\n${read("schema.json")}`),
      /two branches changed it/,
    ],
    [
      "schema.json is no JSON",
      ({ path }) => writeFileSync(path("schema.json"), "{"),
      /schema\.json: it cannot be read/,
    ],
    [
      "schema.json is another one",
      ({ path }) => writeFileSync(path("schema.json"), '{"tables":[],"views":[],"earlier":{}}'),
      /does not belong to 0001_step\.sql/,
    ],
    ["a name without a number", ({ world }) => world.write("fill.sql", "SELECT 1;"), /fill\.sql: its name is not one/],
    [
      "a name in capitals",
      ({ world }) => world.write("0004_Fill.sql", "SELECT 1;"),
      /0004_Fill\.sql: its name is not one/,
    ],
    [
      "a header that lost a line",
      ({ path, read }) => writeFileSync(path("0003_step.sql"), read("0003_step.sql").replace(/^-- to .*\n/m, "")),
      /0003_step\.sql: one of its lines/,
    ],
    ["U+0000", ({ world }) => world.write("0004_nul.sql", "SELECT 1;\0"), /U\+0000/],
    [
      "a quote that is not closed",
      ({ world }) => world.write("0004_open.sql", "SELECT 'a;\n"),
      /0004_open\.sql: line 1: a quote/,
    ],
  ])("%s is named, and no database is touched", async (_what, spoil, said) => {
    const at = await threeFiles();
    await at.world.up({ to: 1 });
    const before = readFileSync(at.world.database);
    spoil(at);
    await expect(at.world.up({ to: 3 }).then(async () => at.world.up())).rejects.toThrow(said);
    expect(at.world.rows("SELECT max(number) <= 3 FROM _servery_migrations")).toEqual([[1]]);
    expect(before.length).toBeGreaterThan(0);
  });

  test("other files in the folder are none of its business", async () => {
    const { world } = await threeFiles();
    world.write("README.md", "Notes.");
    world.write(".gitkeep", "");
    expect(readMigrations(world.folder)?.files).toHaveLength(3);
  });
});

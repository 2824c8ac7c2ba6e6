import { expect, test } from "vitest";
import { integer, table, text } from "servery";
import { describeEachAdapter } from "../database/adapters.ts";
import { folderWorld, namesOf } from "./folder-world.ts";
import { TIMES } from "./world.ts";

const notes = table({ title: text(100), n: integer().default(0) });

describeEachAdapter("a migration in code", (adapter) => {
  async function begun(code: string, name = "0002_code.ts") {
    const world = folderWorld(adapter);
    await world.generate({ notes });
    await world.up();
    world.byHand(`INSERT INTO notes (title, created_at, updated_at) VALUES ('a', ${TIMES}), ('b', ${TIMES})`);
    world.write(name, code);
    return world;
  }

  test("reads rows as objects, writes with bound values, and counts what it changed", async () => {
    const world = await begun(`import { migration, type MigrationContext } from "servery";
      interface Note extends Record<string, string | number> { id: number; title: string }
      export default migration(async ({ query, run }: MigrationContext) => {
        for (const { id, title } of query<Note>("SELECT id, title FROM notes ORDER BY id")) {
          await Promise.resolve();
          const changed: number = run("UPDATE notes SET title = ?, n = ? WHERE id = ?", title + "'; --", 7, id);
          if (changed !== 1) throw new Error("changed " + changed);
        }
        if (query("SELECT max(n) AS most FROM notes")[0]?.most !== 7) throw new Error("not 7");
        run("CREATE TABLE own (x)");
      });`);
    const events = await world.up();
    expect(namesOf(events, "applied")).toEqual(["0002_code.ts"]);
    expect(events.filter(({ is }) => is === "statement")).toHaveLength(5);
    expect(world.rows("SELECT title, n FROM notes ORDER BY id")).toEqual([
      ["a'; --", 7],
      ["b'; --", 7],
    ]);
    expect(await world.up()).toEqual([]);
  });

  test("plain JavaScript does as well", async () => {
    const world = await begun("export default ({ run }) => { run('DELETE FROM notes'); };", "0002_code.mjs");
    expect(namesOf(await world.up(), "applied")).toEqual(["0002_code.mjs"]);
    expect(world.rows("SELECT count(*) FROM notes")).toEqual([[0]]);
  });

  test.each([
    ["throw new Error('on purpose');", "0002_code.ts: on purpose, in: DELETE FROM notes"],
    ["run('COMMIT');", "COMMIT stands where Servery runs the whole file in one transaction"],
    ["run('DELETE FROM notes; DELETE FROM notes');", "One statement at a time"],
    ["run('');", "One statement at a time"],
    ["run('INSERT INTO nowhere VALUES (1)');", "no such table: nowhere"],
    ["query('SELECT no_column FROM notes');", "no_column"],
    ["run('ALTER TABLE notes ADD COLUMN extra TEXT');", "which is not declared"],
    ["await Promise.reject(new Error('too late'));", "too late"],
  ])("%s fails, and nothing is kept", async (code, said) => {
    const world = await begun(`export default async ({ query, run }) => { run("DELETE FROM notes"); ${code} };`);
    await expect(world.up()).rejects.toThrow(said);
    expect(world.rows("SELECT count(*) FROM notes")).toEqual([[2]]);
    expect(world.rows("SELECT count(*) FROM _servery_migrations")).toEqual([[1]]);
  });

  test("what it does after its end is refused", async () => {
    const world = await begun(`export default ({ run }) => {
      globalThis.lateMigration = new Promise((answer) => setTimeout(() => {
        try { run("DELETE FROM notes"); answer("ran"); } catch (error) { answer(error.message); }
      }, 10));
    };`);
    await world.up();
    expect(await (globalThis as { lateMigration?: Promise<string> }).lateMigration).toContain(
      "The migration has ended",
    );
    expect(world.rows("SELECT count(*) FROM notes")).toEqual([[2]]);
  });

  test.each([
    ["export const a = 1;", "exports no function"],
    ["export default 1;", "exports no function"],
    ["export default (", "it cannot be loaded"],
  ])("%s is named before anything runs", async (code, said) => {
    const world = await begun(code);
    await expect(world.up()).rejects.toThrow(said);
    expect(world.rows("SELECT count(*) FROM _servery_migrations")).toEqual([[1]]);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadMigrationWork } from "#servery/cli/migration-work.js";
import { followPlan, planSchema } from "#servery/database/sqlite/follow-schema.js";
import { ask } from "../binary/process.ts";
import { migratedApplication, TIMES } from "./world.ts";

const NOTES = "notes: table({ title: text(100), body: longText().optional() }).allow(all)";
const RENAMED = 'notes: table({ heading: text(100).was("title"), body: longText().optional() }).allow(all)';
const WITHOUT_BODY = "notes: table({ title: text(100) }).allow(all)";

describe("from an empty folder to a changed database", () => {
  test("new, plan, up, status; a rename keeps the values; nothing to do the second time", async () => {
    const app = migratedApplication(NOTES);
    expect(await app.migrate("new", "create_notes")).toMatchObject({ code: 0 });
    expect(app.files()).toEqual(["0001_create_notes.sql", "schema.json"]);
    expect(app.read("0001_create_notes.sql")).toMatch(
      /^-- 0001_create_notes\.sql\n(?:--.*\n)*-- from [0-9a-f]{16}\n-- to [0-9a-f]{16}\n\nCREATE TABLE/,
    );

    const again = await app.migrate("new");
    expect(again).toEqual({ code: 0, text: "No difference: the migrations lead to what is declared.\n" });
    expect(app.files()).toHaveLength(2);

    const plan = await app.migrate("plan", "--sql");
    expect(plan.text).toContain("0001_create_notes.sql");
    expect(plan.text).toContain('CREATE TABLE "notes"');
    expect(existsSync(app.database)).toBe(false);

    expect((await app.migrate("up")).code).toBe(0);
    await app.byHand(`INSERT INTO notes (title, body, created_at, updated_at) VALUES ('kept', 'b', ${TIMES})`);
    app.declare(RENAMED);
    expect((await app.migrate("new", "rename")).code).toBe(0);
    expect((await app.migrate("status")).text).toMatch(
      /0001_create_notes\.sql +applied 20.*\n0002_rename\.sql +pending\n/,
    );
    const up = await app.migrate("up");
    expect(up.text).toMatch(/0002_rename\.sql +applied in \d+ ms\nDone: 1 file\.\n$/);
    expect(await app.rows("SELECT heading, body FROM notes")).toEqual([["kept", "b"]]);
    expect((await app.migrate("up")).text).toBe("Nothing to do: every file is applied.\n");
    expect((await app.migrate("status", "--check")).code).toBe(0);
    expect((await app.migrate("new")).text).toContain("No difference");
  });

  test("plan asks no rows of a database that went ahead of the files", async () => {
    const app = migratedApplication(NOTES);
    await app.migrate("new", "create_notes");
    await app.migrate("up");
    app.declare('notes: table({ title: text(100), text: longText().was("body") }).allow(all)');
    // As servery dev does it.
    const work = await loadMigrationWork(app.folder);
    const plan = await planSchema(work.file, work);
    if (plan === undefined) throw new Error("Nothing differs.");
    await followPlan(work.file, plan);
    const told = await app.migrate("plan");
    expect(told.text).toMatch(/Declared, and in no file yet[^]*column body becomes text/);
    expect(told.code).toBe(0);
  });

  test("G06 what destroys needs consent by name, and is never asked about without a terminal", async () => {
    const app = migratedApplication(`${NOTES}, tags: table({ label: text(10) })`);
    await app.migrate("new");
    app.declare(WITHOUT_BODY);
    const refused = await app.migrate("new");
    expect(refused.code).toBe(1);
    for (const words of ["notes.body", "tags: The table tags", "--drop notes.body", '.was("old_name")'])
      expect(refused.text).toContain(words);
    expect(app.files()).toHaveLength(2);
    expect(await app.migrate("new", "--drop", "tags")).toMatchObject({ code: 1 });
    expect((await app.migrate("new", "--drop", "notes.bdoy")).text).toContain("Did you mean notes.body?");
    expect((await app.migrate("new", "--drop", "notes.title")).text).toContain("would not be lost");
    expect(app.files()).toHaveLength(2);
    expect(await app.migrate("new", "--drop", "tags", "--drop", "notes.body")).toMatchObject({ code: 0 });
    expect(app.read("0002_step.sql")).toMatch(/^-- loses tags: .*\n-- loses notes\.body: /m);
  });

  test("without a folder a database that is there counts as migrated", async () => {
    const app = migratedApplication(NOTES);
    const running = app.begin(["start", app.folder]);
    const url = await running.url();
    expect((await ask(`${url}/api/notes`, { method: "POST", json: { title: "a" } })).status).toBe(201);
    running.child.kill("SIGTERM");
    await running.ended;
    const made = await app.migrate("new");
    expect(made.text).toContain("counts as applied there");
    expect((await app.migrate("status")).text).toMatch(/0001_\w+\.sql +applied/);
    expect((await app.migrate("up")).text).toContain("Nothing to do");
    expect(await app.rows("SELECT title FROM notes")).toEqual([["a"]]);
  });

  test("without a folder, with a database of an earlier declaration: that one first, then the change", async () => {
    const app = migratedApplication(NOTES);
    const running = app.begin(["start", app.folder]);
    await running.url();
    running.child.kill("SIGTERM");
    await running.ended;
    app.declare(RENAMED);
    expect((await app.migrate("plan")).text).toMatch(/title becomes heading/);
    expect((await app.migrate("new")).code).toBe(0);
    expect(app.files()).toEqual(["0001_initial.sql", "0002_step.sql", "schema.json"]);
    expect((await app.migrate("up")).text).not.toContain('CREATE TABLE "notes"');
    expect(await app.rows("SELECT name FROM pragma_table_info('notes')")).toContainEqual(["heading"]);
    expect((await app.migrate("status", "--check")).code).toBe(0);
  });

  test("a file whose end the database has already is recorded, not run", async () => {
    const app = migratedApplication(NOTES);
    await app.migrate("new");
    await app.migrate("up");
    await app.byHand("DELETE FROM _servery_migrations");
    expect((await app.migrate("plan")).text).toContain("counts as applied and is not run");
    expect((await app.migrate("up")).text).toContain("is there already");
    expect((await app.migrate("up")).text).toContain("Nothing to do");
  });

  test("--to stops at a file, and --json tells all of it", async () => {
    const app = migratedApplication(WITHOUT_BODY);
    await app.migrate("new");
    app.declare(NOTES);
    await app.migrate("new");
    expect((await app.migrate("up", "--to", "9")).text).toContain("Write a number from 1 to 2");
    expect(JSON.parse((await app.migrate("up", "--to", "1", "--json")).text)).toMatchObject({
      applied: [{ name: "0001_step.sql" }],
    });
    const plan = JSON.parse((await app.migrate("plan", "--json")).text) as Record<string, unknown>;
    expect(plan).toMatchObject({
      applied: 1,
      pending: [{ name: "0002_step.sql", changes: [expect.stringContaining("column body")] }],
      unwritten: null,
    });
    expect((await app.migrate("status", "--check")).code).toBe(1);
    expect(JSON.parse((await app.migrate("status", "--json")).text)).toMatchObject({
      files: [{ is: "applied" }, { is: "pending" }],
      declaration_agrees: true,
    });
    expect(JSON.parse((await app.migrate("up", "--json")).text)).toMatchObject({
      applied: [{ name: "0002_step.sql" }],
      declaration_agrees: true,
    });
    app.declare(WITHOUT_BODY);
    expect(JSON.parse((await app.migrate("new", "--json")).text)).toMatchObject({
      written: [],
      unconsented: [{ name: "notes.body" }],
    });
    expect((await app.migrate("plan")).text).toMatch(/in no file yet[^]*Loses notes\.body/);
  });

  test("G05 rows that stand in the way are counted before anything runs, and nothing changes", async () => {
    const app = migratedApplication(NOTES);
    await app.migrate("new");
    await app.migrate("up");
    await app.byHand(
      `INSERT INTO notes (title, body, created_at, updated_at) VALUES ('a', NULL, ${TIMES}), ('a', 'x', ${TIMES}), ('b', NULL, ${TIMES})`,
    );
    app.declare("notes: table({ title: text(100).unique(), body: longText() }).allow(all)");
    await app.migrate("new");
    const before = readFileSync(app.database);
    const { text } = await app.migrate("plan");
    expect(text).toMatch(/In the way: 2 rows of notes have no value in body/);
    expect(text).toMatch(/In the way: 2 rows of notes have the same title/);
    expect(text).toMatch(/Copies notes row by row: 3 rows/);
    expect(readFileSync(app.database).equals(before)).toBe(true);
  });
});

describe("servery start with a migrations folder", () => {
  test("a new database is made by the files, and gets the first rows", async () => {
    const app = migratedApplication(NOTES);
    await app.migrate("new");
    const running = app.begin(["start", app.folder]);
    const url = await running.url();
    expect(running.output()).toContain("Applied 0001_step.sql.");
    expect((await ask(`${url}/api/notes`)).body).toEqual([]);
    expect(await app.rows("SELECT name FROM _servery_migrations")).toEqual([["0001_step.sql"]]);
  });

  test("G01 it does not serve what is pending, edited, undeclared, or newer than the program", async () => {
    const app = migratedApplication(NOTES);
    await app.migrate("new");
    await app.migrate("up");
    const refused = async (): Promise<string> => {
      const running = app.begin(["start", app.folder]);
      expect(await running.ended).toBe(1);
      expect(running.output().trim().split("\n")).toHaveLength(1);
      return running.output();
    };
    app.declare(RENAMED);
    expect(await refused()).toContain("servery migrate new");
    await app.migrate("new");
    expect(await refused()).toMatch(/not applied 0002_step\.sql.*servery migrate up/);
    await app.migrate("up");
    app.write("0001_step.sql", `${app.read("0001_step.sql")}\n-- a word more\n`);
    expect(await refused()).toMatch(/0001_step\.sql: it was changed after/);
  });

  test("Z58 an older program says that a newer one was there", async () => {
    const app = migratedApplication(NOTES);
    await app.migrate("new");
    const old = [app.read("0001_step.sql"), app.read("schema.json")] as const;
    app.declare(RENAMED);
    await app.migrate("new");
    await app.migrate("up");
    const older = migratedApplication(NOTES, { DATABASE_URL: `sqlite:${app.database}` });
    older.write("0001_step.sql", old[0]);
    older.write("schema.json", old[1]);
    const running = older.begin(["start", older.folder]);
    expect(await running.ended).toBe(1);
    expect(running.output()).toMatch(/^servery: migrations\/0002_step\.sql: .*newer version of the application/);
  });
});

test.each([
  [["up", "APP", "--tto", "1"], "Did you mean --to?", 2],
  [["plann"], "Did you mean plan?", 2],
  [["new", "a", "APP", "b"], "one word too many", 2],
  [["new", "!!!", "APP"], "is no name", 1],
  [["up", "APP"], "there is no such folder", 1],
  [["new", "x", "APP", "--drop", ""], "--drop names nothing", 1],
  [["new", "x", "APP", "--empty", "--drop", "notes.a"], "--drop is for", 1],
  [[], "new, plan, up or status", 2],
] as const)("migrate %j is refused in one line", async (words, said, code) => {
  const app = migratedApplication(NOTES);
  const running = app.begin(["migrate", ...words.map((word) => (word === "APP" ? app.folder : word))]);
  expect(await running.ended).toBe(code);
  expect(running.output()).toContain(said);
  expect(running.output().trim().split("\n")).toHaveLength(1);
  expect(app.files()).toEqual([]);
});

test("--help names the actions and their options", async () => {
  for (const [words, named] of [
    [
      ["migrate", "--help"],
      ["new", "plan", "up", "status"],
    ],
    [
      ["migrate", "new", "--help"],
      ["--drop", "--empty", "--ts"],
    ],
    [
      ["migrate", "up", "--help"],
      ["--[no-]backup", "--to"],
    ],
  ] as const) {
    const running = migratedApplication(NOTES).begin([...words]);
    expect(await running.ended).toBe(0);
    for (const word of named) expect(running.output()).toContain(word);
  }
});

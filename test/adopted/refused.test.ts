import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  compile,
  createEngine,
  date,
  decimal,
  everyone,
  integer,
  servery,
  table,
  text,
  timestamp,
  view,
} from "servery";
import { describeEachAdapter } from "../database/adapters.ts";
import { temporaryFolder } from "../database/temporary.ts";
import { reasonOf } from "../schema/reason.ts";
import { NASTY, nasty } from "./nasty.ts";
import { adopt, adoptedFile, type AdoptedFile } from "./world.ts";

type Tables = Parameters<typeof servery>[0]["tables"];
const PLAIN = { id: false, created_at: false, updated_at: false } as const;
const adopting = (tables: Tables) => servery({ adopted: true, tables });

describeEachAdapter("what a start refuses", ({ preference, driver }) => {
  /** The reason why the start over a file ends; the file is as it was. */
  async function refusal(tables: Tables, file: AdoptedFile = adoptedFile(NASTY, driver)): Promise<string> {
    const before = file.schema();
    const error: unknown = await adopt(adopting(tables), file, { sqliteDriver: preference }).then(
      () => "it started",
      (reason: unknown) => reason,
    );
    expect(file.schema()).toEqual(before);
    expect(file.rows("PRAGMA journal_mode")).toEqual([{ journal_mode: "delete" }]);
    return error instanceof Error ? error.message : String(error);
  }

  test("a table or a column that the file does not have, with the nearest name", async () => {
    expect(await refusal({ Tree: table({ id: integer() }, PLAIN).primaryKey("id") })).toMatch(
      /table Tree: the file has none of this name.*Did you mean tree\?/,
    );
    expect(await refusal({ tree: table({ id: integer(), nmae: text(9) }, PLAIN).primaryKey("id") })).toMatch(
      /table tree, column nmae: the file has no such column.*Did you mean name\?/,
    );
    expect(
      await refusal({ tree: table({ name: text(9) }, { updated_at: false, id: false }).primaryKey("name") }),
    ).toMatch(/created_at: the file has no such column.*Switch it off/);
  });

  test("a view for a table, and a table for a view", async () => {
    expect(await refusal({ tree: view({ id: integer() }, "").primaryKey("id") })).toContain(
      "in the file it is a table",
    );
    expect(await refusal({ "line totals": table({ id: integer() }, PLAIN).primaryKey("id") })).toContain(
      "in the file it is a view",
    );
  });

  test("a key that is none, and the row's number where there is none", async () => {
    expect(await refusal({ tree: table({ name: text(9) }, PLAIN).primaryKey("name") })).toMatch(
      /name is neither the primary key nor unique.*\.primaryKey\("id"\)/,
    );
    expect(await refusal({ "no key": table({ name: text(9) }, PLAIN).primaryKey("name") })).toContain("rowid: true");
    expect(await refusal({ settings: table({ value: text(9) }, { ...PLAIN, rowid: true }) })).toMatch(
      /WITHOUT ROWID.*\.primaryKey\("section", "key"\)/,
    );
    expect(await refusal({ tree: table({ id: integer(), name: text(9).unique() }, PLAIN).primaryKey("id") })).toContain(
      "no unique index",
    );
  });

  test("and makes no file", async () => {
    const file = adoptedFile(NASTY, driver);
    await refusal({ nothing: table({ id: integer() }, PLAIN).primaryKey("id") }, file);
    expect(existsSync(`${file.path}.servery`)).toBe(false);
  });

  test("a generated column that callers would write", async () => {
    expect(await refusal({ lines: table({ id: integer(), total: integer() }, PLAIN).primaryKey("id") })).toContain(
      ".filledByDatabase()",
    );
  });

  test("a file that is missing, that is none, or that Servery made", async () => {
    const folder = temporaryFolder();
    const open = async (name: string, declaration = nasty): Promise<string> =>
      createEngine(compile(declaration), { database: `sqlite:${folder}/${name}`, sqliteDriver: preference }).then(
        async (engine) => engine.close().then(() => "it started"),
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    expect(await open("missing.db")).toContain("There is no database at");
    expect([existsSync(`${folder}/missing.db`), existsSync(`${folder}/missing.db.servery`)]).toEqual([false, false]);
    writeFileSync(
      `${folder}/text.db`,
      "no database, but a text that is long enough to be read as the head of one".repeat(9),
    );
    expect(await open("text.db")).toContain("is not a SQLite database");
    const own = servery({ tables: { notes: table({ title: text(9) }).allow({ read: everyone }) } });
    expect(await open("own.db", own as never)).toBe("it started");
    expect(await open("own.db", servery({ ...own, adopted: true }) as never)).toContain("Servery made this file");
    expect(await open("text.db", own as never)).toContain("is not a SQLite database");
  });

  test("a file beside it that somebody else made", async () => {
    const file = adoptedFile(NASTY, driver);
    const other = adoptedFile("CREATE TABLE mine (a)", driver);
    copyFileSync(other.path, `${file.path}.servery`);
    expect(await refusal({ tree: table({ id: integer() }, PLAIN).primaryKey("id") }, file)).toContain(
      "was not made by Servery",
    );
  });
});

test("what would change an adopted file, and what only such a file has, is refused in the declaration", () => {
  const keyed = (columns: Parameters<typeof table>[0]) => ({
    t: table({ id: integer(), ...columns }, PLAIN).primaryKey("id"),
  });
  expect(reasonOf(() => adopting(keyed({ name: text(9).search() })))).toContain(".search() needs an index");
  expect(reasonOf(() => ({ ...adopting(keyed({})), seed: () => [] }))).toContain("has its rows already");
  expect(reasonOf(() => servery({ tables: keyed({ at: timestamp().stored("unix") }) }))).toContain("adopted: true");
  expect(reasonOf(() => servery({ tables: keyed({ n: integer().filledByDatabase() }) }))).toContain("adopted: true");
  expect(reasonOf(() => servery({ tables: { t: table({ n: integer() }, { ...PLAIN, rowid: true }) } }))).toContain(
    "adopted",
  );
  expect(() => integer().stored("unix")).toThrow(/stored\(\) is for decimal, timestamp, date/);
  expect(() => decimal(9, 2).stored("unix")).toThrow(/stored\("real"\) or \.stored\("text"\)/);
  expect(() => date().stored("text")).toThrow(/stored\("timestamp"\)/);
  for (const name of ["auth", "batch", "_own", ".."])
    expect(
      reasonOf(() => adopting({ [name]: table({ id: integer() }, PLAIN).primaryKey("id") })),
      name,
    ).toContain("path:");
});

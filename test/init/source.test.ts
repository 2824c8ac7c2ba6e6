import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { servery } from "../binary/process.ts";
import { describeEachAdapter } from "../database/adapters.ts";
import { readExisting } from "#servery/database/sqlite/existing/read-existing.js";
import { chinookFile, databaseFile, draftOf, inDatabase, temporaryFolder } from "./databases.ts";

async function init(folder: string, from: string): Promise<{ code: number | string; text: string }> {
  const running = servery(["init", folder, "--from", from]);
  const code = await running.ended;
  return { code, text: running.output() };
}

/** What is typed behind --from, and what the one line says. */
const mistyped: readonly [from: string, problem: string][] = [
  ["postgres://localhost/shop", "postgres is not available yet"],
  ["mysql://localhost/shop", "mysql is not available yet"],
  ["ftp://example.com/x.sqlite", "there is no source ftp:"],
  ["sqlite:", "names no file"],
  ["shop.sqlite", "Write sqlite:shop.sqlite"],
  ["", "Write sqlite:PATH"],
];

test.each(mistyped)("--from %j says: %s", async (from, problem) => {
  const folder = join(temporaryFolder(), "app");
  const { code, text } = await init(folder, from);
  expect(text).toContain(problem);
  expect(code).toBe(2);
  expect(existsSync(folder)).toBe(false);
});

/** A file that is no database to be read, and the reason that is given. */
const unreadable: readonly [name: string, make: (path: string) => void, problem: string][] = [
  ["missing", () => undefined, "there is no such file"],
  ["folder", (path) => mkdirSync(path), "it is a folder"],
  ["empty", (path) => writeFileSync(path, ""), "the file is empty"],
  ["text", (path) => writeFileSync(path, "name;price\nTea;18\n".repeat(100)), "An encrypted one looks like that too"],
  ["encrypted", (path) => writeFileSync(path, randomBytes(8_192)), "An encrypted one looks like that too"],
  ["cut off", (path) => writeFileSync(path, readFileSync(chinookFile()).subarray(0, 3_000)), "malformed"],
];

test.each(unreadable)(
  "a file that is %s is named with the reason, and nothing is made",
  async (_name, make, problem) => {
    const file = join(temporaryFolder(), "shop.sqlite");
    make(file);
    const folder = join(temporaryFolder(), "app");
    const { code, text } = await init(folder, `sqlite:${file}`);
    expect(text).toContain(`The database ${file} cannot be read: `);
    expect(text).toContain(problem);
    expect(text.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
    expect(existsSync(folder)).toBe(false);
  },
);

test("a database without tables is no start", async () => {
  const file = await databaseFile("CREATE TABLE t (a)", "DROP TABLE t");
  const { code, text } = await init(join(temporaryFolder(), "app"), `sqlite:${file}`);
  expect(text).toContain("it holds no table that can be served");
  expect(code).toBe(1);
});

test("files that are there stay as they are", async () => {
  for (const name of ["servery.ts", "servery.config.ts"]) {
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), "mine");
    const { code, text } = await init(folder, `sqlite:${chinookFile()}`);
    expect(text).toContain("the file is there already, so nothing was written");
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
  }
});

describeEachAdapter("reading a file", ({ preference }) => {
  test("changes no byte of it and leaves nothing beside it", async () => {
    const file = chinookFile();
    const before = readFileSync(file);
    await draftOf(file, preference);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dirname(file))).toEqual(["Chinook_Sqlite.sqlite"]);
  });

  test("sees what another program wrote into the log, and takes nothing from it", async () => {
    const file = await databaseFile("PRAGMA journal_mode = WAL", "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    await inDatabase(
      file,
      async (writer) => {
        writer.exec("INSERT INTO t VALUES (1), (2)");
        const before = readFileSync(file);
        expect((await draftOf(file, preference)).tables[0]?.rows).toBe(2);
        expect(readFileSync(file).equals(before)).toBe(true);
      },
      preference,
    );
  });

  test("says that another program holds the lock", async () => {
    const file = chinookFile();
    await inDatabase(
      file,
      async (other) => {
        other.exec("BEGIN EXCLUSIVE");
        await expect(readExisting({ path: file, driver: preference })).rejects.toThrow(
          "another program holds its lock",
        );
        other.exec("ROLLBACK");
      },
      preference,
    );
  });
});

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DevUnderTest, startDev, until } from "./dev-application.ts";
import { applicationFolder, ask, pause, servery } from "./process.ts";

const RELOADED = /reloaded in [\d.]+ m?s/;
const BINARY = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

async function rows(dev: Pick<DevUnderTest, "address">): Promise<Record<string, unknown>[]> {
  return (await ask(`${dev.address}/api/notes?sort=id`)).body as Record<string, unknown>[];
}

/** What the console is told that the database does not follow. */
async function waiting(dev: Pick<DevUnderTest, "address">): Promise<unknown[]> {
  const { body } = await ask(`${dev.address}/api/server/migration`);
  return (body as { readonly parts: unknown[] }).parts;
}

/** Copies of the database that were made before something was lost. */
function copies(folder: string): string[] {
  return readdirSync(join(folder, ".servery")).filter((name) => name.includes("before-change"));
}

describe("a change that loses nothing", () => {
  test("is done at once, with a line for each thing, and the rows stay", async () => {
    const dev = await startDev();
    await ask(`${dev.address}/api/notes`, { method: "POST", json: { title: "Second", stars: 2 } });
    const before = dev.edit("stars: integer", 'category: text(20).default("none").index(), stars: integer');
    await dev.said(RELOADED, before);
    expect(dev.output().slice(before)).toMatch(/~ table notes: \+ column category\n[^]*\+ index/);
    expect(await rows(dev)).toMatchObject([
      { id: 1, title: "First", stars: 0, category: "none" },
      { id: 2, title: "Second", stars: 2, category: "none" },
    ]);
    expect(copies(dev.folder)).toEqual([]);
    const renamed = dev.edit("title: text(100)", 'headline: text(200).was("title").search()');
    dev.edit("tables: {", "tables: {\n    tags: table({ name: text(10) }).allow({ read: everyone }),");
    await dev.said(RELOADED, renamed);
    await until(
      async () => (await ask(`${dev.address}/api/tags`)).status === 200,
      () => dev.output(),
    );
    expect((await ask(`${dev.address}/api/notes?q=second`)).body).toMatchObject([{ id: 2, headline: "Second" }]);
    expect((await rows(dev))[1]).not.toHaveProperty("title");
  });

  test("views come, change and go", async () => {
    const dev = await startDev();
    const query = (sql: string): string =>
      `tables: {\n    starred: view({ id: integer(), title: text(100) }, ${JSON.stringify(sql)}).primaryKey("id").allow({ read: everyone }),`;
    const [one, other] = ["SELECT id, title FROM notes", "SELECT id, title FROM notes WHERE stars > 0"];
    dev.edit("import {", 'import { view } from "servery";\nimport {');
    const came = dev.edit("tables: {", query(one));
    await dev.said(/reloaded[^]*\+ view starred/, came);
    expect((await ask(`${dev.address}/api/starred`)).body).toMatchObject([{ id: 1, title: "First" }]);
    const changed = dev.edit(JSON.stringify(one), JSON.stringify(other));
    await dev.said(/~ view starred/, changed);
    await dev.said(RELOADED, changed);
    expect((await ask(`${dev.address}/api/starred`)).body).toEqual([]);
    const gone = dev.edit(/ {4}starred: .*\n/, "");
    await dev.said(/- view starred/, gone);
    expect((await ask(`${dev.address}/api/starred`)).status).toBe(404);
  });

  test("that was made while nothing ran is done at the start; servery start refuses it", async () => {
    const folder = applicationFolder();
    const first = await startDev({ folder });
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    const path = join(folder, "servery.ts");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace("stars: integer", "body: text(9).optional(), stars: integer"),
    );
    const refused = servery(["start", folder], { PORT: "0", HOST: "127.0.0.1" });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain("another declaration");
    const second = await startDev({ folder });
    expect(second.output()).toContain("+ column body");
    expect(await rows(second)).toMatchObject([{ id: 1, title: "First", body: null }]);
  });
});

describe("a change that loses something", () => {
  test("is shown and not done; taken back, the server goes on with all rows", async () => {
    const dev = await startDev();
    const text = readFileSync(join(dev.folder, "servery.ts"), "utf8");
    const before = dev.edit("stars: integer", "points: integer");
    await dev.said(/start again with --accept-loss/, before);
    const told = dev.output().slice(before);
    expect(told).toMatch(/Loses notes\.stars/);
    expect(told).toContain('points: ….was("stars")');
    expect(told).toContain("Nothing was changed");
    expect(told).not.toMatch(RELOADED);
    expect(await rows(dev)).toMatchObject([{ id: 1, stars: 0 }]);
    expect(await waiting(dev)).toMatchObject([
      { is: "waiting", losses: [{ name: "notes.stars" }], consent: expect.stringContaining("type y and Enter") },
    ]);
    const back = dev.output().length;
    writeFileSync(join(dev.folder, "servery.ts"), text);
    await dev.said(RELOADED, back);
    expect(await rows(dev)).toMatchObject([{ id: 1, stars: 0 }]);
    expect(await waiting(dev)).toEqual([]);
    expect(copies(dev.folder)).toEqual([]);
  });

  test("is done with --accept-loss, after a copy of the database", async () => {
    const dev = await startDev({ parameters: ["--accept-loss"] });
    const before = dev.edit(/stars: .*default\(0\)/, "points: integer().default(7)");
    await dev.said(RELOADED, before);
    expect(await rows(dev)).toMatchObject([{ id: 1, title: "First", points: 7 }]);
    expect(copies(dev.folder)).toEqual(["data.db.before-change"]);
    expect(dev.output().slice(before)).toContain(join(dev.folder, ".servery", "data.db.before-change"));
  });

  test("at the start without a terminal: exit 1, what would be lost, and what to write", async () => {
    const folder = applicationFolder();
    const first = await startDev({ folder });
    first.child.kill("SIGTERM");
    await first.ended;
    const path = join(folder, "servery.ts");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(", stars: integer({ min: 0 }).default(0)", ""));
    const second = servery(["dev", folder], { PORT: "0" });
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/^servery: database: it would lose notes\.stars\..*--accept-loss/m);
    writeFileSync(path, text);
    expect(await rows(await startDev({ folder }))).toMatchObject([{ id: 1, stars: 0 }]);
  });

  test.skipIf(!existsSync("/usr/bin/script"))(
    "is asked about in a terminal: y and Enter does it, other words do not",
    async () => {
      const folder = applicationFolder();
      const { CI: _ci, PORT: _port, DATABASE_URL: _url, ...inherited } = process.env;
      // A terminal of its own, which nothing in Node can make.
      const command = `exec '${process.execPath}' '${BINARY}' dev '${folder}'`;
      const child = spawn("/usr/bin/script", ["-qefc", command, "/dev/null"], {
        env: { ...inherited, PORT: "0", NO_COLOR: "1" },
        stdio: ["pipe", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
      const ended = new Promise((resolve) => {
        child.once("close", resolve);
      });
      onTestFinished(async () => {
        child.kill("SIGKILL");
        await ended;
      });
      const said = async (pattern: RegExp): Promise<void> =>
        until(
          () => pattern.test(output),
          () => `no ${String(pattern)}:\n${output}`,
        );
      await said(/Stop with Ctrl-C/);
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? "";
      const path = join(folder, "servery.ts");
      writeFileSync(path, readFileSync(path, "utf8").replace(", stars: integer({ min: 0 }).default(0)", ""));
      await said(/Type y and Enter to lose it/);
      child.stdin.write("no\r");
      await pause(300);
      expect(await rows({ address })).toMatchObject([{ id: 1, stars: 0 }]);
      child.stdin.write("y\r");
      await said(RELOADED);
      const [row] = await rows({ address });
      expect(row).toMatchObject({ id: 1, title: "First" });
      expect(row).not.toHaveProperty("stars");
      expect(copies(folder)).toHaveLength(1);
      // Ctrl-C.
      child.stdin.write("\u0003");
      await ended;
    },
  );
});

test("rows in the way are counted, and the change is done once they are corrected and the file is saved again", async () => {
  const dev = await startDev();
  for (const title of ["A title of many letters", "Another title of many letters"])
    await ask(`${dev.address}/api/notes`, { method: "POST", json: { title } });
  const before = dev.edit("text(100)", "text(10)");
  await dev.said(/Nothing was changed/, before);
  expect(dev.output().slice(before)).toMatch(/In the way: 2 rows of notes /);
  expect(await rows(dev)).toHaveLength(3);
  expect(await waiting(dev)).toMatchObject([{ is: "waiting", in_the_way: [{ table: "notes", rows: 2 }] }]);
  for (const id of [2, 3]) expect((await ask(`${dev.address}/api/notes/${id}`, { method: "DELETE" })).status).toBe(204);
  const again = dev.output().length;
  const path = join(dev.folder, "servery.ts");
  writeFileSync(path, readFileSync(path));
  await dev.said(RELOADED, again);
  expect((await ask(`${dev.address}/api/notes`, { method: "POST", json: { title: "Eleven long" } })).status).toBe(400);
  expect(await rows(dev)).toMatchObject([{ id: 1, title: "First" }]);
});

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import { applicationFolder, ask, emptyFolder, ran, type Running, servery } from "./process.ts";

/** Waits until a running server has seen the switch. */
async function answers(url: string, status: number): Promise<void> {
  await expect.poll(async () => (await ask(url)).status).toBe(status);
}

/** Runs `servery maintenance …` to its end. */
async function maintenance(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | string; text: string }> {
  const running = servery(["maintenance", ...parameters], environment);
  const code = await running.ended;
  return { code, text: running.output() };
}

async function start(folder: string): Promise<{ running: Running; url: string }> {
  const running = servery(["start", folder], { PORT: "0", HOST: "127.0.0.1" });
  return { running, url: await running.url() };
}

describe("servery maintenance", () => {
  test("on, status and off change what a running server of another process answers", async () => {
    const folder = applicationFolder();
    const { url } = await start(folder);
    expect((await ask(`${url}/api/notes/1`)).status).toBe(200);

    const on = await maintenance(["on", folder, "--retry-after", "30", "--message", "Back at five."]);
    expect(on.code, on.text).toBe(0);
    expect(on.text).toMatch(/^Maintenance is on[^\n]*503[^\n]*30[^\n]*"Back at five\."/);
    expect(on.text).toContain(`servery maintenance off ${folder}`);
    await answers(`${url}/api/notes`, 503);
    const refused = await fetch(`${url}/api/notes`, { method: "POST", body: '{"title":"x"}' });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(await refused.json()).toMatchObject({ code: "maintenance", error: "Back at five." });
    expect((await ask(`${url}/health/ready`)).status).toBe(503);
    expect((await ask(`${url}/health/live`)).status).toBe(200);

    const status = await maintenance(["status", folder]);
    expect([status.code, status.text]).toEqual([0, expect.stringMatching(/^Maintenance is on since 20[^\n]*five/)]);

    const off = await maintenance(["off", folder]);
    expect([off.code, off.text]).toEqual([0, "Maintenance is off: requests are served again.\n"]);
    await answers(`${url}/api/notes`, 200);
    expect((await ask(`${url}/api/notes?count=exact`)).body).toHaveLength(1);
    expect((await maintenance(["off", folder])).text).toBe("Maintenance was off already.\n");
    expect((await maintenance(["status", folder])).text).toBe("Maintenance is off: requests are served.\n");
  });

  test("it survives a restart, which says that it is on", async () => {
    const folder = applicationFolder();
    const first = await start(folder);
    first.running.child.kill("SIGTERM");
    expect(await first.running.ended).toBe(0);
    expect(first.running.output()).not.toContain("maintenance");
    expect((await maintenance(["on", folder])).code).toBe(0);
    const second = await start(folder);
    expect((await ask(`${second.url}/api/notes`)).status).toBe(503);
    for (const command of ["start", "dev"]) {
      const running = servery([command, folder], { PORT: "0", HOST: "127.0.0.1" });
      await running.url();
      await expect.poll(running.output).toMatch(/in maintenance[^\n]*servery maintenance off/);
    }
  });

  test("the declaration is not looked at: it may be what is being mended", async () => {
    const folder = applicationFolder();
    const { url } = await start(folder);
    writeFileSync(join(folder, "servery.ts"), "this is no TypeScript");
    expect((await maintenance(["on", folder])).code).toBe(0);
    await answers(`${url}/api/notes`, 503);
  });

  test("every command in operations.md runs", async () => {
    const folder = applicationFolder();
    const { running } = await start(folder);
    running.child.kill("SIGTERM");
    await running.ended;
    const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const lines = [...page.matchAll(/^servery maintenance (.+)$/gm)].map(([, line = ""]) => line);
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const line of lines) {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      const ran = await maintenance([...words, folder]);
      expect([line, ran.code, ran.text.split(" ")[0]]).toEqual([line, 0, "Maintenance"]);
    }
  });
});

describe("what cannot be switched is told in one line", () => {
  test("no database, and none is made", async () => {
    const folder = applicationFolder();
    for (const action of ["on", "off", "status"]) {
      const { code, text } = await maintenance([action, folder]);
      expect([code, text]).toEqual([1, `servery: There is no database at ${join(folder, ".servery", "data.db")}.\n`]);
    }
    expect(existsSync(join(folder, ".servery"))).toBe(false);
  });

  test("a file that is no database, an empty one, one of somebody else: none is changed", async () => {
    const folder = applicationFolder();
    const { driver } = await chooseDriver("auto");
    const foreign = join(folder, "foreign.db");
    const connection = driver.open(foreign, { readOnly: false });
    connection.exec("CREATE TABLE theirs (id INTEGER)");
    connection.close();
    writeFileSync(join(folder, "text.db"), "hello");
    writeFileSync(join(folder, "empty.db"), "");
    for (const name of ["foreign.db", "text.db", "empty.db"]) {
      const before = readFileSync(join(folder, name));
      const { code, text } = await maintenance(["on", folder], { DATABASE_URL: `sqlite:${join(folder, name)}` });
      expect([code, text.trim().split("\n").length, text.includes(name)], text).toEqual([1, 1, true]);
      expect(readFileSync(join(folder, name)).equals(before)).toBe(true);
    }
  });

  test("a database that another process holds locked", { timeout: 150_000 }, async () => {
    const folder = applicationFolder();
    const { running } = await start(folder);
    running.child.kill("SIGTERM");
    await running.ended;
    const { driver } = await chooseDriver("auto");
    const connection = driver.open(join(folder, ".servery", "data.db"), { readOnly: false });
    connection.exec("BEGIN IMMEDIATE");
    const { code, text } = await maintenance(["on", folder]);
    connection.exec("ROLLBACK");
    connection.close();
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/^servery: The database \S+ is locked by another process\.\n$/),
    ]);
    expect((await maintenance(["status", folder])).text).toContain("off");
  });

  test.each([
    [["on", "--retry-after", "0"], "--retry-after"],
    [["on", "--retry-after", "604801"], "604800"],
    [["on", "--retry-after", "1e3"], "--retry-after"],
    [["on", "--retry-after", "-5"], "--retry-after"],
    [["on", "--retry-after", "9".repeat(400)], "--retry-after"],
    [["on", "--retry-after"], "--retry-after"],
    [["on", "--no-retry-after"], "--retry-after"],
    [["on", "--message", ""], "--message"],
    [["on", "--message", "a\nb"], "--message"],
    [["on", "--message", "x".repeat(301)], "--message"],
    [["on", "--no-message"], "--message"],
    [["on", "--retry-aftr", "5"], "Did you mean --retry-after?"],
    [["off", "--retry-after", "5"], "maintenance off has no option --retry-after"],
    [["on", "--retry-after", "5", "--retry-after", "6"], "twice"],
    [["statsu"], "Did you mean status?"],
    [["onn"], "Did you mean on?"],
    [["restart"], "on, off or status"],
    [["on", ".", "again"], "again"],
    [[], "on, off or status"],
  ])("%j is refused with 2 before anything is looked for", async (parameters, named) => {
    const { code, text } = await maintenance(parameters, { DATABASE_URL: `sqlite:${emptyFolder()}/none.db` });
    expect([code, text.trim().split("\n").length], text).toEqual([2, 1]);
    expect(text).toContain(named);
    expect(text).not.toMatch(/^\s+at /m);
  });
});

test("--json answers one document, whatever happens", async () => {
  const folder = applicationFolder();
  const missing = await ran(["maintenance", "status", folder, "--json"]);
  expect([missing.code, missing.stderr]).toEqual([1, ""]);
  expect(JSON.parse(missing.stdout)).toEqual({
    error: { message: `There is no database at ${join(folder, ".servery", "data.db")}.` },
  });
  const { running } = await start(folder);
  running.child.kill("SIGTERM");
  await running.ended;
  const documents: unknown[] = [];
  for (const words of [["status"], ["on", "--message", "Soon."], ["status"], ["off"]]) {
    const { code, stdout, stderr } = await ran(["maintenance", ...words, folder, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    documents.push(JSON.parse(stdout));
  }
  const on = { on: true, retry_after: 120, message: "Soon.", since: expect.stringMatching(/^20.*Z$/) as string };
  expect(documents).toEqual([{ on: false }, on, on, { on: false }]);
});

test("maintenance --help names the actions, and those their options", async () => {
  const { stdout } = await ran(["maintenance", "--help"]);
  for (const word of ["on", "off", "status"]) expect(stdout).toMatch(new RegExp(`^  ${word} `, "m"));
  const on = await ran(["maintenance", "on", "--help"]);
  for (const word of ["--retry-after SECONDS", "--message TEXT", "DATABASE_URL"]) expect(on.stdout).toContain(word);
});

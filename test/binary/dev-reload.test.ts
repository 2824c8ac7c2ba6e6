import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DevUnderTest, replaceByRename, startDev, until } from "./dev-application.ts";
import { ask, pause } from "./process.ts";

const RELOADED = /reloaded in [\d.]+ m?s/;
/** A file may be empty for 400 ms before it is taken at its word; this is less. */
const MOMENT_MS = 350;

/** One client with one kept connection, asking again and again until it is stopped. */
function keepAsking(url: string): {
  readonly stop: () => Promise<{
    readonly statuses: number[];
    readonly connections: number;
    readonly errors: unknown[];
  }>;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: number[] = [];
  const errors: unknown[] = [];
  const ports = new Set<number | undefined>();
  const state = { stopped: false };
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      const request = get(url, { agent }, (response) => {
        statuses.push(response.statusCode ?? 0);
        ports.add(response.socket.localPort);
        response.resume().once("close", resolve);
      });
      request.once("error", (error) => {
        errors.push(error);
        resolve();
      });
    });
  const asking = (async () => {
    while (!state.stopped) await once();
  })();
  const stop = async (): Promise<{ statuses: number[]; connections: number; errors: unknown[] }> => {
    state.stopped = true;
    await asking;
    agent.destroy();
    return { statuses, connections: ports.size, errors };
  };
  onTestFinished(async () => {
    await stop();
  });
  return { stop };
}

/** The title of the application as it is served now. */
async function titleOf(dev: DevUnderTest): Promise<string> {
  return ((await ask(`${dev.address}/openapi.json`)).body as { info: { title: string } }).info.title;
}

describe("a declaration that is edited", () => {
  test("ten times under a client that keeps asking: one connection, no answer but 200, and each change is served", async () => {
    const dev = await startDev({ parameters: ["--quiet"] });
    const client = keepAsking(`${dev.address}/api/notes`);
    for (let round = 1; round <= 10; round++) {
      // Some change the tables and some do not.
      const [from, to] =
        round % 2 === 0
          ? ["stars:", `extra${round}: text(10).optional(), stars:`]
          : [/title: "[^"]*",\n {2}tables/, `title: "Notes ${round}",\n  tables`];
      const before = dev.edit(from as string, to as string);
      await dev.said(RELOADED, before);
      // A write that is seen in two steps is loaded twice, and the first may have been what was there before.
      const title = `Notes ${round % 2 === 0 ? round - 1 : round}`;
      let row: Record<string, unknown> | undefined;
      await until(
        async () => {
          [row] = (await ask(`${dev.address}/api/notes`)).body as Record<string, unknown>[];
          const extra = Object.keys(row ?? {}).filter((name) => name.startsWith("extra"));
          return (await titleOf(dev)) === title && extra.length === Math.floor(round / 2);
        },
        () => `round ${round} is not served:\n${dev.output()}`,
      );
      expect(row).toMatchObject({ id: 1, title: "First" });
    }
    const { statuses, connections, errors } = await client.stop();
    expect(errors).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(statuses.length).toBeGreaterThan(20);
    expect(connections).toBe(1);
  });

  test("wrong, then mended: the message says where, and the server goes on as it was", async () => {
    const dev = await startDev();
    for (const [from, to, told] of [
      ["stars: integer", "stars:: integer", /servery\.ts:7:\d+: /],
      ["text(100)", "txt(100)", /servery\.ts:7: txt is not defined/],
      ["text(100)", "text(-1)", /servery\.ts:7: text\(-1\): a text has/],
      ["default(0)", "default(-1)", /  table notes, column stars: the default -1 is no integer/],
    ] as const) {
      const good = readFileSync(join(dev.folder, "servery.ts"), "utf8");
      const before = dev.edit(from, to);
      await dev.said(told, before);
      expect((await ask(`${dev.address}/api/notes/1`)).status).toBe(200);
      expect(dev.output().slice(before)).not.toMatch(/^\s+at /m);
      const again = dev.output().length;
      writeFileSync(join(dev.folder, "servery.ts"), good);
      await dev.said(RELOADED, again);
    }
    expect(dev.child.exitCode).toBeNull();
  });

  test("an imported file is followed too, by rename, in a new folder and from JSON; one that was missing mends it", async () => {
    const dev = await startDev();
    const missing = dev.edit('title: "Notes"', "title: name.title + suffix");
    dev.edit("import {", 'import name from "./parts/name.json";\nimport { suffix } from "./parts/suffix";\nimport {');
    await dev.said(/Cannot find module/, missing);
    const mended = dev.output().length;
    mkdirSync(join(dev.folder, "parts"));
    writeFileSync(join(dev.folder, "parts", "name.json"), '{ "title": "Parts" }');
    writeFileSync(join(dev.folder, "parts", "suffix.ts"), 'export const suffix: string = " one";\n');
    await dev.said(RELOADED, mended);
    // What is said may be said of an earlier try: of two files that were written, the first alone may have been tried.
    const entitled = (title: string): Promise<void> =>
      until(
        async () => (await titleOf(dev)) === title,
        () => `no ${title}:\n${dev.output()}`,
      );
    await entitled("Parts one");
    const renamed = dev.output().length;
    replaceByRename(join(dev.folder, "parts", "suffix.ts"), 'export const suffix: string = " two";\n');
    await dev.said(RELOADED, renamed);
    await entitled("Parts two");
    const fromJson = dev.output().length;
    replaceByRename(join(dev.folder, "parts", "name.json"), '{ "title": "Pieces" }');
    await dev.said(RELOADED, fromJson);
    await entitled("Pieces two");
    expect((await ask(`${dev.address}/api/notes`)).status).toBe(200);
  });

  test("a file that is empty for a moment is not complained about, and what is not loaded is not followed", async () => {
    const dev = await startDev();
    const path = join(dev.folder, "servery.ts");
    const text = readFileSync(path, "utf8");
    let before = 0;
    for (let tries = 0; ; tries++) {
      before = dev.output().length;
      const began = performance.now();
      writeFileSync(path, "");
      await pause(100);
      writeFileSync(path, text.replace('"Notes"', `"Slowly ${tries}"`));
      const emptyMs = performance.now() - began;
      await dev.said(RELOADED, before);
      // On a busy machine the moment may have been longer than one.
      if (emptyMs < MOMENT_MS || tries === 4) break;
    }
    // What a second look at the same change has to say is said by then.
    await pause(500);
    expect(dev.output().slice(before)).not.toMatch(/exports no application|goes on as it was/);
    // Neither the rows of the database, nor files of others, nor one that was saved as it is.
    const quiet = dev.output().length;
    expect((await ask(`${dev.address}/api/notes`, { method: "POST", json: { title: "x" } })).status).toBe(201);
    writeFileSync(join(dev.folder, "page.ts"), "export {};\n");
    mkdirSync(join(dev.folder, "node_modules", "x"), { recursive: true });
    writeFileSync(join(dev.folder, "node_modules", "x", "servery.ts"), "nonsense(");
    writeFileSync(path, readFileSync(path));
    await pause(700);
    expect(dev.output().slice(quiet).trim().split("\n")).toHaveLength(1);
  });

  test("the configuration is followed, and one that is wrong is not taken", async () => {
    const dev = await startDev();
    writeFileSync(join(dev.folder, "servery.config.ts"), "export default { docs: false };\n");
    await dev.said(RELOADED);
    expect((await ask(`${dev.address}/openapi.json`)).status).toBe(404);
    const wrong = dev.edit("false", '"perhaps"', "servery.config.ts");
    await dev.said(/servery\.config, docs: the value is not one it takes/, wrong);
    expect((await ask(`${dev.address}/api/notes/1`)).status).toBe(200);
    const gone = dev.output().length;
    rmSync(join(dev.folder, "servery.config.ts"));
    await dev.said(RELOADED, gone);
    expect((await ask(`${dev.address}/openapi.json`)).status).toBe(200);
  });

  test("SIGTERM ends it with 0, also in the middle of a reload and with one that never ends", async () => {
    for (const text of ["", "await new Promise(() => setInterval(() => undefined, 1_000));\n"]) {
      const dev = await startDev();
      dev.edit('"Notes"', '"Ending"');
      writeFileSync(join(dev.folder, "servery.ts"), text + readFileSync(join(dev.folder, "servery.ts"), "utf8"));
      await pause(60);
      dev.child.kill("SIGTERM");
      expect(await dev.ended).toBe(0);
    }
  });
});

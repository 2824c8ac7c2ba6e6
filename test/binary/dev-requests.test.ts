import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { startDev } from "./dev-application.ts";
import { ask, emptyFolder, servery } from "./process.ts";

/** Sends bytes as they are, which no client would. */
function sendBytes(url: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    socket.once("data", () => socket.destroy()).once("close", () => resolve());
    socket.once("error", reject);
  });
}

function status(url: string, method: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    })
      .once("error", reject)
      .end();
  });
}

describe("a line for each request", () => {
  test("says when, what, how it ended, how long it took and how much was sent", async () => {
    const dev = await startDev();
    await ask(`${dev.address}/api/notes?limit=1`);
    await ask(`${dev.address}/api/notes`, { method: "POST", json: {} });
    await ask(`${dev.address}/api/notes/1`, { method: "DELETE" });
    await (await fetch(`${dev.address}/api/notes`, { headers: { accept: "text/csv" } })).text();
    await dev.said(/GET +200 .*notes\n$/);
    const lines = dev.output().trim().split("\n").slice(-4);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}GET {6}200 {2} *[\d.]+ ms {2} *\d+ B {2}\/api\/notes\?limit=1$/);
    expect(lines[1]).toMatch(/POST {5}400 .* \/api\/notes {2}Title required$/);
    expect(lines[2]).toMatch(/DELETE {3}204 .* 0 B {2}\/api\/notes\/1$/);
    expect(lines[3]).not.toMatch(/ 0 B /);
    // Without a terminal there are no colours, and what stands in one line begins at one place.
    expect(dev.output()).not.toContain("\u001B");
    expect(new Set(lines.map((line) => line.indexOf("/api")))).toHaveLength(1);
  });

  test("lets nothing of a caller's reach the terminal as a command", async () => {
    const dev = await startDev();
    const before = dev.output().length;
    // CSI as one byte, and escape codes that come back in an error text.
    await sendBytes(dev.address, Buffer.from("GET /api/notes?x=\x9b31mred HTTP/1.1\r\nHost: x\r\n\r\n", "latin1"));
    await ask(`${dev.address}/api/notes?%1b%5b2J%0aforged=1`);
    await ask(`${dev.address}/api/notes?sort=%c2%9b2J%e2%80%ae`);
    await ask(`${dev.address}/${"x".repeat(5_000)}`);
    await dev.said(/xxx…/, before);
    const told = dev.output().slice(before);
    expect(told.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Cf}/u);
    expect(told.trim().split("\n")).toHaveLength(4);
    expect(told).toContain("\\u{9b}2J\\u{202e}");
    expect(told.split("\n").every((line) => line.length < 1_000)).toBe(true);
  });

  test("--quiet prints none", async () => {
    const dev = await startDev({ parameters: ["--quiet"] });
    const before = dev.output().length;
    expect((await ask(`${dev.address}/api/notes`)).status).toBe(200);
    const edited = dev.edit('"Notes"', '"Quiet"');
    await dev.said(/reloaded/, edited);
    expect(dev.output().slice(before)).not.toContain("/api/notes");
  });
});

describe("--delay and --fail", () => {
  test("slow requests under /api down, and nothing else", async () => {
    const dev = await startDev({ parameters: ["--delay", "300-600"] });
    expect(dev.output()).toContain("requests under /api wait 300 to 600 ms");
    const timed = async (path: string): Promise<number> => {
      const began = performance.now();
      expect((await ask(dev.address + path)).status).toBe(200);
      return performance.now() - began;
    };
    expect(await timed("/api/notes")).toBeGreaterThanOrEqual(295);
    const others = ["/health/live", "/openapi.json", "/health/ready"];
    // One that is fast proves it: no request is, where each waits for 300 ms.
    await expect.poll(async () => Math.min(...(await Promise.all(others.map(timed))))).toBeLessThan(290);
  });

  test("fail as often as was asked, and what fails changes nothing", async () => {
    const dev = await startDev({ parameters: ["--fail", "50%", "--quiet"] });
    expect(dev.output()).toContain("fail in 50 of 100 cases");
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        ask(`${dev.address}/api/notes`, { method: "POST", json: { title: `Note ${at}` } }),
      ),
    );
    const made = answers.filter((answer) => answer.status === 201);
    const failed = answers.filter((answer) => answer.status === 503);
    expect(made.length + failed.length).toBe(200);
    // So far off half only once in ten billion runs.
    expect(failed.length).toBeGreaterThan(50);
    expect(failed.length).toBeLessThan(150);
    expect(failed[0]?.body).toMatchObject({ code: "simulated_failure", status: 503 });
    dev.child.kill("SIGTERM");
    expect(await dev.ended).toBe(0);
    const sound = await startDev({ folder: dev.folder });
    const rows = (await ask(`${sound.address}/api/notes?limit=1000&fields=id`)).body as unknown[];
    expect(rows).toHaveLength(made.length + 1);
  });

  test("100% fails all of /api but OPTIONS, with what a browser needs to read it; the rest is left alone", async () => {
    const dev = await startDev({ parameters: ["--fail=100"] });
    const answer = await fetch(`${dev.address}/api/notes`, { headers: { origin: "http://localhost:5173" } });
    expect([
      answer.status,
      answer.headers.get("retry-after"),
      answer.headers.get("access-control-allow-origin"),
    ]).toEqual([503, "1", "http://localhost:5173"]);
    expect(await status(`${dev.address}/api/notes`, "OPTIONS")).toBe(204);
    for (const path of ["/health/live", "/openapi.json", "/docs", "/apiary"])
      expect(await status(dev.address + path, "GET")).not.toBe(503);
  });

  test("a long delay does not hold the end", async () => {
    const dev = await startDev({ parameters: ["--delay", "60000"] });
    const waiting = ask(`${dev.address}/api/notes/1`);
    await ask(`${dev.address}/health/live`);
    dev.child.kill("SIGTERM");
    expect((await waiting).status).toBe(200);
    expect(await dev.ended).toBe(0);
  });

  test.each([
    ["--delay", "soon"],
    ["--delay", "60001"],
    ["--delay", "800-200"],
    ["--delay=-5"],
    ["--fail", "101%"],
    ["--fail", "often"],
    ["--fail=-1%"],
    ["--dealy", "300"],
  ])("%s %s is exit 2 with one line that says what to write", async (...parameters) => {
    const running = servery(["dev", emptyFolder(), ...parameters], { PORT: "0" });
    expect(await running.ended).toBe(2);
    expect(running.output()).toMatch(/^servery: [^\n]*--(?:delay|fail)[^\n]*\n$/);
  });
});

import { execFile } from "node:child_process";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { applicationFolder, ask, pause, servery } from "./process.ts";

/** While it ends it has patience with connections for 10 s: what ends sooner was not held by one. */
const PATIENCE_MS = 9_000;

/** Starts the application and answers its address. */
async function start(folder = applicationFolder()): Promise<{ running: ReturnType<typeof servery>; url: string }> {
  const running = servery(["dev", folder], { PORT: "0" });
  return { running, url: await running.url() };
}

function openSocket(url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
}

describe("permanent", () => {
  test("what was answered survives the process being killed at once", async () => {
    const folder = applicationFolder();
    for (let round = 0; round < 3; round++) {
      const { running, url } = await start(folder);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          ask(`${url}/api/notes`, { method: "POST", json: { title: `Round ${round}, ${at}` } }),
        ),
      );
      running.child.kill("SIGKILL");
      expect(await running.ended).toBe("SIGKILL");
      expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 201));
    }
    const { url } = await start(folder);
    const { body } = await ask(`${url}/api/notes?limit=100&fields=title`);
    const titles = (body as { title: string }[]).map((note) => note.title);
    expect(titles).toHaveLength(31);
    expect(new Set(titles).size).toBe(31);
  });
});

describe("stateless", () => {
  test("two processes on one file give equal answers, and each sees what the other wrote", async () => {
    const folder = applicationFolder();
    const { url: one } = await start(folder);
    const { url: two } = await start(folder);
    expect((await ask(`${one}/api/notes`, { method: "POST", json: { title: "From one" } })).status).toBe(201);
    expect((await ask(`${two}/api/notes`, { method: "POST", json: { title: "From two" } })).status).toBe(201);
    const path = "/api/notes?sort=id&count=exact";
    const [here, there] = await Promise.all([fetch(one + path), fetch(two + path)]);
    expect(await there.text()).toBe(await here.text());
    expect([here.headers.get("x-total-count"), there.headers.get("x-total-count")]).toEqual(["3", "3"]);
    const tags = await Promise.all([fetch(`${one}/api/notes/3`), fetch(`${two}/api/notes/3`)]);
    expect(tags[0]?.headers.get("etag")).toBe(tags[1]?.headers.get("etag"));
  });
});

describe("SIGTERM", () => {
  test("ends with 0, and the request that is on its way is answered", async () => {
    const { running, url } = await start();
    const socket = await openSocket(url);
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    const closed = new Promise((resolve) => {
      socket.once("close", () => resolve("closed"));
    });
    const body = JSON.stringify({ title: "On its way" });
    socket.write(
      `POST /api/notes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    // That it says so is how it is known to have read the head.
    while (!answer.startsWith("HTTP/1.1 100 ")) await pause(10);
    running.child.kill("SIGTERM");
    await pause(200);
    expect(running.child.exitCode).toBeNull();
    socket.write(body.slice(5));
    // The connection goes with the answer: kept alive, it would hold the process for a minute.
    expect(await Promise.race([closed, pause(PATIENCE_MS)])).toBe("closed");
    expect(answer).toMatch(/^HTTP\/1\.1 201 /m);
    expect(await Promise.race([running.ended, pause(20_000)])).toBe(0);
    socket.destroy();
  });

  test("an idle connection does not hold it", async () => {
    const { running, url } = await start();
    const socket = await openSocket(url);
    socket.write("GET /api/notes/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((resolve) => {
      socket.once("data", resolve);
    });
    const started = performance.now();
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(PATIENCE_MS);
    socket.destroy();
  });

  test("new connections are refused from then on, and SIGINT is the same", async () => {
    const { running, url } = await start();
    running.child.kill("SIGINT");
    expect(await running.ended).toBe(0);
    await expect(ask(`${url}/api/notes`)).rejects.toThrow(/fetch failed/);
  });
});

describe("many engines in one process", () => {
  test.each([
    ["after a request to each", []],
    ["where people can sign in", ["accounts"]],
  ])(
    "100 of one application stay under 200 MB %s",
    async (_when, words) => {
      const script = fileURLToPath(new URL("hundred-engines.mjs", import.meta.url));
      const line = ["--expose-gc", script, ...words];
      const { stdout } = await promisify(execFile)(process.execPath, line, { timeout: 500_000 });
      const figures = JSON.parse(stdout) as { engines: number; bareMb: number; addedMb: number };
      console.info(
        `100 engines: ${figures.addedMb.toFixed(0)} MB above the bare process (${figures.bareMb.toFixed(0)} MB)`,
      );
      expect(figures.engines).toBe(100);
      // 200 MB, with a fifth of slack for other allocators and machines.
      expect(figures.addedMb).toBeLessThan(240);
    },
    600_000,
  );
});

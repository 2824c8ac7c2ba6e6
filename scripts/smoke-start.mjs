// What a newcomer does first: `npm start`, on a free port and with a database of its own. It must answer, find the rows
// of the social example, and go away when it is asked to (package.json says `exec node`: npm passes a signal on to its
// shell only, and without `exec` the server outlived both). Used by .ci/run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { root } from "./tools.mjs";

const START_MS = 60_000; // includes a first build
const STOP_MS = 15_000;

/** @returns {Promise<number>} a port that nobody listens on at the moment */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** @param {string} url @returns {Promise<unknown>} the JSON of a 200 answer; undefined as long as nothing listens */
async function read(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (response === undefined) return undefined;
  if (response.status !== 200) throw new Error(`GET ${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Ends what may be left of a process group. @param {number | undefined} leader its process id */
function endGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    const nothingLeft = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!nothingLeft) throw error;
  }
}

const folder = mkdtempSync(join(tmpdir(), "servery-smoke-"));
const url = `http://127.0.0.1:${await freePort()}/api/posts`;
const env = { ...process.env, PORT: new URL(url).port, DATABASE_URL: `sqlite:${join(folder, "smoke.db")}` };
// A process group of its own, so that nothing of it is left when npm's child outlives npm.
const npm = spawn("npm", ["start"], { cwd: root, env, stdio: ["ignore", "inherit", "inherit"], detached: true });
const ended = once(npm, "exit");
try {
  const started = Date.now();
  let rows = await read(url);
  while (rows === undefined) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`);
    if (Date.now() - started > START_MS) throw new Error(`nothing answers at ${url} after ${START_MS} ms`);
    await wait(200);
    rows = await read(url);
  }
  const again = await read(url);
  if (!Array.isArray(again) || again.length === 0)
    throw new Error(`GET ${url} found no rows: ${JSON.stringify(again)}`);
  console.log(`smoke: answered after ${Date.now() - started} ms, ${again.length} rows`);
  npm.kill("SIGTERM");
  await Promise.race([ended, wait(STOP_MS)]);
  if (npm.exitCode === null && npm.signalCode === null)
    throw new Error(`npm start still runs ${STOP_MS} ms after SIGTERM`);
  await wait(500);
  if ((await read(url)) !== undefined) throw new Error("npm start has ended and its server still answers");
  console.log("smoke: stopped");
} finally {
  endGroup(npm.pid);
  rmSync(folder, { recursive: true, force: true });
}

import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { PLACES } from "./places.mjs";

const HOST = "127.0.0.1";
const POLL_MS = 5;
const READY_LIMIT_MS = 30_000;
const LOG_TAIL = 2000;

/** @typedef {"servery" | "reference" | "reference-unsafe"} Kind */
/**
 * @typedef {object} Server
 * @property {string} url without a slash at the end
 * @property {number} pid
 * @property {string} [token] of whoever sends the requests; without one it is nobody in particular
 * @property {number} readyMs from the spawn to the first successful answer
 * @property {() => Promise<void>} stop
 */

/** @param {Kind} kind @param {{ application: string, database: string, port: number, arrays: boolean }} options */
function commandOf(kind, { application, database, port, arrays }) {
  if (kind === "servery") {
    const secret = randomBytes(32).toString("hex");
    const env = { HOST, PORT: String(port), DATABASE_URL: `sqlite:${database}`, SERVERY_SECRET: secret };
    return { args: [PLACES.servery, "start", application], env };
  }
  const args = [PLACES.reference, "--database", database, "--port", String(port), "--host", HOST];
  if (kind === "reference-unsafe") args.push("--unsafe");
  if (arrays) args.push("--arrays");
  return { args, env: {} };
}

/**
 * Starts a server on a database file and waits for its first 2xx answer. Rejects with the end of its
 * log when it ends before, or is not ready within 30 seconds.
 *
 * @param {import("./processes.mjs").Processes} processes
 * @param {object} options
 * @param {Kind} options.kind
 * @param {string} [options.application] folder of the declaration
 * @param {string} options.database path of the file
 * @param {string} options.folder takes the log
 * @param {string} [options.name] of the log
 * @param {string} [options.path] what is asked for until it answers: one row unless told
 * @param {Record<string, string>} [options.env]
 * @param {boolean} [options.arrays] a flag of the reference
 * @returns {Promise<Server>}
 */
export async function startServer(processes, options) {
  const { kind, database, folder, name = kind, path = "/api/posts/1", env = {}, arrays = false } = options;
  const { application = PLACES.application } = options;
  const port = await freePort();
  const command = commandOf(kind, { application, database, port, arrays });
  const logPath = join(folder, `${name}.log`);
  const log = openSync(logPath, "a");
  const begun = performance.now();
  const child = processes.start(process.execPath, command.args, {
    cwd: PLACES.root,
    env: { ...process.env, NODE_ENV: "production", ...command.env, ...env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const stop = () => processes.stop(child);
  /** @type {string | undefined} */
  let ended;
  child.once("exit", (code, signal) => {
    ended = `ended with ${signal ?? `exit code ${code}`}`;
  });
  while (!(await answers(port, path))) {
    const late = performance.now() - begun > READY_LIMIT_MS;
    if (late) ended ??= `gave no 2xx on ${path} within ${READY_LIMIT_MS / 1000} s`;
    if (ended !== undefined) {
      await stop();
      throw new Error(`${name} ${ended}\n${readFileSync(logPath, "utf8").slice(-LOG_TAIL)}`);
    }
  }
  const readyMs = performance.now() - begun;
  return { url: `http://${HOST}:${port}`, pid: Number(child.pid), readyMs, stop };
}

/**
 * One attempt, which takes at least POLL_MS when it fails. A raw socket: a client library's own time
 * would be measured too.
 * @param {number} port @param {string} path @returns {Promise<boolean>}
 */
async function answers(port, path) {
  const begun = performance.now();
  const ok = await new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once("data", (head) => {
      resolve(/^HTTP\/1\.1 2\d\d/.test(head.toString("latin1", 0, 16)));
      socket.destroy();
    });
    // Refused is the expected answer until the server listens; `close` follows and settles the attempt.
    socket.once("error", () => socket.destroy());
    socket.once("close", () => resolve(false));
  });
  if (!ok) await sleep(Math.max(0, POLL_MS - (performance.now() - begun)));
  return ok;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, HOST, () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

import { spawnSync } from "node:child_process";
import { POSTS, USERS } from "./data-set.mjs";
import { PLACES } from "./places.mjs";
import { DICTIONARY } from "./words.mjs";

export const CONNECTIONS = 32;
const SLACK_MS = 15_000;
const limitOf = (/** @type {number} */ seconds) => seconds * 1000 + SLACK_MS;

/** @typedef {"one-row" | "list" | "newest" | "author" | "insert" | "patch" | "batch" | "aggregate" | "search"} Scenario */
/**
 * @typedef {object} Load one run of the generator against one server
 * @property {number} requests
 * @property {number} rate answers a second
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {string | undefined} failure set when any request did not get a 2xx: then the rate means nothing
 *
 * @typedef {object} Generator
 * @property {string} name with its version, to be printed
 * @property {(order: Order) => Promise<Load>} run
 */

/**
 * @typedef {object} Order
 * @property {string} url
 * @property {Scenario} scenario
 * @property {number} seed
 * @property {number} seconds whole ones
 * @property {number} [connections]
 * @property {number} [posts] ids go from 1 to this: the posts of the data set unless told
 * @property {string | undefined} [token] of whoever sends them
 * @property {boolean} [explain] print an answer that is not 2xx
 */

/** @param {Order} order */
function wrkCommand({ url, scenario, seed, seconds, token = "", explain = false, ...order }) {
  const { connections = CONNECTIONS, posts = POSTS } = order;
  const flags = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", PLACES.wrkScript, url, "--"];
  const numbers = [seed, USERS, posts].map(String);
  // One dictionary for both generators: a word that no text has would be found very fast.
  const words = scenario === "search" ? DICTIONARY.join(",") : "";
  return { command: "wrk", args: [...flags, scenario, ...numbers, explain ? "explain" : "count", words, token] };
}

/** @param {Order} order */
function autocannonCommand({ url, scenario, seed, seconds, token = "", connections = CONNECTIONS, posts = POSTS }) {
  const numbers = [seed, USERS, posts, connections, seconds].map(String);
  return { command: process.execPath, args: [PLACES.autocannonScript, url, scenario, ...numbers, token] };
}

/**
 * wrk when it is on the PATH, else autocannon from npm.
 * @param {import("./processes.mjs").Processes} processes
 * @param {"wrk" | "autocannon" | undefined} wanted
 * @returns {Generator}
 */
export function findGenerator(processes, wanted) {
  const version = wrkVersion();
  if (wanted === "wrk" && version === undefined) throw new Error("wrk is not on the PATH: apt-get install wrk");
  const useWrk = wanted === undefined ? version !== undefined : wanted === "wrk";
  const commandOf = useWrk ? wrkCommand : autocannonCommand;
  return {
    name: useWrk ? `${version}, 1 thread` : "autocannon (slower than wrk: it hides differences; apt-get install wrk)",
    run: async (order) => {
      const text = await output(processes, commandOf(order), limitOf(order.seconds));
      const load = readResult(text);
      if (load.failure === undefined || load.requests === 0) return load;
      // wrk counts refusals but does not keep one: a short second run shows what such an answer says.
      const short = wrkCommand({ ...order, seconds: 1, explain: true });
      const again = useWrk ? await output(processes, short, limitOf(1)) : text;
      const refused = /^REFUSED (.*)$/m.exec(again)?.[1];
      return { ...load, failure: refused === undefined ? load.failure : `${load.failure}; for example ${refused}` };
    },
  };
}

/** @returns {string | undefined} */
function wrkVersion() {
  // wrk prints its version with its usage and ends with 1; `error` is set only where it is not found.
  const { error, stdout } = spawnSync("wrk", ["--version"], { encoding: "utf8" });
  return error === undefined ? /^wrk \S+/.exec(stdout)?.[0] : undefined;
}

/**
 * What a command prints, until it ends or the limit is over.
 * @param {import("./processes.mjs").Processes} processes
 * @param {{ command: string, args: string[] }} command
 * @param {number} limitMs
 * @returns {Promise<string>}
 */
function output(processes, { command, args }, limitMs) {
  return new Promise((resolve, reject) => {
    const child = processes.start(command, args, { cwd: PLACES.root, stdio: ["ignore", "pipe", "pipe"] });
    const late = setTimeout(() => child.kill("SIGKILL"), limitMs);
    let text = "";
    child.stdout?.on("data", (chunk) => (text += chunk));
    child.stderr?.on("data", (chunk) => (text += chunk));
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(late);
      resolve(text);
    });
  });
}

/** @param {string} text @returns {Load} */
function readResult(text) {
  const json = /^RESULT (.*)$/m.exec(text)?.[1];
  if (json === undefined) throw new Error(`the load generator gave no result:\n${text.slice(-1000)}`);
  const { requests, seconds, p50Ms, p99Ms, not2xx, broken } = JSON.parse(json);
  const load = { requests, rate: requests / seconds, p50Ms, p99Ms, failure: undefined };
  if (requests === 0) return { ...load, failure: "no answer at all" };
  if (not2xx + broken === 0) return load;
  const refused = `${not2xx} of ${requests} answers were not 2xx`;
  return { ...load, failure: `${refused}, ${broken} connections broke or timed out` };
}

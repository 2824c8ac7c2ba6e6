import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { runRounds } from "./rounds.mjs";
import { buildScanData, SCAN_POSTS } from "./scan-data.mjs";
import { startServer } from "./servers.mjs";
import { middleOf } from "./statistics.mjs";

const DEADLINE_MS = 2000;
const DEADLINE_SLACK_MS = 1000;
/** Beside slow requests one-row reads may have a p99 of 3 times their own, or of 20 ms more. */
const P99_FACTOR = 3;
const P99_EXTRA_MS = 20;
/** Until the slow requests are deep in the database: the reads that count begin then. */
const HEAD_START_MS = 300;

const SCAN = { path: "?content[contains]=zzz-never", mustEnd: false };
const SORT = { path: "?sort=likes", mustEnd: false };
/** For each of a million posts the hundred posts of its author: no index helps, no machine ends it in two seconds. */
const CROSS_JOIN = { path: "?user.posts.content[contains]=zzz-never", mustEnd: true };
const ALONE = "alone";
/** Two each, since as many slow requests run at once; each is sent again as soon as it is answered. */
const BESIDE = { "a scan and a sort": [SCAN, SORT], "a scan and a cross join": [SCAN, CROSS_JOIN] };
/** How many runs one round has. */
export const SCAN_CONTENDERS = 1 + Object.keys(BESIDE).length;

/**
 * @typedef {object} Slow
 * @property {string} path
 * @property {boolean} mustEnd whether it cannot be answered before its deadline
 *
 * @typedef {object} SlowAnswer
 * @property {Slow} request
 * @property {number} ms
 * @property {number} status
 * @property {string | undefined} fault why it is no clear answer
 *
 * @typedef {{ rounds: import("./rounds.mjs").Rounds, slow: Record<string, SlowAnswer[]> }} ScanMeasured
 */

/**
 * One-row reads on a table of a million rows: alone, and beside slow requests.
 * @param {import("./sections.mjs").Bench} bench @returns {Promise<ScanMeasured>}
 */
export async function measureScan({ options, processes, generator, progress, folder }) {
  progress.step(`data set of ${SCAN_POSTS} posts`, 0);
  const database = await buildScanData(processes, folder);
  const env = { SERVERY_QUERY_TIMEOUT_MS: String(DEADLINE_MS) };
  const { url, stop } = await startServer(processes, { kind: "servery", name: "scan", database, folder, env });
  const read = (/** @type {number} */ seed, /** @type {number} */ seconds) =>
    generator.run({ url, scenario: "one-row", seed, seconds, posts: SCAN_POSTS });
  /** @type {Record<string, import("./rounds.mjs").Run>} */
  const contenders = { [ALONE]: async (seed, seconds) => [await read(seed, seconds)] };
  /** @type {Record<string, SlowAnswer[]>} */
  const slow = {};
  for (const [name, requests] of Object.entries(BESIDE)) {
    /** @type {SlowAnswer[]} */
    const answers = [];
    slow[name] = answers;
    contenders[name] = async (seed, seconds) => {
      const sender = sendAgainAndAgain(url, requests);
      await sleep(HEAD_START_MS);
      const load = await read(seed, seconds);
      const now = await sender.end();
      answers.push(...now);
      const fault = now.find((answer) => answer.fault !== undefined)?.fault;
      return [{ ...load, failure: load.failure ?? fault }];
    };
  }
  const title = "one row beside slow requests";
  const rounds = await runRounds(contenders, { ...options, title, progress });
  progress.say(rounds.failure === undefined ? `✓ ${title}` : `✗ ${title}: ${rounds.failure}`);
  await stop();
  return { rounds, slow };
}

/**
 * Sends each request again whenever it was answered. `end` waits for those that are on their way.
 * @param {string} url @param {Slow[]} requests
 */
function sendAgainAndAgain(url, requests) {
  let ended = false;
  /** @type {SlowAnswer[]} */
  const answers = [];
  const loops = requests.map(async (request) => {
    while (!ended) answers.push(await ask(url, request));
  });
  const done = Promise.all(loops);
  // A connection that breaks early is thrown by `end`, not as a rejection that nobody awaits yet.
  done.catch(() => undefined);
  return {
    end: async () => {
      ended = true;
      await done;
      return answers;
    },
  };
}

/** @param {string} url @param {Slow} request @returns {Promise<SlowAnswer>} */
async function ask(url, request) {
  const begun = performance.now();
  const response = await fetch(encodeURI(`${url}/api/posts${request.path}`), { signal: AbortSignal.timeout(30_000) });
  const body = await response.text();
  const ms = performance.now() - begun;
  const { status } = response;
  return { request, ms, status, fault: faultOf(request, response, body) };
}

/** @param {Slow} request @param {Response} response @param {string} body @returns {string | undefined} */
function faultOf(request, { status, headers }, body) {
  if (status === 200 && !request.mustEnd) return undefined;
  const code = status === 503 ? JSON.parse(body).code : undefined;
  if (code === "query_timeout" && /^[1-9]\d*$/.test(headers.get("Retry-After") ?? "")) return undefined;
  return `${request.path} answered ${status} with Retry-After ${headers.get("Retry-After")}: ${body.slice(0, 200)}`;
}

/** @param {ScanMeasured} measured */
export function scanResultOf({ rounds, slow }) {
  const posts = SCAN_POSTS.toLocaleString("en-US");
  const title = `One row by id beside slow requests, ${posts} posts, deadline ${DEADLINE_MS} ms`;
  const failure = rounds.failure;
  if (failure !== undefined) return { title, failure, alone: undefined, beside: [], rounds: 0 };
  const alone = middleOf(rounds.runs[ALONE] ?? []);
  const atMostMs = Math.max(P99_FACTOR * alone.p99Ms, alone.p99Ms + P99_EXTRA_MS);
  const beside = Object.entries(BESIDE).map(([name, requests]) => {
    const { p99Ms, rate } = middleOf(rounds.runs[name] ?? []);
    const answers = requests.map((request) => slowResultOf(request, slow[name] ?? []));
    return { name, p99Ms, rate, atMostMs, met: p99Ms <= atMostMs, slow: answers };
  });
  return { title, failure, alone, beside, rounds: rounds.runs[ALONE]?.length ?? 0 };
}

/**
 * Every answer counts here, those of the warm-up too: the deadline holds always.
 * @param {Slow} request @param {SlowAnswer[]} all
 */
function slowResultOf(request, all) {
  const answers = all.filter((answer) => answer.request === request);
  const ended = answers.filter(({ status }) => status === 503);
  const earliest = DEADLINE_MS - DEADLINE_SLACK_MS;
  const latest = DEADLINE_MS + DEADLINE_SLACK_MS;
  const inTime = answers.every(({ ms }) => ms <= latest) && ended.every(({ ms }) => ms >= earliest);
  const rows = answers.length - ended.length;
  return {
    path: request.path,
    answers: `${rows} × 200, ${ended.length} × 503 query_timeout with Retry-After`,
    slowestMs: Math.max(...answers.map(({ ms }) => ms)),
    demanded: request.mustEnd ? `all ended at ${DEADLINE_MS} ± ${DEADLINE_SLACK_MS} ms` : `all within ${latest} ms`,
    met: answers.length > 0 && inTime && (!request.mustEnd || rows === 0),
  };
}

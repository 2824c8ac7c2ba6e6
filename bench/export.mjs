import { get } from "node:http";
import { performance } from "node:perf_hooks";
import { difference } from "./compare.mjs";
import { EXPORT_GROWTH_MB, EXPORTED } from "./comparisons.mjs";
import { startAll, stopAll } from "./contenders.mjs";
import { POSTS } from "./data-set.mjs";
import { memoryOf, resetPeaks } from "./memory.mjs";
import { runRounds } from "./rounds.mjs";
import { median } from "./statistics.mjs";

const PATH = "/api/posts";
const MEDIA_TYPE = "application/x-ndjson";
const LIMIT_MS = 60_000;
const NEWLINE = 10;

/**
 * @typedef {import("./memory.mjs").ServerMemory} ServerMemory
 * @typedef {{ before: ServerMemory, afterOne: ServerMemory, after: ServerMemory }} ExportMemory
 *
 * @typedef {object} ExportMeasured
 * @property {typeof EXPORTED} comparison
 * @property {import("./rounds.mjs").Rounds} rounds
 * @property {{ subject: ExportMemory, reference: ExportMemory }} memory
 */

/**
 * Every post as NDJSON, one export after the other, and the highest memory of the servers from before the first one.
 * @param {import("./sections.mjs").Bench} bench @returns {Promise<ExportMeasured>}
 */
export async function measureExport(bench) {
  const { options, progress } = bench;
  const servers = await startAll(bench, { prefix: "export" });
  const { subject, reference } = servers;
  const memoryNow = () => ({ subject: memoryOf(subject.pid), reference: memoryOf(reference.pid) });
  const before = memoryNow();
  resetPeaks(subject.pid);
  resetPeaks(reference.pid);
  await compareExports(subject.url, reference.url);
  const afterOne = memoryNow();
  progress.say(`✓ ${POSTS} exported rows are the same from ${options.subject} and the reference`);
  const rounds = await runRounds(
    { subject: exportsOf(subject.url), reference: exportsOf(reference.url) },
    { ...options, title: EXPORTED.title, progress },
  );
  const { title } = EXPORTED;
  progress.say(rounds.failure === undefined ? `✓ ${title}` : `✗ ${title}: ${rounds.failure}`);
  const after = memoryNow();
  await stopAll(servers);
  const memory = {
    subject: { before: before.subject, afterOne: afterOne.subject, after: after.subject },
    reference: { before: before.reference, afterOne: afterOne.reference, after: after.reference },
  };
  return { comparison: EXPORTED, rounds, memory };
}

/** @param {ExportMeasured} measured */
export function exportMemoryOf({ memory }) {
  const subject = growthOf(memory.subject);
  const reference = growthOf(memory.reference);
  const met = subject.growthMb === undefined ? undefined : subject.growthMb <= EXPORT_GROWTH_MB;
  return { subject, reference, atMostMb: EXPORT_GROWTH_MB, met };
}

/** @param {ExportMemory} memory */
function growthOf({ before, afterOne, after }) {
  const { rssMb } = before.main;
  const above = (/** @type {ServerMemory} */ { main }) => (main.peakMb === undefined ? undefined : main.peakMb - rssMb);
  return { beforeMb: rssMb, growthOfOneMb: above(afterOne), growthMb: above(after), children: after.children };
}

/**
 * Exports until the time is over, at least one; the rate counts rows, the times are those of whole exports.
 * @param {string} url @returns {import("./rounds.mjs").Run}
 */
function exportsOf(url) {
  return async (_seed, seconds) => {
    const times = [];
    const begun = performance.now();
    let failure;
    do {
      const started = performance.now();
      failure = await readExport(url);
      times.push(performance.now() - started);
    } while (failure === undefined && performance.now() - begun < seconds * 1000);
    const rate = (times.length * POSTS * 1000) / (performance.now() - begun);
    return [{ requests: times.length, rate, p50Ms: median(times), p99Ms: Math.max(...times), failure }];
  };
}

/** Reads one export to its end, counts its lines and keeps nothing. @param {string} url @returns {Promise<string | undefined>} a failure */
async function readExport(url) {
  try {
    const response = await open(url);
    let rows = 0;
    for await (const chunk of response) {
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
    }
    return rows === POSTS ? undefined : `an export had ${rows} rows of ${POSTS}`;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/** @param {string} url @returns {Promise<import("node:http").IncomingMessage>} */
async function open(url) {
  /** @type {import("node:http").IncomingMessage} */
  const response = await new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(LIMIT_MS);
    get(url + PATH, { headers: { accept: MEDIA_TYPE }, signal }, resolve).once("error", reject);
  });
  const type = response.headers["content-type"] ?? "none";
  if (response.statusCode === 200 && type.startsWith(MEDIA_TYPE)) return response;
  response.destroy();
  throw new Error(`an export answers ${response.statusCode} with the media type ${type}`);
}

/** Throws at the first row in which the two differ. @param {string} one @param {string} other */
async function compareExports(one, other) {
  // One after the other: each server shows its memory with a client that takes all it gives.
  const [ones, others] = [await linesOf(one), await linesOf(other)];
  if (ones.length !== others.length) throw new Error(`an export has ${ones.length} and ${others.length} rows`);
  for (const [at, line] of ones.entries()) {
    const beside = others[at] ?? "";
    const found = line === beside ? undefined : difference(JSON.parse(line), JSON.parse(beside), "");
    if (found !== undefined) throw new Error(`row ${at + 1} of an export: the answers differ at ${found}`);
  }
}

/** @param {string} url */
async function linesOf(url) {
  let text = "";
  for await (const chunk of (await open(url)).setEncoding("utf8")) text += chunk;
  return text.trimEnd().split("\n");
}

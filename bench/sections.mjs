import { COMPARISONS, contendersOf, WRITERS } from "./comparisons.mjs";
import { copyFor, startCompared, startContender, stopAll } from "./contenders.mjs";
import { CONNECTIONS } from "./load-generator.mjs";
import { memoryOf } from "./memory.mjs";
import { runRounds } from "./rounds.mjs";
import { SCAN_CONTENDERS } from "./scan.mjs";
import { startSignedIn } from "./signed-in.mjs";
import { assertWritesWait } from "./slow-disk.mjs";
import { median } from "./statistics.mjs";

/**
 * @typedef {import("./contenders.mjs").Servers} Servers
 * @typedef {import("./comparisons.mjs").Comparison} Comparison
 * @typedef {import("./rounds.mjs").Rounds} Rounds
 *
 * @typedef {object} Bench what every section needs
 * @property {import("./options.mjs").Options} options
 * @property {import("./processes.mjs").Processes} processes
 * @property {import("./load-generator.mjs").Generator} generator
 * @property {import("./progress.mjs").Progress} progress
 * @property {string} dataSet path of the file to copy
 * @property {string} folder of this run
 *
 * @typedef {{ subject: number[], reference: number[] }} ReadyTimes milliseconds
 * @typedef {{ comparison: Pick<Comparison, "title" | "ratios">, rounds: Rounds }} Measured
 */

/** @param {Bench} bench @param {Comparison["servers"]} servers @returns {Comparison[]} the comparisons that were asked for */
export const wanted = ({ options }, servers) =>
  COMPARISONS.filter((each) => each.servers === servers && options.only.has(each.part));

/** @param {Bench["options"]} options @returns {number} how many runs of the load generator there will be */
export function plannedRuns(options) {
  const comparisons = COMPARISONS.filter((each) => options.only.has(each.part));
  const contenders = comparisons.map((each) => contendersOf(each).length);
  if (options.only.has("slow-reads")) contenders.push(4);
  if (options.only.has("export")) contenders.push(2);
  if (options.only.has("scan")) contenders.push(SCAN_CONTENDERS);
  return contenders.reduce((sum, count) => sum + count, 0) * (options.rounds + 1);
}

/** Starts and stops both servers in turn on the existing file. @param {Bench} bench @returns {Promise<ReadyTimes>} */
export async function measureReady(bench) {
  /** @type {ReadyTimes} */
  const times = { subject: [], reference: [] };
  const files = { subject: copyFor(bench, "ready-subject"), reference: copyFor(bench, "ready-reference") };
  for (let turn = 1; turn <= bench.options.starts; turn += 1) {
    bench.progress.step(`ready time: start ${turn} of ${bench.options.starts}`, 0);
    for (const contender of /** @type {const} */ (["subject", "reference"])) {
      const server = await startContender(bench, contender, { database: files[contender] });
      times[contender].push(server.readyMs);
      await server.stop();
    }
  }
  const middle = `${Math.round(median(times.subject))} ms, reference ${Math.round(median(times.reference))} ms`;
  bench.progress.say(`✓ ready: ${bench.options.subject} ${middle}`);
  return times;
}

/**
 * The comparisons on this machine's own disk, then the memory of the servers that went through them.
 * @param {Bench} bench
 */
export async function measureOwnDisk(bench) {
  const comparisons = wanted(bench, "own");
  const servers = await startCompared(bench, { prefix: "own", contenders: comparisons.flatMap(contendersOf) });
  /** @type {Measured[]} */
  const measured = [];
  for (const comparison of comparisons) measured.push(await measure(bench, comparison, servers));
  const memory = { subject: memoryOf(servers.subject.pid), reference: memoryOf(servers.reference.pid) };
  await stopAll(servers);
  return { measured, memory };
}

/** The comparisons of a caller with a token and an owner's policy. @param {Bench} bench @returns {Promise<Measured[]>} */
export async function measureSignedIn(bench) {
  const servers = await startSignedIn(bench);
  /** @type {Measured[]} */
  const measured = [];
  for (const comparison of wanted(bench, "signed-in")) measured.push(await measure(bench, comparison, servers));
  await stopAll(servers);
  return measured;
}

/** What seeing costs, with metrics, X-ray and log on: Servery beside itself with all of them off. @param {Bench} bench @returns {Promise<Measured[]>} */
export async function measureFollowed(bench) {
  /** @type {Measured[]} */
  const measured = [];
  for (const comparison of wanted(bench, "followed")) {
    const database = (/** @type {string} */ name) => copyFor(bench, `${comparison.part}-${name}`);
    const every = String(comparison.followEvery);
    const env = {
      SERVERY_FOLLOW_EVERY: every,
      SERVERY_LOG_EVERY: every,
      SERVERY_METRICS_TOKEN: "a-token-of-the-measurement",
    };
    const servers = {
      subject: await startContender(bench, "subject", { database: database("followed"), env }),
      reference: await startContender(bench, "subject", {
        database: database("plain"),
        env: { SERVERY_LOG_EVERY: "0" },
      }),
    };
    measured.push(await measure(bench, comparison, servers));
    await stopAll(servers);
  }
  return measured;
}

/** The comparisons with requests about many rows. @param {Bench} bench @returns {Promise<Measured[]>} */
export async function measureManyRows(bench) {
  const comparisons = wanted(bench, "many");
  const servers = await startCompared(bench, { prefix: "many", contenders: comparisons.flatMap(contendersOf) });
  /** @type {Measured[]} */
  const measured = [];
  for (const comparison of comparisons) measured.push(await measure(bench, comparison, servers));
  await stopAll(servers);
  return measured;
}

/**
 * The comparisons with the slow disk, and reads alone and beside inserts.
 * @param {Bench} bench @param {Record<string, string>} env that slows the disk down
 */
export async function measureSlowDisk(bench, env) {
  const comparisons = wanted(bench, "slow");
  const servers = await startCompared(bench, { prefix: "slow", contenders: comparisons.flatMap(contendersOf), env });
  await assertWritesWait(bench.options.subject, servers.subject.url);
  await assertWritesWait("the reference", servers.reference.url);
  // Reads first: afterwards the two tables have grown by very different numbers of rows.
  const reads = bench.options.only.has("slow-reads") ? await measureReadsBesideWrites(bench, servers) : undefined;
  /** @type {Measured[]} */
  const measured = [];
  for (const comparison of comparisons) measured.push(await measure(bench, comparison, servers));
  await stopAll(servers);
  return { measured, reads };
}

/** @param {Bench} bench @param {Comparison} comparison @param {Servers} servers @returns {Promise<Measured>} */
async function measure({ options, generator, progress }, comparison, servers) {
  const { scenario, connections = CONNECTIONS, last } = comparison;
  /** @type {Record<string, import("./rounds.mjs").Run>} */
  const contenders = {};
  for (const contender of contendersOf(comparison)) {
    const server = servers[contender];
    if (server === undefined) throw new Error(`${contender} was not started`);
    const { url, token } = server;
    contenders[contender] = async (seed, seconds) => {
      const load = await generator.run({ url, token, scenario, seed, seconds, connections });
      if (last !== undefined) await (await fetch(url + last)).arrayBuffer();
      return [load];
    };
  }
  const title = comparison.servers === "slow" ? `${comparison.title}, slow disk` : comparison.title;
  const rounds = await runRounds(contenders, { ...options, title, progress });
  progress.say(rounds.failure === undefined ? `✓ ${title}` : `✗ ${title}: ${rounds.failure}`);
  return { comparison, rounds };
}

/** @param {Bench} bench @param {Servers} servers @returns {Promise<Rounds>} */
async function measureReadsBesideWrites({ options, generator, progress }, { subject, reference }) {
  const alone = (/** @type {string} */ url) => async (/** @type {number} */ seed, /** @type {number} */ seconds) => [
    await generator.run({ url, scenario: "one-row", seed, seconds }),
  ];
  const beside = (/** @type {string} */ url) => (/** @type {number} */ seed, /** @type {number} */ seconds) =>
    Promise.all([
      generator.run({ url, scenario: "one-row", seed, seconds }),
      generator.run({ url, scenario: "insert", seed, seconds, connections: WRITERS }),
    ]);
  const title = "one row alone and beside inserts, slow disk";
  const rounds = await runRounds(
    {
      "subject alone": alone(subject.url),
      "subject beside inserts": beside(subject.url),
      "reference alone": alone(reference.url),
      "reference beside inserts": beside(reference.url),
    },
    { ...options, title, progress },
  );
  progress.say(rounds.failure === undefined ? `✓ ${title}` : `✗ ${title}: ${rounds.failure}`);
  return rounds;
}

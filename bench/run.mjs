/**
 * `npm run bench`: Servery beside a hand-written reference. See README.md in this folder and `--help`.
 * Ends with 0 when every run was clean, whatever the ratios; with 1 when answers differed or a run failed.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { ARTICLES, buildDataSet, POSTS, USERS } from "./data-set.mjs";
import { exportMemoryOf, measureExport } from "./export.mjs";
import { CONNECTIONS, findGenerator } from "./load-generator.mjs";
import { machineFacts } from "./machine.mjs";
import { HELP, readOptions } from "./options.mjs";
import { PLACES } from "./places.mjs";
import { createProcesses } from "./processes.mjs";
import { createProgress } from "./progress.mjs";
import { printExportMemory, printMachine, printMemory, printReady, printScan, printTable } from "./report.mjs";
import { memoryResultOf, readsTableOf, readyOf, tableOf } from "./results.mjs";
import { measureScan, scanResultOf } from "./scan.mjs";
import {
  measureFollowed,
  measureManyRows,
  measureOwnDisk,
  measureReady,
  measureSignedIn,
  measureSlowDisk,
  plannedRuns,
  wanted,
} from "./sections.mjs";
import { prepareSlowDisk, SLOW_FSYNC_MS } from "./slow-disk.mjs";

/** What one run of the generator costs beside its own seconds, and the room the time limit leaves. */
const OVERHEAD_SECONDS = 0.4;
const LIMIT_FACTOR = 2;
const LIMIT_EXTRA_SECONDS = 300;

/** @returns {import("./options.mjs").Options} */
function optionsOrExit() {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== "help") return options;
    console.log(HELP);
    process.exit(0);
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\nnode bench/run.mjs --help lists the options`);
    process.exit(2);
  }
}

/** A folder for the copies of this run; those of runs that are gone are removed. @returns {string} */
function makeRunFolder() {
  mkdirSync(PLACES.data, { recursive: true });
  for (const name of readdirSync(PLACES.data)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(PLACES.data, name), { recursive: true });
  }
  return mkdtempSync(join(PLACES.data, `run-${process.pid}-`));
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Nothing may outlive the run: not on Ctrl-C, not on an error, not when something hangs.
 * @param {import("./processes.mjs").Processes} processes @param {string} folder @param {number} limitSeconds
 */
function guard(processes, folder, limitSeconds) {
  process.on("exit", () => {
    processes.killAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      console.error("\nstopped: all servers are ended");
      process.exit(128 + constants.signals[signal]);
    });
  }
  setTimeout(() => {
    console.error(`\nnot done after ${Math.round(limitSeconds)} s: ended`);
    process.exit(1);
  }, limitSeconds * 1000).unref();
}

/** @param {import("./sections.mjs").Bench} bench */
async function measureAll(bench) {
  const { options, progress } = bench;
  const ready = options.only.has("ready") ? await measureReady(bench) : undefined;
  const own = wanted(bench, "own").length > 0 ? await measureOwnDisk(bench) : undefined;
  // The reference knows nobody, so against itself there is nothing to measure.
  const asksSignedIn = options.subject === "servery" && wanted(bench, "signed-in").length > 0;
  const signedIn = asksSignedIn ? await measureSignedIn(bench) : undefined;
  const asksFollowed = options.subject === "servery" && wanted(bench, "followed").length > 0;
  const followed = asksFollowed ? await measureFollowed(bench) : undefined;
  const many = wanted(bench, "many").length > 0 ? await measureManyRows(bench) : undefined;
  const exported = options.only.has("export") ? await measureExport(bench) : undefined;
  const asksSlow = wanted(bench, "slow").length > 0 || options.only.has("slow-reads");
  const slowDisk = asksSlow ? prepareSlowDisk() : undefined;
  const skipped =
    slowDisk !== undefined && "missing" in slowDisk ? `slow disk skipped: ${slowDisk.missing}` : undefined;
  if (skipped !== undefined) progress.say(`- ${skipped}`);
  // The reference answers nine requests, and no scan is among them.
  const scan = options.only.has("scan") && options.subject === "servery" ? await measureScan(bench) : undefined;
  const slow = slowDisk !== undefined && "env" in slowDisk ? await measureSlowDisk(bench, slowDisk.env) : undefined;
  return { ready, own, signedIn, followed, many, exported, slow, scan, skipped };
}

/** @param {import("./sections.mjs").Bench} bench @param {Awaited<ReturnType<typeof measureAll>>} measured */
function judge({ options, generator }, { ready, own, signedIn, followed, many, exported, slow, scan, skipped }) {
  const subject = options.subject === "servery" ? "Servery" : "reference (A)";
  /** @type {Record<string, string>} */
  const names = { subject, reference: "durable reference", "reference-unsafe": "unsafe reference" };
  const name = (/** @type {string} */ contender) => names[contender] ?? contender;
  const how = `${CONNECTIONS} connections, medians of ${options.rounds} rounds of ${options.seconds} s`;
  const tables = [];
  if (own !== undefined) tables.push(tableOf(`As it is: ${how}`, own.measured, name));
  if (signedIn !== undefined) tables.push(tableOf(`Signed in: ${how}`, signedIn, name));
  if (followed !== undefined) {
    const beside = (/** @type {string} */ contender) => (contender === "subject" ? "seen through" : "all off");
    tables.push(tableOf(`Metrics, X-ray and log: ${how}`, followed, beside));
  }
  if (many !== undefined) tables.push(tableOf(`Requests about many rows: ${how}`, many, name));
  if (exported !== undefined) tables.push(tableOf("Export: one at a time", [exported], name));
  if (slow !== undefined) {
    const title = `With ${SLOW_FSYNC_MS} ms added to every fsync`;
    if (slow.measured.length > 0) tables.push(tableOf(`${title}: ${how}`, slow.measured, name));
    if (slow.reads !== undefined) tables.push(readsTableOf(`${title}: reads beside inserts`, slow.reads, name));
  }
  return {
    at: new Date().toISOString(),
    subject,
    options: { ...options, only: [...options.only], connections: CONNECTIONS },
    machine: machineFacts(generator.name),
    ready: ready === undefined ? undefined : readyOf(ready),
    memory: own === undefined ? undefined : memoryResultOf(own.memory),
    tables,
    scan: scan === undefined ? undefined : scanResultOf(scan),
    skipped,
    exportMemory: exported === undefined ? undefined : exportMemoryOf(exported),
    raw: { own: own?.measured, signedIn, followed, many, exported, slow, scan },
  };
}

/** @param {ReturnType<typeof judge>} result */
function print({ subject, machine, ready, memory, exportMemory, tables, scan, skipped }) {
  const judged = subject === "Servery";
  console.log("");
  printMachine(machine);
  if (!judged) console.log("The reference against itself: ratios away from 1 are noise, but for the unsafe one.");
  for (const table of tables) {
    // Targets are Servery's: they mean nothing for the reference against itself.
    const lines = judged ? table.lines : table.lines.map((line) => ({ ...line, atLeast: undefined, met: undefined }));
    printTable({ ...table, lines });
  }
  if (skipped !== undefined) console.log(`\n- ${skipped}`);
  if (scan !== undefined) printScan(scan);
  if (ready !== undefined) printReady(ready, subject, judged);
  if (memory !== undefined) printMemory(memory, subject, judged);
  if (exportMemory !== undefined) printExportMemory(exportMemory, subject, judged);
}

async function main() {
  const options = optionsOrExit();
  if (options.subject === "servery" && !existsSync(PLACES.servery)) {
    console.error("dist/cli/main.js is missing: run npm run build first (or measure --subject reference)");
    return 2;
  }
  const processes = createProcesses();
  const folder = makeRunFolder();
  const runs = plannedRuns(options);
  const secondsEach = options.seconds + OVERHEAD_SECONDS;
  guard(processes, folder, runs * secondsEach * LIMIT_FACTOR + LIMIT_EXTRA_SECONDS);
  const generator = findGenerator(processes, options.generator);
  const progress = createProgress(runs, secondsEach);
  console.log(`load generator: ${generator.name}`);
  progress.step(`data set of ${USERS} users, ${POSTS} posts and ${ARTICLES} articles`, 0);
  const { path, made } = await buildDataSet(processes, options.subject, folder);
  const size = `${USERS} users, ${POSTS} posts, ${ARTICLES} articles`;
  progress.say(`✓ data set: ${size} (${made ? "made" : "kept from an earlier run"})`);
  const bench = { options, processes, generator, progress, dataSet: path, folder };
  const result = judge(bench, await measureAll(bench));
  print(result);
  const file = join(PLACES.data, "result.json");
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log("\nwritten to bench/.data/result.json");
  return result.tables.some((table) => table.failures.length > 0) || result.scan?.failure !== undefined ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\n${/** @type {Error} */ (error).message}`);
  process.exit(1);
}

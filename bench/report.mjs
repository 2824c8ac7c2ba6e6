/** @typedef {import("./results.mjs").Table} Table */
/** @typedef {import("./results.mjs").Line} Line */

const whole = (/** @type {number} */ value) => Math.round(value).toLocaleString("en-US");
const tick = (/** @type {boolean | undefined} */ met) => (met === undefined ? "" : met ? "✓" : "✗");

/** @param {Table} table */
export function printTable({ title, lines, failures }) {
  console.log(`\n${title}`);
  if (lines.length > 0) printColumns([HEADER, ...lines.flatMap(rowsOf)]);
  for (const failure of failures) console.log(`  ✗ FAILED, no figure: ${failure}`);
}

const HEADER = ["", "per second", "p50 ms", "p99 ms", "ratio", "rounds", "target", ""];
const LEFT = new Set([0, 5, 6]);

/**
 * A title, the one, and below it the other with the ratio of both. Where a second ratio belongs to the
 * same title, the one is not repeated.
 * @param {Line} line @param {number} index @param {Line[]} all
 */
function rowsOf({ title, one, other, ratio, lowest, highest, atLeast, met, note }, index, all) {
  const figures = (/** @type {Line["one"]} */ side) => [
    `  ${side.name}`,
    whole(side.rate),
    side.p50Ms.toFixed(2),
    side.p99Ms.toFixed(2),
  ];
  const demanded = atLeast === undefined ? "" : `≥ ${atLeast} ×`;
  const compared = [`${ratio.toFixed(2)} ×`, `${lowest.toFixed(2)}–${highest.toFixed(2)}`, demanded, tick(met)];
  const head = all[index - 1]?.title === title ? [] : [[title], figures(one)];
  return [...head, [...figures(other), ...compared], ...(note === undefined ? [] : [[`  (${note})`]])];
}

/** @param {string[][]} rows those with one cell are as wide as they like */
function printColumns(rows) {
  const full = rows.filter((row) => row.length > 1);
  const widths = HEADER.map((_, column) => Math.max(...full.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      LEFT.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join("  ").trimEnd()}`);
  }
}

/** @param {ReturnType<typeof import("./results.mjs").readyOf>} ready @param {string} name @param {boolean} judged */
export function printReady({ subject, reference, atMost, met }, name, judged) {
  const spread = `${whole(Math.min(...subject.all))}–${whole(Math.max(...subject.all))}`;
  const verdict = judged ? `, target ≤ ${atMost} ms ${tick(met)}` : "";
  console.log(`\nReady, from the start of the process to the first row (median of ${subject.all.length})`);
  console.log(`  ${name} ${whole(subject.medianMs)} ms (${spread})${verdict}`);
  console.log(`  reference ${whole(reference.medianMs)} ms`);
}

/**
 * @param {ReturnType<typeof import("./results.mjs").memoryResultOf>} memory
 * @param {string} name
 * @param {boolean} judged
 */
export function printMemory({ subject, reference, atMost, met }, name, judged) {
  console.log("\nMemory after the load (resident, millions of bytes; process with its threads)");
  const verdict = judged ? `, target ≤ ${atMost} MB ${tick(met)}` : "";
  console.log(`  ${name} ${memoryText(subject.main)}${verdict}`);
  for (const child of subject.children) console.log(`    its child ${child.command} ${memoryText(child)}`);
  console.log(`  reference ${memoryText(reference.main)}`);
}

/**
 * @param {ReturnType<typeof import("./export.mjs").exportMemoryOf>} memory
 * @param {string} name
 * @param {boolean} judged
 */
export function printExportMemory({ subject, reference, atMostMb, met }, name, judged) {
  console.log("\nMemory beside exports (resident, millions of bytes; process with its threads)");
  const line = (/** @type {typeof subject} */ { beforeMb, growthOfOneMb, growthMb }) =>
    growthOfOneMb === undefined || growthMb === undefined
      ? `${whole(beforeMb)} MB before; the highest cannot be read here`
      : `${whole(beforeMb)} MB before, then at most ${whole(growthMb)} MB more (${whole(growthOfOneMb)} in the first export)`;
  console.log(`  ${name} ${line(subject)}${judged ? `, target ≤ ${atMostMb} MB ${tick(met)}` : ""}`);
  for (const child of subject.children) console.log(`    its child ${child.command} ${memoryText(child)}`);
  console.log(`  reference ${line(reference)}`);
}

/** @param {import("./memory.mjs").ProcessMemory} memory */
function memoryText({ rssMb, peakMb }) {
  return `${whole(rssMb)} MB${peakMb === undefined ? "" : ` (highest ${whole(peakMb)} MB)`}`;
}

/** @param {ReturnType<typeof import("./scan.mjs").scanResultOf>} scan */
export function printScan({ title, failure, alone, beside, rounds }) {
  console.log(`\n${title}`);
  if (failure !== undefined || alone === undefined) {
    console.log(`  ✗ FAILED, no figure: ${failure}`);
    return;
  }
  console.log(
    `  alone: p99 ${alone.p99Ms.toFixed(2)} ms, ${whole(alone.rate)} per second (medians of ${rounds} rounds)`,
  );
  for (const { name, p99Ms, rate, atMostMs, met, slow } of beside) {
    const target = `target ≤ ${atMostMs.toFixed(2)} ms ${tick(met)}`;
    console.log(`  beside ${name}: p99 ${p99Ms.toFixed(2)} ms, ${whole(rate)} per second, ${target}`);
    for (const { path, answers, slowestMs, demanded, met: inTime } of slow) {
      console.log(`    ${path}: ${answers}, slowest ${whole(slowestMs)} ms, ${demanded} ${tick(inTime)}`);
    }
  }
}

/** @param {ReturnType<typeof import("./machine.mjs").machineFacts>} facts */
export function printMachine(facts) {
  console.log(`${facts.cpu}, ${facts.cores} cores, ${facts.memoryGb} GB, ${facts.system}, Node ${facts.node}`);
  console.log(`reference on SQLite ${facts.sqliteOfReference}; fdatasync of 4 KiB: ${facts.fdatasyncMs.toFixed(2)} ms`);
  if (facts.haltPollNs !== undefined) console.log(`guest_halt_poll_ns: ${whole(facts.haltPollNs)}`);
  console.log(`load: ${facts.generator}`);
}

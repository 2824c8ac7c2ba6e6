/** @typedef {import("./results.mjs").Table} Table */
/** @typedef {import("./results.mjs").Line} Line */

const whole = (/** @type {number} */ value) => Math.round(value).toLocaleString("en-US");
const tick = (/** @type {boolean | undefined} */ met) => (met === undefined ? "" : met ? "✓" : "✗");

/** @param {Table} table */
export function printTable({ title, lines, failures, note }) {
  console.log(`\n${title}`);
  if (note !== undefined) console.log(`  ${note}`);
  if (lines.length > 0) printColumns([HEADER, ...lines.map(cellsOf)]);
  for (const line of lines) if (line.note !== undefined) console.log(`  ${line.title}: ${line.note}`);
  for (const failure of failures) console.log(`  ✗ FAILED, no figure: ${failure}`);
}

const FIGURES = ["per second", "p50 ms", "p99 ms"];
const HEADER = ["", "", ...FIGURES, "against", ...FIGURES, "ratio", "rounds", "target", ""];
const LEFT = new Set([0, 1, 5, 10, 11]);

/** @param {Line} line */
function cellsOf({ title, one, other, ratio, lowest, highest, atLeast, met }) {
  const figures = (/** @type {Line["one"]} */ s) => [s.name, whole(s.rate), s.p50Ms.toFixed(2), s.p99Ms.toFixed(2)];
  return [
    title,
    ...figures(one),
    ...figures(other),
    `${ratio.toFixed(2)} ×`,
    `${lowest.toFixed(2)}–${highest.toFixed(2)}`,
    atLeast === undefined ? "" : `≥ ${atLeast} ×`,
    tick(met),
  ];
}

/** @param {string[][]} rows */
function printColumns(rows) {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
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

/** @param {import("./memory.mjs").ProcessMemory} memory */
function memoryText({ rssMb, peakMb }) {
  return `${whole(rssMb)} MB${peakMb === undefined ? "" : ` (highest ${whole(peakMb)} MB)`}`;
}

/** @param {ReturnType<typeof import("./machine.mjs").machineFacts>} facts */
export function printMachine(facts) {
  console.log(`${facts.cpu}, ${facts.cores} cores, ${facts.memoryGb} GB, ${facts.system}, Node ${facts.node}`);
  console.log(`reference on SQLite ${facts.sqliteOfReference}; fdatasync of 4 KiB: ${facts.fdatasyncMs.toFixed(2)} ms`);
  console.log(`load: ${facts.generator}`);
}

/**
 * @typedef {"subject" | "reference" | "reference-unsafe"} Contender
 * @typedef {import("./load-generator.mjs").Scenario} Scenario
 *
 * @typedef {object} Comparison one part of the measurement: who runs which requests, and what is demanded
 * @property {import("./options.mjs").Part} part
 * @property {string} title
 * @property {Scenario} scenario
 * @property {boolean} slowDisk
 * @property {{ to: Exclude<Contender, "subject">, atLeast: number | undefined }[]} ratios
 */

/**
 * In the order in which they run: reads before the writes that make the table grow.
 * @type {Comparison[]}
 */
export const COMPARISONS = [
  {
    part: "one-row",
    title: "one row by id",
    scenario: "one-row",
    slowDisk: false,
    ratios: [{ to: "reference", atLeast: 0.85 }],
  },
  {
    part: "list",
    title: "20 rows, filtered and sorted",
    scenario: "list",
    slowDisk: false,
    ratios: [{ to: "reference", atLeast: 1.2 }],
  },
  {
    part: "author",
    title: "20 rows with their author",
    scenario: "author",
    slowDisk: false,
    ratios: [{ to: "reference", atLeast: 1.2 }],
  },
  {
    part: "insert",
    title: "insert",
    scenario: "insert",
    slowDisk: false,
    ratios: [
      { to: "reference", atLeast: 4 },
      { to: "reference-unsafe", atLeast: 1.6 },
    ],
  },
  {
    part: "patch",
    title: "patch",
    scenario: "patch",
    slowDisk: false,
    ratios: [{ to: "reference", atLeast: 4 }],
  },
  {
    part: "slow-insert",
    title: "insert",
    scenario: "insert",
    slowDisk: true,
    ratios: [{ to: "reference", atLeast: 10 }],
  },
  {
    part: "slow-patch",
    title: "patch",
    scenario: "patch",
    slowDisk: true,
    ratios: [{ to: "reference", atLeast: undefined }],
  },
];

/** Of the rate that reads have alone, this much must be left beside inserts on the slow disk. */
export const READS_KEEP = 0.8;
export const READY_MS = 400;
export const MEMORY_MB = 180;
/** Connections that insert beside the 32 that read. */
export const WRITERS = 4;

/** Everyone who takes part in a comparison. @param {Comparison} comparison @returns {Contender[]} */
export function contendersOf(comparison) {
  return ["subject", ...comparison.ratios.map(({ to }) => to)];
}

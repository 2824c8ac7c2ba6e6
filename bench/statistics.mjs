/** The middle value; of an even count the mean of the two in the middle. @param {number[]} values not empty */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = /** @type {number} */ (sorted[half]);
  const lower = sorted.length % 2 === 1 ? upper : /** @type {number} */ (sorted[half - 1]);
  return (lower + upper) / 2;
}

/** @typedef {import("./load-generator.mjs").Load} Load */
/** @typedef {{ rate: number, p50Ms: number, p99Ms: number }} Middle */

/** Medians of the runs of one server. @param {Load[]} runs @returns {Middle} */
export function middleOf(runs) {
  return {
    rate: median(runs.map((run) => run.rate)),
    p50Ms: median(runs.map((run) => run.p50Ms)),
    p99Ms: median(runs.map((run) => run.p99Ms)),
  };
}

/**
 * How often the one is as fast as the other: the ratio of the medians, and the lowest and highest
 * ratio of a single round, which say how much the machine swayed.
 * @param {Load[]} ones @param {Load[]} others runs of the same rounds
 */
export function ratioOf(ones, others) {
  const rounds = ones.map((one, round) => one.rate / /** @type {Load} */ (others[round]).rate);
  return {
    ratio: middleOf(ones).rate / middleOf(others).rate,
    lowest: Math.min(...rounds),
    highest: Math.max(...rounds),
  };
}

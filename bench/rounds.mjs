import { setTimeout as sleep } from "node:timers/promises";

/** Between two runs: what the one left in flight must not be served in the other's time. */
const SETTLE_MS = 200;

/**
 * @typedef {import("./load-generator.mjs").Load} Load
 * @typedef {(seed: number, seconds: number) => Promise<Load[]>} Run answers the load that counts, then those beside it
 *
 * @typedef {object} Rounds
 * @property {Record<string, Load[]>} runs by contender, one load a round
 * @property {Record<string, Load[]>} beside what ran at the same time, where anything did
 * @property {string | undefined} failure the first run that was not clean: then there are no figures
 */

/**
 * Runs the contenders in turn (A, B, A, B, …), so that a slow minute of the machine falls on all of
 * them. In one round everybody gets the same seed, so the same requests. The warm-up is not counted.
 *
 * @param {Record<string, Run>} contenders
 * @param {object} options
 * @param {string} options.title
 * @param {number} options.rounds
 * @param {number} options.seconds of one run
 * @param {number} options.warmUpSeconds
 * @param {import("./progress.mjs").Progress} options.progress
 * @returns {Promise<Rounds>}
 */
export async function runRounds(contenders, { title, rounds, seconds, warmUpSeconds, progress }) {
  const names = Object.keys(contenders);
  const empty = () => Object.fromEntries(names.map((name) => [name, /** @type {Load[]} */ ([])]));
  /** @type {Rounds} */
  const result = { runs: empty(), beside: empty(), failure: undefined };
  for (let round = 0; round <= rounds; round += 1) {
    const warmUp = round === 0;
    for (const [name, run] of Object.entries(contenders)) {
      progress.step(`${title}: ${warmUp ? "warm-up" : `round ${round} of ${rounds}`}, ${name}`);
      const [load, ...beside] = await run(1 + round, warmUp ? warmUpSeconds : seconds);
      if (load === undefined) throw new Error(`${name} ran nothing`);
      const failure = [load, ...beside].find((each) => each.failure !== undefined)?.failure;
      if (failure !== undefined) {
        result.failure = `${name}, ${warmUp ? "warm-up" : `round ${round}`}: ${failure}`;
        progress.step(`${title}: failed`, names.length * (rounds + 1 - round) - names.indexOf(name) - 1);
        return result;
      }
      if (!warmUp) {
        result.runs[name]?.push(load);
        result.beside[name]?.push(...beside);
      }
      await sleep(SETTLE_MS);
    }
  }
  return result;
}

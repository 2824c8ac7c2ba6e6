/**
 * @typedef {object} Progress
 * @property {(what: string, runs?: number) => void} step what runs now, and how many runs of the plan it is (default 1)
 * @property {(line: string) => void} say a line that stays
 */

/**
 * Tells what runs now and what is left: on a terminal in one line that is rewritten, elsewhere line by line.
 * @param {number} planned how many runs there will be
 * @param {number} secondsEach
 * @returns {Progress}
 */
export function createProgress(planned, secondsEach) {
  const terminal = process.stdout.isTTY;
  let left = planned;
  const write = (/** @type {string} */ text) => process.stdout.write(text);
  return {
    step: (what, runs = 1) => {
      const line = `  ${what} (${left} runs left, about ${duration(left * secondsEach)})`;
      left = Math.max(0, left - runs);
      write(terminal ? `\r\u001b[2K${line.slice(0, (process.stdout.columns || 80) - 1)}` : `${line}\n`);
    },
    say: (line) => write(terminal ? `\r\u001b[2K${line}\n` : `${line}\n`),
  };
}

/** @param {number} seconds */
function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

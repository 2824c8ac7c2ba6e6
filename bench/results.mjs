import { MEMORY_MB, READS_KEEP, READY_MS } from "./comparisons.mjs";
import { median, middleOf, ratioOf } from "./statistics.mjs";

/**
 * @typedef {object} Line one ratio of the table
 * @property {string} title
 * @property {{ name: string } & import("./statistics.mjs").Middle} one
 * @property {{ name: string } & import("./statistics.mjs").Middle} other
 * @property {number} ratio of the medians
 * @property {number} lowest ratio of a single round
 * @property {number} highest ratio of a single round
 * @property {number | undefined} atLeast
 * @property {boolean | undefined} met nothing when nothing is demanded
 * @property {string} [note]
 *
 * @typedef {{ title: string, lines: Line[], failures: string[] }} Table
 */

/** @typedef {(contender: string) => string} Naming how the table calls a contender */
/** @typedef {import("./rounds.mjs").Rounds} Rounds */
/** @typedef {import("./sections.mjs").Measured} Measured */

/**
 * @param {string} title
 * @param {Rounds} rounds
 * @param {{ one: string, other: string, atLeast: number | undefined, name: Naming, note?: string }} options
 * @returns {Line}
 */
function lineOf(title, rounds, { one, other, atLeast, name, note }) {
  const ones = rounds.runs[one] ?? [];
  const others = rounds.runs[other] ?? [];
  const compared = ratioOf(ones, others);
  return {
    title,
    one: { name: name(one), ...middleOf(ones) },
    other: { name: name(other), ...middleOf(others) },
    ...compared,
    atLeast,
    met: atLeast === undefined ? undefined : compared.ratio >= atLeast,
    ...(note === undefined ? {} : { note }),
  };
}

/** @param {string} title @param {Measured[]} measured @param {Naming} name @returns {Table} */
export function tableOf(title, measured, name) {
  /** @type {Table} */
  const table = { title, lines: [], failures: [] };
  for (const { comparison, rounds } of measured) {
    if (rounds.failure !== undefined) {
      table.failures.push(`${comparison.title}: ${rounds.failure}`);
      continue;
    }
    for (const { to, atLeast } of comparison.ratios) {
      table.lines.push(lineOf(comparison.title, rounds, { one: "subject", other: to, atLeast, name }));
    }
  }
  return table;
}

/**
 * What is left of the reads' rate beside inserts.
 * @param {string} title @param {Rounds} rounds @param {Naming} name @returns {Table}
 */
export function readsTableOf(title, rounds, name) {
  if (rounds.failure !== undefined) return { title, lines: [], failures: [rounds.failure] };
  const lines = /** @type {const} */ (["subject", "reference"]).map((server) => {
    const writes = middleOf(rounds.beside[`${server} beside inserts`] ?? []);
    return lineOf(`one row by id, ${name(server)}`, rounds, {
      one: `${server} beside inserts`,
      other: `${server} alone`,
      atLeast: server === "subject" ? READS_KEEP : undefined,
      name: (contender) => contender.slice(server.length + 1),
      note: `${Math.round(writes.rate)} inserts a second beside it, p50 ${writes.p50Ms.toFixed(1)} ms`,
    });
  });
  return { title, lines, failures: [] };
}

/** @param {import("./sections.mjs").ReadyTimes} times */
export function readyOf({ subject, reference }) {
  const middle = median(subject);
  return {
    subject: { medianMs: middle, all: subject },
    reference: { medianMs: median(reference), all: reference },
    atMost: READY_MS,
    met: middle <= READY_MS,
  };
}

/** @param {{ subject: import("./memory.mjs").ServerMemory, reference: import("./memory.mjs").ServerMemory }} memory */
export function memoryResultOf(memory) {
  return { ...memory, atMost: MEMORY_MB, met: memory.subject.main.rssMb <= MEMORY_MB };
}

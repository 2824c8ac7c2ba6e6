import { parseArgs } from "node:util";

/** Every part that `--only` can name, in the order in which it runs. */
export const PARTS = {
  ready: "time from the start of the process to its first answer",
  "one-row": "GET /api/posts/:id, random ids",
  list: "GET /api/posts?category=…, 20 rows, random categories",
  author: "GET /api/posts?include=user, 20 rows with their author",
  insert: "POST /api/posts, random values",
  patch: "PATCH /api/posts/:id, random ids and values",
  "signed-in-row": "GET /api/posts/:id with a token and an owner's policy; the reference asks nobody who reads",
  "signed-in-list": "GET /api/posts, 20 rows, with a token and an owner's policy",
  "followed-row": "one-row with metrics and one of 100 requests followed and logged, beside Servery with all that off",
  "followed-every-row": "one-row with metrics and every request followed and logged, beside Servery with all that off",
  aggregate: "GET /api/posts?aggregate=…&group_by=category over 100,000 posts",
  search: "GET /api/articles?q=…, 20 rows of 100,000 by relevance, random words",
  batch: "POST /api/batch with 100 inserts",
  export: "GET /api/posts as NDJSON: 100,000 rows, one export at a time",
  "slow-insert": "insert with 4 ms added to every fsync",
  "slow-patch": "patch with 4 ms added to every fsync",
  "slow-reads": "one row alone and beside inserts, with 4 ms added to every fsync",
  scan: "one row alone, and beside a scan of 1,000,000 rows and a cross join",
};

/** @typedef {keyof typeof PARTS} Part */
/**
 * @typedef {object} Options
 * @property {Set<Part>} only
 * @property {number} rounds
 * @property {number} seconds of one run
 * @property {number} starts how often the ready time is taken
 * @property {number} warmUpSeconds
 * @property {"servery" | "reference"} subject
 * @property {"plain" | "arrays"} reference
 * @property {"wrk" | "autocannon" | undefined} generator
 */

export const HELP = `node bench/run.mjs [options]      (after npm run build)

Measures Servery beside a hand-written node:http + better-sqlite3 reference, in turn, on the same data.

  --quick            3 rounds of 1 second, 3 starts: to see that it works, not to be quoted
  --rounds N         rounds for each server and part (default 5)
  --seconds N        whole seconds of one run (default 3)
  --only A,B         only these parts:
${Object.entries(PARTS)
  .map(([name, what]) => `                       ${name.padEnd(12)} ${what}`)
  .join("\n")}
  --subject NAME     servery (default), or reference: the reference against itself shows the noise
                     of this machine and needs no build
  --reference NAME   plain (default), or arrays: lists through better-sqlite3's raw mode and objects made
                     by hand, the fastest that we know to write
  --generator NAME   wrk or autocannon (default: wrk when it is on the PATH)
  --help
`;

/**
 * Reads the command line. Throws with a plain sentence when it is wrong.
 * @param {string[]} args
 * @returns {Options | "help"}
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      seconds: { type: "string" },
      only: { type: "string" },
      subject: { type: "string", default: "servery" },
      reference: { type: "string", default: "plain" },
      generator: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { quick, subject, generator } = values;
  return {
    only: partsOf(values.only),
    rounds: wholeNumber("--rounds", values.rounds, quick ? 3 : 5),
    seconds: wholeNumber("--seconds", values.seconds, quick ? 1 : 3),
    starts: quick ? 3 : 10,
    warmUpSeconds: quick ? 1 : 2,
    subject: oneOf("--subject", subject, /** @type {const} */ (["servery", "reference"])),
    reference: oneOf("--reference", values.reference, /** @type {const} */ (["plain", "arrays"])),
    generator:
      generator === undefined
        ? undefined
        : oneOf("--generator", generator, /** @type {const} */ (["wrk", "autocannon"])),
  };
}

/** @param {string | undefined} text @returns {Set<Part>} */
function partsOf(text) {
  const all = /** @type {Part[]} */ (Object.keys(PARTS));
  if (text === undefined) return new Set(all);
  return new Set(text.split(",").map((name) => oneOf("--only", name.trim(), all)));
}

/** @param {string} flag @param {string | undefined} text @param {number} fallback @returns {number} */
export function wholeNumber(flag, text, fallback) {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error(`${flag} takes a whole number from 1 to 999, not "${text}"`);
  return Number(text);
}

/** @template {string} T @param {string} flag @param {string} text @param {readonly T[]} allowed @returns {T} */
function oneOf(flag, text, allowed) {
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw new Error(`${flag} takes ${allowed.join(", ")}, not "${text}"`);
  return found;
}

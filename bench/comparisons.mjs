/**
 * @typedef {"subject" | "reference" | "reference-unsafe"} Contender
 * @typedef {import("./load-generator.mjs").Scenario} Scenario
 *
 * @typedef {object} Comparison one part of the measurement: who runs which requests, and what is demanded
 * @property {import("./options.mjs").Part} part
 * @property {string} title
 * @property {Scenario} scenario
 * @property {"own" | "signed-in" | "followed" | "many" | "slow"} servers who answers: `own` those on this machine's disk, `followed`
 *   Servery that follows requests beside Servery that does not, `signed-in` others for
 *   a caller with a token and an owner's policy, `many` others on the same
 *   disk, so that requests about many rows leave the memory of the first alone, `slow` those on the slow disk
 * @property {number} [followEvery] of how many requests the subject follows and logs one
 * @property {number} [connections] 32 unless told: fewer where one request is work for many
 * @property {string} [last] a path that is asked for after each run: when it is answered, so are requests that the load
 *   generator left behind, and none of them falls into another's time
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
    servers: "own",
    ratios: [{ to: "reference", atLeast: 0.85 }],
  },
  {
    part: "list",
    title: "20 rows, filtered and sorted",
    scenario: "list",
    servers: "own",
    ratios: [{ to: "reference", atLeast: 1.2 }],
  },
  {
    part: "author",
    title: "20 rows with their author",
    scenario: "author",
    servers: "own",
    ratios: [{ to: "reference", atLeast: 1.2 }],
  },
  {
    part: "insert",
    title: "insert",
    scenario: "insert",
    servers: "own",
    ratios: [
      { to: "reference", atLeast: 4 },
      { to: "reference-unsafe", atLeast: 1.6 },
    ],
  },
  {
    part: "patch",
    title: "patch",
    scenario: "patch",
    servers: "own",
    ratios: [{ to: "reference", atLeast: 4 }],
  },
  {
    part: "signed-in-row",
    title: "one row of one's own, signed in",
    scenario: "one-row",
    servers: "signed-in",
    ratios: [{ to: "reference", atLeast: 0.7 }],
  },
  {
    part: "signed-in-list",
    title: "the newest 20 rows of one's own, signed in",
    scenario: "newest",
    servers: "signed-in",
    ratios: [{ to: "reference", atLeast: 1.1 }],
  },
  {
    part: "followed-row",
    title: "one row by id with metrics, one of 100 requests followed and logged",
    scenario: "one-row",
    servers: "followed",
    followEvery: 100,
    ratios: [{ to: "reference", atLeast: 0.95 }],
  },
  {
    part: "followed-every-row",
    title: "one row by id with metrics, every request followed and logged",
    scenario: "one-row",
    servers: "followed",
    followEvery: 1,
    ratios: [{ to: "reference", atLeast: 0.75 }],
  },
  {
    part: "aggregate",
    title: "count, average and maximum of 11 groups, 8 connections",
    scenario: "aggregate",
    servers: "many",
    connections: 8,
    last: "/api/posts?aggregate=count,avg(likes),max(likes)&group_by=category",
    ratios: [{ to: "reference", atLeast: 0.9 }],
  },
  {
    part: "search",
    title: "20 rows by relevance of 100,000 articles",
    scenario: "search",
    servers: "many",
    last: "/api/articles?q=river",
    ratios: [{ to: "reference", atLeast: 0.9 }],
  },
  {
    part: "batch",
    title: "batch of 100 inserts, 8 connections",
    scenario: "batch",
    servers: "many",
    connections: 8,
    ratios: [{ to: "reference", atLeast: 0.9 }],
  },
  {
    part: "slow-insert",
    title: "insert",
    scenario: "insert",
    servers: "slow",
    ratios: [{ to: "reference", atLeast: 10 }],
  },
  {
    part: "slow-patch",
    title: "patch",
    scenario: "patch",
    servers: "slow",
    ratios: [{ to: "reference", atLeast: undefined }],
  },
];

/** The part `export` has no scenario of the load generator: it is read to its end, row by row. */
export const EXPORTED = {
  title: "export of 100,000 rows: rows a second, times of whole exports",
  ratios: [{ to: /** @type {const} */ ("reference"), atLeast: 0.9 }],
};

/** Of the rate that reads have alone, this much must be left beside inserts on the slow disk. */
export const READS_KEEP = 0.8;
export const READY_MS = 400;
export const MEMORY_MB = 180;
/** An export may make a server grow by this much, however long it is. */
export const EXPORT_GROWTH_MB = 50;
/** Connections that insert beside the 32 that read. */
export const WRITERS = 4;

/** Everyone who takes part in a comparison. @param {Comparison} comparison @returns {Contender[]} */
export function contendersOf(comparison) {
  return ["subject", ...comparison.ratios.map(({ to }) => to)];
}

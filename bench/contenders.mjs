import { compareAnswers } from "./compare.mjs";
import { copyDataSet } from "./data-set.mjs";
import { startServer } from "./servers.mjs";

/**
 * @typedef {import("./servers.mjs").Server} Server
 * @typedef {import("./comparisons.mjs").Contender} Contender
 * @typedef {import("./sections.mjs").Bench} Bench
 * @typedef {{ subject: Server, reference: Server } & Partial<Record<Contender, Server>>} Servers
 */

/**
 * Starts each contender on a copy of its own, none of which was asked for anything but one row.
 * @param {Bench} bench
 * @param {{ prefix: string, contenders?: Contender[], env?: Record<string, string> }} options
 * @returns {Promise<Servers>}
 */
export async function startAll(bench, { prefix, contenders = [], env = {} }) {
  /** @type {Partial<Record<Contender, Server>>} */
  const servers = {};
  for (const contender of new Set(/** @type {Contender[]} */ (["subject", "reference", ...contenders]))) {
    const database = copyFor(bench, `${prefix}-${contender}`);
    servers[contender] = await startContender(bench, contender, { database, env });
  }
  const { subject, reference } = servers;
  if (subject === undefined || reference === undefined) throw new Error("two servers are needed");
  return { ...servers, subject, reference };
}

/**
 * The same, and compares their answers before anything is timed.
 * @type {typeof startAll}
 */
export async function startCompared(bench, options) {
  const servers = await startAll(bench, options);
  const compared = await compareAnswers(servers.subject.url, servers.reference.url);
  bench.progress.say(`✓ ${compared} requests got the same answers from ${bench.options.subject} and the reference`);
  return servers;
}

/** @param {Servers} servers */
export async function stopAll(servers) {
  for (const server of Object.values(servers)) await server.stop();
}

/**
 * @param {Bench} bench @param {Contender} contender
 * @param {{ database: string, env?: Record<string, string> }} options
 */
export function startContender({ options, processes, folder }, contender, { database, env = {} }) {
  const kind = contender === "subject" ? options.subject : contender;
  const arrays = contender !== "subject" && options.reference === "arrays";
  return startServer(processes, { kind, name: contender, database, folder, env, arrays });
}

/** @param {Bench} bench @param {string} name */
export const copyFor = ({ dataSet, folder }, name) => copyDataSet(dataSet, folder, name);

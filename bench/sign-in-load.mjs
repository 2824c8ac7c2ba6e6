import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "./statistics.mjs";

/** While people sign in, a public read may have a p99 of twice its own, or of 20 ms more. */
const SLOWER = 2;
const SLOWER_MS = 20;

/** Between two reads that are timed. They leave by the clock, whatever has been answered: a stall is met by all that wait in it. */
const READ_EVERY_MS = 5;
/** All who sign in have begun by then, and from then on all of them wait for an answer. */
const BEGIN_WITHIN_MS = 1000;
/** A server may close an idle connection while a request is on its way to it: such a request is sent once more. */
const closedMeanwhile = (
  /** @type {import("node:http").ClientRequest} */ sent,
  /** @type {NodeJS.ErrnoException} */ error,
) => sent.reusedSocket && error.code === "ECONNRESET";
/** An answer that takes longer ends the run. */
const ANSWER_LIMIT_MS = 30_000;

/** @typedef {{ email: string, password: string }} Person */
/**
 * @typedef {object} Beside the timed reads of one run
 * @property {number} readP50Ms
 * @property {number} readP99Ms
 * @property {number} reads
 * @property {number} answers of the load that they stood beside
 *
 * @typedef {object} SignInResult
 * @property {Beside[]} plain one for each round, beside plain reads
 * @property {Beside[]} signIns one for each round, beside as many sign-ins in the same time
 * @property {number} plainP99Ms median of the rounds
 * @property {number} signInP99Ms
 * @property {number} allowedP99Ms
 * @property {boolean} kept
 *
 * @typedef {object} SignInOrder
 * @property {string} url of a server that runs
 * @property {string} read path of the public read
 * @property {readonly Person[]} people all of them sign in at once, each again and again
 * @property {number} rounds
 * @property {number} seconds of one run; a round has two
 */

/**
 * Times a public read beside people who sign in, and beside as many plain requests on as many connections, in turn.
 * Ends after about `rounds * 2 * seconds`; an answer that is no 2xx, or takes half a minute, is an error.
 * @param {SignInOrder} order @returns {Promise<SignInResult>}
 */
export async function measureSignIns({ url, read, people, rounds, seconds }) {
  const client = createClient(url);
  try {
    /** @type {Beside[]} */
    const plain = [];
    /** @type {Beside[]} */
    const signIns = [];
    const signIn = (/** @type {number} */ at) => client.send("POST", "/api/auth/sign-in", { at, body: people[at] });
    const readAt = (/** @type {number} */ at) => client.send("GET", read, { at });
    // Not counted: connections are opened, and code gets warm.
    await Promise.all(people.map((_, at) => readAt(at)));
    await besideLoad({ client, read, seconds: 1, load: everyone(people.length, signIn) });
    for (let round = 0; round < rounds; round += 1) {
      const beside = await besideLoad({ client, read, seconds, load: everyone(people.length, signIn) });
      signIns.push(beside);
      plain.push(await besideLoad({ client, read, seconds, load: evenly(beside.answers, people.length, readAt) }));
    }
    const plainP99Ms = median(plain.map(({ readP99Ms }) => readP99Ms));
    const signInP99Ms = median(signIns.map(({ readP99Ms }) => readP99Ms));
    const allowedP99Ms = Math.max(SLOWER * plainP99Ms, plainP99Ms + SLOWER_MS);
    return { plain, signIns, plainP99Ms, signInP99Ms, allowedP99Ms, kept: signInP99Ms <= allowedP99Ms };
  } finally {
    client.close();
  }
}

/** Signs the people up, a few at a time. @param {string} url @param {readonly object[]} rows the body of each */
export async function signUp(url, rows) {
  const client = createClient(url);
  try {
    for (const [at, body] of rows.entries()) await client.send("POST", "/api/auth/sign-up", { at, body });
  } finally {
    client.close();
  }
}

/** @typedef {(until: number) => Promise<number>} Load sends until that time, waits for the last answers and says how many there were before it */

/** Each sends the next request when the last one is answered. They begin within a second: all in one and the same moment would keep this process from sending its reads by the clock. @param {number} count @param {(at: number) => Promise<void>} send @returns {Load} */
function everyone(count, send) {
  return async (until) => {
    const begun = performance.now();
    let answers = 0;
    const one = async (/** @type {number} */ at) => {
      await clockAt(begun + (at * BEGIN_WITHIN_MS) / count);
      while (performance.now() < until) {
        await send(at);
        if (performance.now() < until) answers += 1;
      }
    };
    await Promise.all(Array.from({ length: count }, (_, at) => one(at)));
    return answers;
  };
}

/** As many requests, spread evenly over the time and the connections. @param {number} requests @param {number} connections @param {(at: number) => Promise<void>} send @returns {Load} */
function evenly(requests, connections, send) {
  return async (until) => {
    const begun = performance.now();
    const sent = createSent();
    for (let next = 0; next < requests; next += 1) {
      await clockAt(begun + ((until - begun) * next) / requests);
      sent.add(send(next % connections));
    }
    await sent.all();
    return requests;
  };
}

/**
 * Times reads beside a load. A read's time begins when it was to leave.
 * @param {{ client: Client, read: string, seconds: number, load: Load }} order @returns {Promise<Beside>}
 */
async function besideLoad({ client, read, seconds, load }) {
  const begun = performance.now();
  const until = begun + seconds * 1000;
  /** @type {number[]} */
  const times = [];
  const timed = async (/** @type {number} */ due) => {
    await client.send("GET", read, {});
    times.push(performance.now() - due);
  };
  const reads = async () => {
    const sent = createSent();
    for (let due = begun; due < until; due += READ_EVERY_MS) {
      await clockAt(due);
      sent.add(timed(due));
    }
    await sent.all();
  };
  const [answers] = await Promise.all([load(until), reads()]);
  times.sort((a, b) => a - b);
  const share = (/** @type {number} */ part) => /** @type {number} */ (times[Math.ceil(times.length * part) - 1]);
  return { readP50Ms: share(0.5), readP99Ms: share(0.99), reads: times.length, answers };
}

/** Waits for all of them; one that fails before is not lost, and is told here. */
function createSent() {
  /** @type {Promise<void>[]} */
  const sent = [];
  return {
    add: (/** @type {Promise<void>} */ one) => {
      one.catch(() => {});
      sent.push(one);
    },
    all: () => Promise.all(sent),
  };
}

/** @param {number} due */
async function clockAt(due) {
  const early = due - performance.now();
  if (early > 0) await sleep(early);
}

/** @typedef {ReturnType<typeof createClient>} Client */

/**
 * Sends requests over connections that stay open. On a loopback address of Linux each person has an address of his own,
 * as on the internet: attempts to sign in are counted for each address too.
 * @param {string} url
 */
function createClient(url) {
  const { hostname, port } = new URL(url);
  const many = process.platform === "linux" && hostname.startsWith("127.");
  const agent = new Agent({ keepAlive: true });
  const addressOf = (/** @type {number | undefined} */ at) =>
    at === undefined || !many ? {} : { localAddress: `127.1.${at >> 8}.${at & 255}` };

  /**
   * @param {"GET" | "POST"} method @param {string} path @param {{ at?: number | undefined, body?: object | undefined }} options
   * @returns {Promise<void>}
   */
  function send(method, path, { at, body }) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    return new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path, headers, signal, ...addressOf(at) }, (answer) => {
        let told = "";
        answer.setEncoding("utf8").on("data", (/** @type {string} */ piece) => (told += piece));
        answer.on("error", reject);
        answer.once("end", () => {
          const { statusCode = 0 } = answer;
          if (statusCode >= 200 && statusCode < 300) resolve();
          else reject(new Error(`${method} ${path} answers ${statusCode}: ${told.slice(0, 500)}`));
        });
      });
      sent.on("error", (error) => {
        if (closedMeanwhile(sent, error)) resolve(send(method, path, { at, body }));
        else reject(error);
      });
      sent.end(text);
    });
  }

  return { send, close: () => agent.destroy() };
}

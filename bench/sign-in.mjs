/**
 * What a public read pays while many people sign in at once, on a server that runs. See `--help`.
 * Ends with 0 when the p99 is kept, with 1 when it is not or an answer was no 2xx, with 2 for a wrong option.
 */
import { parseArgs } from "node:util";
import { wholeNumber } from "./options.mjs";
import { measureSignIns, signUp } from "./sign-in-load.mjs";

const HELP = `node bench/sign-in.mjs --url URL [options]

Times GET of one row, sent every 5 ms, while people sign in at once (POST /api/auth/sign-in), each again and again;
and beside as many plain reads on as many connections in the same time, in turn. The p99 beside sign-ins may be
twice that beside plain reads, or 20 ms more.

  --url URL          a server that runs, like http://127.0.0.1:5000. On 127.0.0.1 and Linux each person has an
                     address of his own; elsewhere the throttle of one address ends the run
  --read PATH        what is read, by nobody in particular (default /api/posts/1)
  --people N         how many sign in (default 200)
  --rounds N         (default 5)
  --seconds N        whole seconds of one run; a round has two (default 5)
  --columns JSON     what else a sign-up needs, with # for the person's number: {"username":"person_#"}
  --signed-up        the people are there from an earlier run
  --help
`;

const PASSWORD = "a password for measuring";

/** @typedef {{ url: string, read: string, people: number, rounds: number, seconds: number, columns: string, signedUp: boolean }} Options */

/** @returns {Options | "help"} */
function readOptions() {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      read: { type: "string", default: "/api/posts/1" },
      people: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      columns: { type: "string", default: "{}" },
      "signed-up": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { url, read, columns } = values;
  if (url === undefined || !/^http:\/\/[^/]+\/?$/.test(url))
    throw new Error("--url takes a server, like http://127.0.0.1:5000");
  try {
    JSON.parse(columns);
  } catch {
    throw new Error('--columns takes a JSON object, like {"username":"person_#"}');
  }
  return {
    url,
    read,
    columns,
    people: wholeNumber("--people", values.people, 200),
    rounds: wholeNumber("--rounds", values.rounds, 5),
    seconds: wholeNumber("--seconds", values.seconds, 5),
    signedUp: values["signed-up"],
  };
}

/** @param {Options} options */
async function run({ url, read, people: count, rounds, seconds, columns, signedUp }) {
  const people = Array.from({ length: count }, (_, at) => ({
    email: `person-${at}@bench.example`,
    password: PASSWORD,
  }));
  if (!signedUp) {
    const rows = people.map((person, at) => ({ ...JSON.parse(columns.replaceAll("#", String(at))), ...person }));
    await signUp(url, rows);
  }
  const result = await measureSignIns({ url, read, people, rounds, seconds });
  const ms = (/** @type {number} */ value) => value.toFixed(1).padStart(8);
  console.log(`${count} people, ${rounds} rounds of ${seconds} s each\n`);
  console.log("beside        answers    reads   p50 ms   p99 ms");
  const table = (/** @type {string} */ name, /** @type {typeof result.plain} */ runs) => {
    for (const { answers, reads, readP50Ms, readP99Ms } of runs) {
      const counts = [answers, reads].map((each) => String(each).padStart(8));
      console.log([name.padEnd(12), ...counts, ms(readP50Ms), ms(readP99Ms)].join(" "));
    }
  };
  table("plain reads", result.plain);
  table("sign-ins", result.signIns);
  console.log(
    `\np99 of a read: ${ms(result.plainP99Ms).trim()} ms beside plain reads, ${ms(result.signInP99Ms).trim()} ms beside sign-ins; allowed are ${ms(result.allowedP99Ms).trim()} ms: ${result.kept ? "kept" : "NOT kept"}`,
  );
  return result.kept ? 0 : 1;
}

try {
  const options = readOptions();
  if (options === "help") console.log(HELP);
  else
    process.exitCode = await run(options).catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      return 1;
    });
} catch (error) {
  console.error(`${/** @type {Error} */ (error).message}\nnode bench/sign-in.mjs --help lists the options`);
  process.exitCode = 2;
}

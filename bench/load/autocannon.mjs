/**
 * The same requests as `requests.lua`, sent by autocannon where wrk is not installed:
 *
 *     node bench/load/autocannon.mjs URL SCENARIO SEED USERS POSTS CONNECTIONS SECONDS [TOKEN]
 *
 * The first answer that is not 2xx is printed.
 */
import autocannon from "autocannon";
import { CATEGORIES, createWriter, DICTIONARY } from "../words.mjs";

const [url = "", scenario = "", ...numbers] = process.argv.slice(2);
const [seed = 0, users = 0, posts = 0, connections = 0, duration = 0] = numbers.slice(0, 5).map(Number);
const token = numbers[5] ?? "";
const { below, content } = createWriter(seed);
const category = () => CATEGORIES[below(CATEGORIES.length)];
const onePost = () => `/api/posts/${1 + below(posts)}`;

const newPost = () => ({
  user_id: 1 + below(users),
  title: `Posted number ${below(1e9)}`,
  content: content(),
  category: category(),
  likes: below(500),
});
const insertPost = () => ({ method: "POST", path: "/api/posts", body: newPost() });

/** @type {Record<string, () => { method?: "GET" | "POST" | "PATCH", path: string, body?: unknown }>} */
const SCENARIOS = {
  "one-row": () => ({ path: onePost() }),
  list: () => ({ path: `/api/posts?category=${category()}` }),
  newest: () => ({ path: "/api/posts" }),
  author: () => ({ path: "/api/posts?include=user" }),
  insert: () => ({ method: "POST", path: "/api/posts", body: newPost() }),
  patch: () => ({
    method: "PATCH",
    path: onePost(),
    body: { title: `Patched number ${below(1e9)}`, likes: below(1e6) },
  }),
  batch: () => ({ method: "POST", path: "/api/batch", body: Array.from({ length: 100 }, insertPost) }),
  aggregate: () => ({ path: "/api/posts?aggregate=count,avg(likes),max(likes)&group_by=category" }),
  search: () => ({ path: `/api/articles?q=${DICTIONARY[below(DICTIONARY.length)]}` }),
};

const make = SCENARIOS[scenario];
if (make === undefined) throw new Error(`no such scenario: ${scenario}`);

/** Milliseconds of each answer: autocannon's own histogram knows whole milliseconds only. @type {number[]} */
const times = [];
let refused = "";
const run = autocannon({
  url,
  connections,
  duration,
  ...(token !== "" && { headers: { authorization: `Bearer ${token}` } }),
  requests: [
    {
      onResponse: (status, body) => {
        if ((status >= 200 && status < 300) || refused !== "") return;
        refused = `${status} ${body.replace(/\s+/g, " ").slice(0, 300)}`;
      },
      setupRequest: (request) => {
        const { method = "GET", path, body } = make();
        if (body === undefined) return { ...request, method, path };
        const headers = { ...request.headers, "content-type": "application/json" };
        return { ...request, method, path, headers, body: JSON.stringify(body) };
      },
    },
  ],
});
run.on("response", (/** @type {[unknown, number, number, number]} */ ...event) => times.push(event[3]));
const result = await run;
times.sort((a, b) => a - b);
const percentile = (/** @type {number} */ share) => times[Math.floor((times.length - 1) * share)] ?? 0;
const seconds = (result.finish.getTime() - result.start.getTime()) / 1000;
const answer = {
  requests: times.length,
  seconds,
  p50Ms: percentile(0.5),
  p99Ms: percentile(0.99),
  not2xx: result.non2xx,
  broken: result.errors,
};
if (refused !== "") console.log(`REFUSED ${refused}`);
console.log(`RESULT ${JSON.stringify(answer)}`);

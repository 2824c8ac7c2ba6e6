/** @typedef {{ status: number, body: any, location: string | null }} Answer */

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NEW_POST = {
  user_id: 77,
  title: 'A "new" post',
  content: "With a line\nbreak, a \\ and “signs” 🙂",
  category: "news",
  likes: 3,
};

/** Reads that must be equal to the last letter. The lists come before any write: a new row would be first in them. */
const READS = [
  ...[1, 2, 50_000, 99_999, 100_000].map((id) => `/api/posts/${id}`),
  ...["news", "sport", "games"].map((category) => `/api/posts?category=${category}`),
  "/api/posts?category=nothing-has-this",
  "/api/posts?include=user",
  "/api/posts?aggregate=count,avg(likes),max(likes)&group_by=category",
  // In every second article, in few, in some by its beginning, in those that have both, in none.
  ...["river", "ziziru", "fed", "RIVER+bafedo", "zzz-never"].map((words) => `/api/articles?q=${words}`),
];

const insertOf = (/** @type {unknown} */ body) => ({ method: "POST", path: "/api/posts", body });

/**
 * Requests that both must refuse with the same status; their words may differ.
 * @type {{ method: string, path: string, body?: unknown }[]}
 */
const REFUSALS = [
  { method: "GET", path: "/api/posts/100000000" },
  { method: "GET", path: "/api/posts?colour=red" },
  { method: "POST", path: "/api/posts", body: { title: "Nobody wrote this" } },
  { method: "POST", path: "/api/posts", body: { ...NEW_POST, title: "x".repeat(201) } },
  { method: "POST", path: "/api/posts", body: { ...NEW_POST, user_id: 100_000_000 } },
  { method: "POST", path: "/api/posts", body: { ...NEW_POST, colour: "red" } },
  { method: "PATCH", path: "/api/posts/2", body: { likes: "many" } },
  { method: "PATCH", path: "/api/posts/100000000", body: { likes: 1 } },
  { method: "GET", path: "/api/articles?q=*" },
  { method: "POST", path: "/api/batch", body: [] },
  { method: "POST", path: "/api/batch", body: Array(101).fill(insertOf(NEW_POST)) },
  // What stands in front of the operation that fails must be gone: the ids of later writes would differ.
  { method: "POST", path: "/api/batch", body: [insertOf(NEW_POST), insertOf({ ...NEW_POST, likes: "many" })] },
  { method: "POST", path: "/api/batch", body: [insertOf(NEW_POST), insertOf({ ...NEW_POST, user_id: 100_000_000 })] },
];

/**
 * Asks both servers the same and throws at the first difference: a faster answer is worth nothing
 * when it is another answer. Answers how many requests were compared.
 * @param {string} one @param {string} other URLs of the two servers, each on an untouched copy
 * @returns {Promise<number>}
 */
export async function compareAnswers(one, other) {
  const both = (/** @type {{ method?: string, path: string, body?: unknown }} */ request) =>
    Promise.all([ask(one, request), ask(other, request)]);
  for (const path of READS) {
    const [a, b] = await both({ path });
    same(`GET ${path}`, a, b);
    if (a.status !== 200) throw new Error(`GET ${path} answers ${a.status}`);
  }
  for (const request of REFUSALS) {
    const [a, b] = await both(request);
    const name = `${request.method} ${request.path} ${JSON.stringify(request.body ?? "").slice(0, 80)}`;
    if (a.status !== b.status || a.status < 400) throw new Error(`${name} answers ${a.status} and ${b.status}`);
  }
  const writes = [
    { method: "POST", path: "/api/posts", body: NEW_POST },
    { method: "POST", path: "/api/posts", body: { user_id: 1, title: "Short" } },
    { method: "PATCH", path: "/api/posts/4711", body: { title: "Changed", likes: 1_234_567 } },
    { method: "PATCH", path: "/api/posts/4712", body: { content: null } },
  ];
  for (const write of writes) {
    const [a, b] = await both(write);
    const name = `${write.method} ${write.path}`;
    if (a.location !== b.location) throw new Error(`${name}: Location ${a.location} and ${b.location}`);
    same(name, mask(a), mask(b));
    if (a.status !== (write.method === "POST" ? 201 : 200)) throw new Error(`${name} answers ${a.status}`);
    await sameAsStored(name, one, a);
    await sameAsStored(name, other, b);
  }
  await compareBatch(one, other);
  return READS.length + REFUSALS.length + writes.length + 1;
}

/** A hundred inserts in one request: each answered like one alone, and each to be read afterwards. @param {string} one @param {string} other */
async function compareBatch(one, other) {
  const bodies = Array.from({ length: 100 }, (_, at) => ({ ...NEW_POST, user_id: 1 + at, title: `Number ${at}` }));
  const request = { method: "POST", path: "/api/batch", body: bodies.map(insertOf) };
  const [a, b] = await Promise.all([ask(one, request), ask(other, request)]);
  same("a batch", maskEach(a), maskEach(b));
  if (a.status !== 200 || a.body.length !== bodies.length) throw new Error(`a batch answers ${a.status}`);
  const operations = [...a.body.map(storedAt(one)), ...b.body.map(storedAt(other))];
  for (const { url, operation } of operations) await sameAsStored("a batch", url, operation);
}

/** @param {string} url */
const storedAt =
  (url) =>
  (/** @type {Answer} */ { status, location, body }) => ({
    url,
    operation: { status, location, body },
  });

/** The reference makes no entity tags. @param {Answer} written @returns {Answer} */
function maskEach(written) {
  if (!Array.isArray(written.body)) return written;
  return { ...written, body: written.body.map((operation) => mask({ ...operation, etag: undefined })) };
}

/** What a write answered must be what is then read. @param {string} name @param {string} url @param {Answer} written */
async function sameAsStored(name, url, written) {
  const read = await ask(url, { path: written.location ?? `/api/posts/${written.body.id}` });
  same(`${name}, then read at ${url}`, { ...written, status: 200 }, read);
}

/** @param {string} url @param {{ method?: string, path: string, body?: unknown }} request @returns {Promise<Answer>} */
async function ask(url, { method = "GET", path, body }) {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetch(url + path, { method, ...init, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: await response.json(), location: response.headers.get("Location") };
}

/**
 * A written row without what no two servers can have alike: what is masked must still be of its kind.
 * @param {Answer} written @returns {Answer}
 */
function mask(written) {
  if (typeof written.body !== "object" || written.body === null) return written;
  const { id, created_at, updated_at } = written.body;
  const kinds = { id: Number.isSafeInteger(id), created_at: ISO.test(created_at), updated_at: ISO.test(updated_at) };
  return { ...written, body: { ...written.body, ...kinds } };
}

/** @param {string} name @param {Answer} a @param {Answer} b */
function same(name, a, b) {
  if (a.status !== b.status) throw new Error(`${name}: status ${a.status} and ${b.status}\n${JSON.stringify(a.body)}`);
  const found = difference(a.body, b.body, "");
  if (found !== undefined) throw new Error(`${name}: the answers differ at ${found}`);
}

/** @param {any} a @param {any} b @param {string} path @returns {string | undefined} the first difference */
export function difference(a, b, path) {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return a === b ? undefined : `${path || "/"}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  }
  if (Array.isArray(a) !== Array.isArray(b)) return `${path || "/"}: only one is an array`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = `${path}/${key}`;
    if (!(key in a) || !(key in b)) return `${inner}: only one has it`;
    const found = difference(a[key], b[key], inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

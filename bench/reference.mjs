/**
 * The reference: the same nine requests written by hand on node:http and better-sqlite3, as a good
 * engineer would in an afternoon. Prepared statements, no framework, no ETag, no pipeline. Requests about
 * many rows stand in reference-many.mjs, the checks of values in reference-checks.mjs.
 *
 *     node bench/reference.mjs --database PATH --port 8080 [--host 127.0.0.1] [--unsafe] [--arrays]
 *
 * `--unsafe` takes synchronous=NORMAL: an answered write may be lost in a power cut. Without it every
 * answered write is on the disk (synchronous=FULL). `--arrays` reads lists in better-sqlite3's raw mode
 * and makes the objects by hand: less natural to write, and about a third faster for 20 rows.
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { CHECKS, complaint, complaintOfNew, MAX_BODY_BYTES } from "./reference-checks.mjs";
import { AGGREGATE, createManyRows } from "./reference-many.mjs";

/** @typedef {import("node:http").IncomingMessage} Request */
/** @typedef {import("node:http").ServerResponse} Response */

const PAGE = 20;

const { values: flags } = parseArgs({
  options: {
    database: { type: "string" },
    port: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    unsafe: { type: "boolean", default: false },
    arrays: { type: "boolean", default: false },
  },
});
if (flags.database === undefined || flags.port === undefined) {
  console.error("usage: node bench/reference.mjs --database PATH --port N [--host H] [--unsafe] [--arrays]");
  process.exit(2);
}

const db = new Database(flags.database, { fileMustExist: true });
db.pragma("journal_mode = WAL");
db.pragma(`synchronous = ${flags.unsafe ? "NORMAL" : "FULL"}`);
db.pragma("foreign_keys = ON");

const POST = "id, user_id, title, content, category, likes, created_at, updated_at";
const selectOne = db.prepare(`SELECT ${POST} FROM posts WHERE id = ?`);
const selectNewest = db.prepare(`SELECT ${POST} FROM posts ORDER BY created_at DESC, id DESC LIMIT ${PAGE}`);
const selectCategory = db.prepare(
  `SELECT ${POST} FROM posts WHERE category = ? ORDER BY created_at DESC, id DESC LIMIT ${PAGE}`,
);
const selectWithAuthor = db.prepare(
  `SELECT p.id, p.user_id, p.title, p.content, p.category, p.likes, p.created_at, p.updated_at,
          u.id AS author_id, u.username, u.email, u.created_at AS author_since, u.updated_at AS author_changed
   FROM posts p JOIN users u ON u.id = p.user_id
   ORDER BY p.created_at DESC, p.id DESC LIMIT ${PAGE}`,
);
if (flags.arrays) for (const statement of [selectNewest, selectCategory, selectWithAuthor]) statement.raw();
// `.all()[0]` and not `.get()`: `.get()` stops after the first row, the INSERT is never stepped to its
// end, and then no checkpoint ever runs.
const insertPost = db.prepare(
  `INSERT INTO posts (user_id, title, content, category, likes, created_at, updated_at)
   VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING ${POST}`,
);
/** @type {Map<string, import("better-sqlite3").Statement>} One UPDATE for each set of columns. */
const updates = new Map();

/** @param {any} r one row of `selectWithAuthor` as an object */
function nestAuthor(r) {
  return {
    id: r.id,
    user_id: r.user_id,
    title: r.title,
    content: r.content,
    category: r.category,
    likes: r.likes,
    created_at: r.created_at,
    updated_at: r.updated_at,
    user: {
      id: r.author_id,
      username: r.username,
      email: r.email,
      created_at: r.author_since,
      updated_at: r.author_changed,
    },
  };
}

/** @param {any} r one row of a list as an array */
function fromArray(r) {
  const [id, user_id, title, content, category, likes, created_at, updated_at] = r;
  return { id, user_id, title, content, category, likes, created_at, updated_at };
}

/** @param {any} r one row of `selectWithAuthor` as an array */
function nestAuthorFromArray(r) {
  const [id, user_id, title, content, category, likes, created_at, updated_at] = r;
  const user = { id: r[8], username: r[9], email: r[10], created_at: r[11], updated_at: r[12] };
  return { id, user_id, title, content, category, likes, created_at, updated_at, user };
}

const posts = flags.arrays ? (/** @type {any[]} */ rows) => rows.map(fromArray) : (/** @type {any[]} */ rows) => rows;
const nest = flags.arrays ? nestAuthorFromArray : nestAuthor;

/** @param {Response} res @param {number} status @param {unknown} value */
function answer(res, status, value) {
  const text = JSON.stringify(value);
  res.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  res.end(text);
}

/** @param {Response} res @param {import("./reference-many.mjs").Answer} made */
const answerMany = (res, { status, value }) => answer(res, status, value);

/** @param {Response} res @param {{ id: number }} row */
function answerCreated(res, row) {
  const text = JSON.stringify(row);
  res.writeHead(201, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
    Location: `/api/posts/${row.id}`,
  });
  res.end(text);
}

/** @param {Response} res @param {unknown} error */
function answerError(res, error) {
  const code = /** @type {{ code?: string }} */ (error).code;
  if (code === "SQLITE_CONSTRAINT_FOREIGNKEY") return answer(res, 400, { error: "user_id: no such user" });
  console.error(error);
  return answer(res, 500, { error: "Internal error" });
}

/** @param {Request} req @param {Response} res @param {(body: any) => void} use */
function withBody(req, res, use) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  req.on("data", (chunk) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  req.on("end", () => {
    if (size > MAX_BODY_BYTES) return answer(res, 413, { error: "the body is too large" });
    let body;
    try {
      body = JSON.parse(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString());
    } catch {
      return answer(res, 400, { error: "the body is not JSON" });
    }
    try {
      use(body);
    } catch (error) {
      answerError(res, error);
    }
  });
}

/** @param {Request} req @param {Response} res @param {string} search the part after `?` */
function list(req, res, search) {
  if (search === "" && req.headers.accept === "application/x-ndjson") return void many.export(res);
  if (search === "") return answer(res, 200, posts(selectNewest.all()));
  const params = new URLSearchParams(search);
  const category = params.get("category");
  if (params.size === 1 && category !== null) return answer(res, 200, posts(selectCategory.all(category)));
  if (params.size === 1 && params.get("include") === "user") {
    return answer(res, 200, selectWithAuthor.all().map(nest));
  }
  const { aggregate, group_by } = AGGREGATE;
  if (params.size === 2 && params.get("aggregate") === aggregate && params.get("group_by") === group_by) {
    return answerMany(res, many.aggregate());
  }
  return answer(res, 400, { error: "unknown parameter" });
}

/** @param {Response} res @param {string} search the part after `?` */
function searchArticles(res, search) {
  const params = new URLSearchParams(search);
  const text = params.get("q");
  if (params.size !== 1 || text === null) return answer(res, 400, { error: "q is expected, and nothing else" });
  return answerMany(res, many.search(text));
}

/** @param {any} body one that was checked */
function insert({ user_id, title, content = null, category = null, likes = 0 }) {
  const now = new Date().toISOString();
  return /** @type {any} */ (insertPost.all(user_id, title, content, category, likes, now, now)[0]);
}
const many = createManyRows(db, insert);

/** @param {Response} res @param {any} body */
function create(res, body) {
  const wrong = complaintOfNew(body);
  return wrong === undefined ? answerCreated(res, insert(body)) : answer(res, 400, { error: wrong });
}

/** @param {Response} res @param {number} id @param {any} body */
function update(res, id, body) {
  const wrong = complaint(body);
  if (wrong !== undefined) return answer(res, 400, { error: wrong });
  const columns = Object.keys(CHECKS).filter((column) => body[column] !== undefined);
  if (columns.length === 0) return answer(res, 400, { error: "nothing to change" });
  const key = columns.join();
  let statement = updates.get(key);
  if (statement === undefined) {
    const sets = columns.map((column) => `${column} = ?`).join(", ");
    statement = db.prepare(`UPDATE posts SET ${sets}, updated_at = ? WHERE id = ? RETURNING ${POST}`);
    updates.set(key, statement);
  }
  const row = statement.all(...columns.map((column) => body[column]), new Date().toISOString(), id)[0];
  return row === undefined ? answer(res, 404, { error: "no such post" }) : answer(res, 200, row);
}

/** @param {Request} req @param {Response} res @param {string} path */
function one(req, res, path) {
  const id = Number(path.slice("/api/posts/".length));
  if (!Number.isSafeInteger(id)) return answer(res, 404, { error: "no such post" });
  if (req.method === "PATCH") return withBody(req, res, (body) => update(res, id, body));
  if (req.method !== "GET") return answer(res, 405, { error: "method not allowed" });
  const row = selectOne.get(id);
  return row === undefined ? answer(res, 404, { error: "no such post" }) : answer(res, 200, row);
}

const server = createServer((req, res) => {
  try {
    const url = req.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark === -1 ? url : url.slice(0, mark);
    const search = mark === -1 ? "" : url.slice(mark + 1);
    if (path === "/api/posts") {
      if (req.method === "GET") return list(req, res, search);
      if (req.method === "POST") return withBody(req, res, (body) => create(res, body));
      return answer(res, 405, { error: "method not allowed" });
    }
    if (path.startsWith("/api/posts/")) return one(req, res, path);
    if (path === "/api/batch" && req.method === "POST") {
      return withBody(req, res, (body) => answerMany(res, many.batch(body)));
    }
    if (path === "/api/articles" && req.method === "GET") return searchArticles(res, search);
    return answer(res, 404, { error: "not found" });
  } catch (error) {
    return answerError(res, error);
  }
});

function stop() {
  server.close(() => {
    db.close();
    process.exit(0);
  });
  server.closeAllConnections();
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
server.listen(Number(flags.port), flags.host);

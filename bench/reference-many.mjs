import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { complaintOfNew } from "./reference-checks.mjs";
import { SEARCH_INDEX } from "./reference-schema.mjs";

/** @typedef {{ status: number, value: unknown }} Answer */
/** @typedef {(body: any) => { id: number }} InsertPost */

const MOST_OPERATIONS = 100;
const CHUNK_LETTERS = 64 * 1024;
const PAGE = 20;
const ARTICLE = "a.id, a.title, a.content, a.created_at, a.updated_at";
/** The one aggregate that is asked for. */
export const AGGREGATE = { aggregate: "count,avg(likes),max(likes)", group_by: "category" };

/**
 * The requests of the reference that are about many rows: a batch, an aggregate, a search, an export.
 * @param {import("better-sqlite3").Database} db @param {InsertPost} insertPost
 */
export function createManyRows(db, insertPost) {
  const groups = db.prepare(
    `SELECT category, count(*) AS count, avg(likes) AS avg_likes, max(likes) AS max_likes
     FROM posts GROUP BY category ORDER BY category LIMIT ${PAGE}`,
  );
  // First the keys of the page, then its rows: the texts of all other matches are never read.
  const search = db.prepare(
    `WITH page AS (
       SELECT a.id AS id, i.rank AS score FROM ${SEARCH_INDEX} i CROSS JOIN articles a ON a.id = i.rowid
       WHERE i.${SEARCH_INDEX} MATCH ? ORDER BY score, a.id DESC LIMIT ${PAGE}
     )
     SELECT ${ARTICLE} FROM page CROSS JOIN articles a ON a.id = page.id ORDER BY page.score, a.id DESC`,
  );
  const insertAll = db.transaction((/** @type {any[]} */ bodies) => bodies.map(insertPost));

  return {
    /** Inserts of posts, all or none. @param {any} operations @returns {Answer} */
    batch: (operations) => {
      const wrong = wrongBatch(operations);
      if (wrong !== undefined) return { status: 400, value: { error: wrong } };
      const rows = insertAll.immediate(operations.map((/** @type {any} */ operation) => operation.body));
      const value = rows.map((row) => ({ status: 201, location: `/api/posts/${row.id}`, body: row }));
      return { status: 200, value };
    },
    /** @returns {Answer} */
    aggregate: () => ({ status: 200, value: groups.all() }),
    /** @param {string} text @returns {Answer} */
    search: (text) => {
      const words = text.match(/[\p{L}\p{N}_]+/gu);
      if (words === null) return { status: 400, value: { error: "q has no word" } };
      return { status: 200, value: search.all(words.map((word) => `"${word}" *`).join(" AND ")) };
    },
    /** Every post as a line of JSON, as fast as they are taken. @param {import("node:http").ServerResponse} res */
    export: async (res) => {
      // Its own statement for each: one that is being stepped cannot be started again.
      const all = db.prepare("SELECT * FROM posts ORDER BY created_at DESC, id DESC");
      res.writeHead(200, { "Content-Type": "application/x-ndjson" });
      try {
        await pipeline(Readable.from(lines(all.iterate()), { highWaterMark: 1 }), res);
      } catch (error) {
        const { code } = /** @type {{ code?: string }} */ (error);
        // A client that goes away is no fault; the rows are closed by then.
        if (code !== "ERR_STREAM_PREMATURE_CLOSE") console.error(error);
        res.destroy();
      }
    },
  };
}

/** @param {any} operations @returns {string | undefined} */
function wrongBatch(operations) {
  if (!Array.isArray(operations) || operations.length === 0) return "a list of operations is expected";
  if (operations.length > MOST_OPERATIONS) return `at most ${MOST_OPERATIONS} operations`;
  for (const operation of operations) {
    if (operation?.method !== "POST" || operation.path !== "/api/posts") return "only POST /api/posts";
    const wrong = complaintOfNew(operation.body);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** @param {Iterable<unknown>} rows */
function* lines(rows) {
  let chunk = "";
  for (const row of rows) {
    chunk += `${JSON.stringify(row)}\n`;
    if (chunk.length < CHUNK_LETTERS) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

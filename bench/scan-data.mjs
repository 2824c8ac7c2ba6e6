import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { PLACES } from "./places.mjs";
import { startServer } from "./servers.mjs";

export const SCAN_USERS = 10_000;
export const SCAN_POSTS = 1_000_000;
const PREFIX = "data-set-scan-";

/**
 * The database file of the part `scan`: Servery's own tables with a million posts, written by SQLite
 * itself, since a million statements would take minutes. Kept until the tables or this file change.
 *
 * @param {import("./processes.mjs").Processes} processes
 * @param {string} folder of this run, for what is not finished yet
 * @returns {Promise<string>} its path; only reads are sent to it, so that it is not copied
 */
export async function buildScanData(processes, folder) {
  const draft = join(folder, "scan-draft.sqlite");
  const server = await startServer(processes, { kind: "servery", database: draft, folder, path: "/api/posts" });
  await server.stop();
  const path = join(PLACES.data, `${PREFIX}${fingerprint(draft)}.sqlite`);
  if (existsSync(path)) return path;
  for (const old of readdirSync(PLACES.data)) if (old.startsWith(PREFIX)) rmSync(join(PLACES.data, old));
  fill(draft);
  // Under its own name only when it is whole: a run that was stopped must not leave half a data set.
  renameSync(draft, path);
  return path;
}

/** Changes with this file and with the tables that Servery makes. @param {string} draft an empty database */
function fingerprint(draft) {
  const sum = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  const db = new Database(draft, { fileMustExist: true });
  sum.update(JSON.stringify(db.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all()));
  db.close();
  return sum.digest("hex").slice(0, 12);
}

/** @param {string} path */
function fill(path) {
  const db = new Database(path, { fileMustExist: true });
  db.pragma("synchronous = OFF");
  db.pragma("journal_mode = OFF");
  const numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?)";
  const stamp = (/** @type {string} */ seconds) =>
    `strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + ${seconds}, 'unixepoch')`;
  db.prepare(
    `${numbers} INSERT INTO users (id, username, email, created_at, updated_at)
     SELECT n, 'user_' || n, 'user.' || n || '@example.com', ${stamp("n")}, ${stamp("n")} FROM n`,
  ).run(SCAN_USERS);
  // Prime factors scatter authors and likes over the table, the same way on every machine.
  db.prepare(
    `${numbers} INSERT INTO posts (id, user_id, title, content, category, likes, created_at, updated_at)
     SELECT n, 1 + n * 7919 % ?, 'Post number ' || n,
       'The river market opens early and the whole street follows its own quiet season, number '
         || (n * 104729 % 1000003) || '. Every neighbour remembers the first letter, although nobody explains who carries it.',
       CASE n % 3 WHEN 0 THEN 'news' WHEN 1 THEN 'sport' END, n * 15485863 % 1000003,
       ${stamp("n * 20")}, ${stamp("n * 20")}
     FROM n`,
  ).run(SCAN_POSTS, SCAN_USERS);
  db.pragma("journal_mode = WAL");
  db.close();
}

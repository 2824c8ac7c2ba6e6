import { createHash } from "node:crypto";
import { constants, copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { PLACES } from "./places.mjs";
import { REFERENCE_SCHEMA } from "./reference-schema.mjs";
import { startServer } from "./servers.mjs";
import { CATEGORIES, createWriter } from "./words.mjs";

export const USERS = 10_000;
export const POSTS = 100_000;
export const ARTICLES = 100_000;
const SEED = 20_241_028;
const FIRST_USER = Date.UTC(2023, 0, 1);
const FIRST_POST = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;

/**
 * The database file of the measurement: 10,000 users, 100,000 posts and 100,000 articles, the same
 * bytes of content on every machine. Made once for each state of the schema and kept; answers its path, to be copied.
 *
 * @param {import("./processes.mjs").Processes} processes
 * @param {"servery" | "reference"} schema who makes the tables
 * @param {string} folder of this run, for what is not finished yet
 * @returns {Promise<{ path: string, made: boolean }>}
 */
export async function buildDataSet(processes, schema, folder) {
  const name = `data-set-${schema}-${fingerprint(schema)}.sqlite`;
  const path = join(PLACES.data, name);
  if (existsSync(path)) return { path, made: false };
  for (const old of readdirSync(PLACES.data)) {
    if (old.startsWith(`data-set-${schema}-`)) rmSync(join(PLACES.data, old));
  }
  const draft = join(folder, "draft.sqlite");
  if (schema === "servery") await letServeryMakeTables(processes, draft, folder);
  else createReferenceTables(draft);
  fill(draft);
  // Under its own name only when it is whole: a run that was stopped must not leave half a data set.
  renameSync(draft, path);
  return { path, made: true };
}

/**
 * A copy for one server, so that no server works on another's file. Answers its path.
 * @param {string} dataSet @param {string} folder @param {string} name
 */
export function copyDataSet(dataSet, folder, name) {
  const path = join(folder, `${name}.sqlite`);
  copyFileSync(dataSet, path, constants.COPYFILE_FICLONE);
  return path;
}

/**
 * Changes with everything that decides the file: this code, the declaration, and Servery's build.
 * @param {string} schema
 */
function fingerprint(schema) {
  const sum = createHash("sha256");
  for (const file of ["./data-set.mjs", "./words.mjs", "./reference-schema.mjs"]) {
    sum.update(readFileSync(fileURLToPath(new URL(file, import.meta.url))));
  }
  if (schema === "servery") {
    sum.update(readFileSync(join(PLACES.application, "servery.ts")));
    const built = readdirSync(PLACES.dist, { recursive: true, encoding: "utf8" });
    for (const file of built.filter((each) => each.endsWith(".js")).sort()) {
      sum.update(file).update(readFileSync(join(PLACES.dist, file)));
    }
  }
  return sum.digest("hex").slice(0, 12);
}

/** @param {import("./processes.mjs").Processes} processes @param {string} database @param {string} folder */
async function letServeryMakeTables(processes, database, folder) {
  const server = await startServer(processes, { kind: "servery", database, folder, path: "/api/posts" });
  await server.stop();
}

/** @param {string} path */
function createReferenceTables(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.exec(REFERENCE_SCHEMA);
  db.close();
}

/** @param {string} path */
function fill(path) {
  const db = new Database(path, { fileMustExist: true });
  db.pragma("synchronous = OFF");
  const writer = createWriter(SEED);
  const addUser = db.prepare("INSERT INTO users (id, username, email, created_at, updated_at) VALUES (?, ?, ?, ?, ?)");
  const addPost = db.prepare(
    `INSERT INTO posts (id, user_id, title, content, category, likes, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  db.transaction(() => {
    for (let id = 1; id <= USERS; id += 1) {
      const { username, email } = writer.person(id);
      const at = stamp(FIRST_USER + id * 50 * MINUTE + writer.below(MINUTE));
      addUser.run(id, username, email, at, at);
    }
    let time = FIRST_POST;
    for (let id = 1; id <= POSTS; id += 1) {
      // One post in fifty has the very millisecond of the one before: the order by id must decide there.
      if (writer.below(50) !== 0) time += 1 + writer.below(10 * MINUTE);
      const content = writer.below(33) === 0 ? null : writer.content();
      const category = writer.below(20) === 0 ? null : writer.pick(CATEGORIES);
      const edited = writer.below(4) === 0 ? time + writer.below(1000 * MINUTE) : time;
      const author = 1 + writer.below(USERS);
      addPost.run(id, author, writer.title(), content, category, writer.below(500), stamp(time), stamp(edited));
    }
    const addArticle = db.prepare("INSERT INTO articles (title, content, created_at, updated_at) VALUES (?, ?, ?, ?)");
    for (let id = 1; id <= ARTICLES; id += 1) {
      const { title, content } = writer.article();
      const at = stamp(FIRST_POST + id * MINUTE);
      addArticle.run(title, content, at, at);
    }
  })();
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

const stamp = (/** @type {number} */ time) => new Date(time).toISOString();

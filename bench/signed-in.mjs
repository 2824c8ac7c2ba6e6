import Database from "better-sqlite3";
import { copyFor, startContender } from "./contenders.mjs";
import { startServer } from "./servers.mjs";
import { PLACES } from "./places.mjs";

const PERSON = { username: "reader", email: "reader@bench.example", password: "a password for measuring" };

/**
 * Servery with accounts, on a copy in which one person owns every post, and the reference on an equal copy, where
 * nobody asks who reads. So both answer the same rows, and the difference is the token and the policy.
 * @param {import("./sections.mjs").Bench} bench
 * @returns {Promise<import("./contenders.mjs").Servers>}
 */
export async function startSignedIn(bench) {
  const { processes, folder } = bench;
  const files = { subject: copyFor(bench, "signed-in-subject"), reference: copyFor(bench, "signed-in-reference") };
  const subject = await startServer(processes, {
    kind: "servery",
    name: "signed-in",
    application: PLACES.owned,
    database: files.subject,
    folder,
    path: "/health/live",
  });
  const answer = await fetch(`${subject.url}/api/auth/sign-up`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(PERSON),
  });
  if (answer.status !== 201) throw new Error(`the sign-up answers ${answer.status}: ${await answer.text()}`);
  const { access_token: token, user } = /** @type {{ access_token: string, user: { id: number } }} */ (
    await answer.json()
  );
  own(files.subject, user.id);
  const reference = await startContender(bench, "reference", { database: files.reference });
  await assertReads({ ...subject, token }, reference.url);
  return { subject: { ...subject, token }, reference };
}

/** @param {string} database @param {number} user */
function own(database, user) {
  const db = new Database(database, { fileMustExist: true });
  db.prepare("UPDATE posts SET user_id = ?").run(user);
  db.close();
}

/**
 * Nothing is timed that is not refused to everybody else, and equal but for the owner to what the reference answers.
 * @param {{ url: string, token: string }} subject @param {string} reference
 */
async function assertReads({ url, token }, reference) {
  for (const path of ["/api/posts/4711", "/api/posts"]) {
    const stranger = await fetch(url + path);
    if (stranger.status !== 401) throw new Error(`GET ${path} answers ${stranger.status} to nobody in particular`);
    const [ours, theirs] = await Promise.all([
      fetch(url + path, { headers: { authorization: `Bearer ${token}` } }),
      fetch(reference + path),
    ]);
    const [one, other] = [await ours.json(), await theirs.json()].map(withoutOwner);
    if (ours.status !== 200 || one !== other)
      throw new Error(`GET ${path} answers ${ours.status}, and other rows than the reference`);
  }
}

/** @param {unknown} body */
function withoutOwner(body) {
  return JSON.stringify(body, (name, value) => (name === "user_id" ? undefined : value));
}

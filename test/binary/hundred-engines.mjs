// Opens 100 engines of one application in this process, sends a request to each, and prints what that added to the
// resident memory, as JSON. Run with --expose-gc; with the argument `accounts` people can sign in to each.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, createEngine, email, everyone, integer, ref, servery, table, text } from "servery";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const hasAccounts = process.argv[2] === "accounts";
const people = table({ username: text(30), email: email().unique() }).allow(OPEN);
const application = compile(
  servery({
    tables: {
      users: hasAccounts ? people.accounts({ verify: false }) : people,
      posts: table({ user_id: ref("users"), title: text(200), likes: integer().default(0) }).allow(OPEN),
    },
    seed: () => [{ table: "users", rows: [{ username: "alice", email: "alice@example.com" }] }],
  }),
);

function residentMb() {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1_048_576;
}

/** @param {import("servery").Engine} engine */
async function askKeys(engine) {
  const answer = await engine.handle({ method: "GET", url: "/.well-known/jwks.json" });
  if (JSON.parse(/** @type {string} */ (answer.body)).keys.length !== 1)
    throw new Error("an engine has no key to sign with");
}

const folder = mkdtempSync(join(tmpdir(), "servery-engines-"));
const bareMb = residentMb();
const engines = [];
for (let at = 0; at < 100; at++) {
  const engine = await createEngine(application, { database: `sqlite:${join(folder, `${at}.db`)}` });
  const answer = await engine.handle({ method: "GET", url: "/api/users?include=posts" });
  if (answer.status !== 200) throw new Error(`engine ${at} answered ${answer.status}`);
  if (hasAccounts) await askKeys(engine);
  engines.push(engine);
}
const addedMb = residentMb() - bareMb;
for (const engine of engines) await engine.close();
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ engines: engines.length, bareMb, addedMb }));

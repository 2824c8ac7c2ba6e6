// Opens 100 engines of one application in this process, sends a request to each, and prints what that added to the
// resident memory, as JSON. Run with --expose-gc.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, createEngine, everyone, integer, ref, servery, table, text } from "servery";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const application = compile(
  servery({
    tables: {
      users: table({ username: text(30) }).allow(OPEN),
      posts: table({ user_id: ref("users"), title: text(200), likes: integer().default(0) }).allow(OPEN),
    },
    seed: () => [{ table: "users", rows: [{ username: "alice" }] }],
  }),
);

function residentMb() {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1_048_576;
}

const folder = mkdtempSync(join(tmpdir(), "servery-engines-"));
const bareMb = residentMb();
const engines = [];
for (let at = 0; at < 100; at++) {
  const engine = await createEngine(application, { database: `sqlite:${join(folder, `${at}.db`)}` });
  const answer = await engine.handle({ method: "GET", url: "/api/users?include=posts" });
  if (answer.status !== 200) throw new Error(`engine ${at} answered ${answer.status}`);
  engines.push(engine);
}
const addedMb = residentMb() - bareMb;
for (const engine of engines) await engine.close();
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ engines: engines.length, bareMb, addedMb }));

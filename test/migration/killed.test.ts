import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadMigrationCode } from "#servery/cli/migration-work.js";
import { readMigrations } from "#servery/database/migration/migrations-folder.js";
import { migrateDatabase } from "#servery/database/sqlite/migrate-database.js";
import { pause, type Running, servery } from "../binary/process.ts";
import { migratedApplication, type MigratedApplication, TIMES, withConnection } from "./world.ts";

const KILLER = new URL("fixtures/kill-at.mjs", import.meta.url).href;
const NOTES = "notes: table({ title: text(100), n: integer() }).allow(all)";
/** Far more than a command takes on a busy machine. */
const LONG_MS = 200_000;

const TEN_STATEMENTS = `CREATE TABLE log (x);
INSERT INTO log VALUES (1);
UPDATE notes SET n = n + 1;
CREATE TABLE copied AS SELECT * FROM notes;
DELETE FROM notes WHERE n > 900;
CREATE TRIGGER counted AFTER UPDATE ON notes BEGIN INSERT INTO log VALUES (new.n); END;
UPDATE notes SET title = title || '!';
INSERT INTO notes SELECT * FROM copied WHERE n > 900;
DROP TRIGGER counted;
UPDATE notes SET n = n + 1;
`;

async function withRows(): Promise<MigratedApplication> {
  const app = migratedApplication(NOTES);
  await app.migrate("new");
  await app.migrate("up");
  const rows = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000)";
  await app.byHand(
    `${rows} INSERT INTO notes (title, n, created_at, updated_at) SELECT 'note ' || i, i, ${TIMES} FROM c`,
  );
  return app;
}

async function told(running: Running, words: string): Promise<void> {
  for (const start = performance.now(); performance.now() - start < LONG_MS; await pause(20))
    if (running.output().includes(words)) return;
  throw new Error(`It did not say "${words}":\n${running.output()}`);
}

test("G03 Z57 killed at every statement of ten: nothing of it is there, and the next run finishes", {
  timeout: 900_000,
}, async () => {
  const app = await withRows();
  app.write("0002_ten.sql", TEN_STATEMENTS);
  app.write("0003_last.sql", "INSERT INTO log VALUES ('last');");
  const finished = { kills: 0, beforeCommit: 0 };
  const state = "SELECT count(*), sum(n), min(title), (SELECT count(*) FROM _servery_migrations) FROM notes";
  for (let at = 1; ; at++) {
    const folder = mkdtempSync(join(tmpdir(), "servery-killed-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(app.folder, folder, { recursive: true });
    const file = join(folder, ".servery", "data.db");
    const killed = servery(["migrate", "up", folder], { NODE_OPTIONS: `--import ${KILLER}`, KILL_AT: String(at) });
    if ((await killed.ended) === 0) break;
    expect(await killed.ended, killed.output()).toBe("SIGKILL");
    finished.kills++;
    const [left] = await withConnection(file, (connection) => connection.prepare(state).rows([]));
    // All of the file or nothing of it.
    const isUndone = left?.[3] === 1;
    if (isUndone) finished.beforeCommit++;
    expect(left?.slice(0, 3)).toEqual(isUndone ? [1000, 500_500, "note 1"] : [1000, 502_500, "note 1!"]);
    const migrations = readMigrations(folder);
    if (migrations === undefined) throw new Error("The folder is gone.");
    await migrateDatabase({ path: file, driver: "auto" }, migrations, {
      copies: true,
      loadCode: loadMigrationCode,
      report: () => undefined,
    });
    const [now, log, check] = await withConnection(file, (connection) =>
      [state, "SELECT count(*), max(x) FROM log", "PRAGMA integrity_check"].map(
        (sql) => connection.prepare(sql).rows([])[0],
      ),
    );
    expect([now, log, check]).toEqual([[1000, 502_500, "note 1!", 3], [901, "last"], ["ok"]]);
  }
  // BEGIN, ten statements, the record and COMMIT, and then the file behind it.
  expect(finished.beforeCommit).toBeGreaterThanOrEqual(13);
  expect(finished.kills).toBeGreaterThan(finished.beforeCommit);
});

const WAITING = (go: string): string => `import { existsSync } from "node:fs";
import { migration } from "servery";
export default migration(async ({ run }) => {
  run("UPDATE notes SET n = n + 1");
  while (!existsSync(${JSON.stringify(go)})) await new Promise((proceed) => setTimeout(proceed, 20));
});
`;

test("G02 two at once: one runs, the other waits and then has nothing to do", { timeout: 2 * LONG_MS }, async () => {
  const app = await withRows();
  const go = join(app.folder, "go");
  app.write("0002_wait.ts", WAITING(go));
  const first = app.begin(["migrate", "up", app.folder]);
  await told(first, "UPDATE notes");
  const second = app.begin(["migrate", "up", app.folder]);
  await told(second, "waiting for it");
  writeFileSync(go, "");
  expect([await first.ended, await second.ended]).toEqual([0, 0]);
  expect(first.output()).toContain("0002_wait.ts  applied");
  expect(second.output()).toMatch(/Nothing to do/);
  expect(second.output()).not.toContain("applied in");
  expect(await app.rows("SELECT sum(n) FROM notes")).toEqual([[501_500]]);
});

test("two at once on a database that is not there yet", { timeout: 2 * LONG_MS }, async () => {
  const app = migratedApplication(NOTES);
  await app.migrate("new");
  const runs = [1, 2, 3].map(() => app.begin(["migrate", "up", app.folder]));
  expect(await Promise.all(runs.map(async ({ ended }) => ended)), runs.map((run) => run.output()).join()).toEqual([
    0, 0, 0,
  ]);
  expect(runs.filter((run) => run.output().includes("applied in"))).toHaveLength(1);
  expect(await app.rows("SELECT count(*) FROM _servery_migrations")).toEqual([[1]]);
});

test("killed while code waits: the lock is free, and nothing of it is there", { timeout: 2 * LONG_MS }, async () => {
  const app = await withRows();
  const go = join(app.folder, "go");
  app.write("0002_wait.ts", WAITING(go));
  const killed = app.begin(["migrate", "up", app.folder]);
  await told(killed, "UPDATE notes");
  killed.child.kill("SIGKILL");
  expect(await killed.ended).toBe("SIGKILL");
  expect(await app.rows("SELECT sum(n) FROM notes")).toEqual([[500_500]]);
  writeFileSync(go, "");
  expect((await app.migrate("up")).code).toBe(0);
  expect(await app.rows("SELECT sum(n) FROM notes")).toEqual([[501_500]]);
});

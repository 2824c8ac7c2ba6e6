import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DatabaseError, Transaction } from "#servery/database/database.js";
import type { SqliteDriver } from "#servery/database/sqlite/driver.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { type Adapter, describeEachAdapter } from "./adapters.ts";
import { fixturePath, outputOf, startFixture } from "./fixtures.ts";
import { RandomSource } from "./random-source.ts";
import { change, readRows, verdict, write } from "./statements.ts";
import { systemCalls } from "./system-calls.ts";
import { closing, temporaryFolder } from "./temporary.ts";

const KILLS = 50;

/** The numbers that stand in a file, as a new process finds them. Fails when the file is damaged or a write is torn. */
function numbersIn(driver: SqliteDriver, path: string): Set<number> {
  const connection = driver.open(path, { readOnly: false });
  expect(connection.prepare("PRAGMA integrity_check").rows([])).toEqual([["ok"]]);
  expect(connection.prepare("SELECT n FROM numbers WHERE n NOT IN (SELECT -n FROM numbers)").rows([])).toEqual([]);
  const rows = connection.prepare("SELECT n FROM numbers WHERE n > 0").rows([]);
  connection.close();
  return new Set(rows.map(([n]) => Number(n)));
}

interface Killing {
  readonly path: string;
  readonly random: RandomSource;
  readonly alone: boolean;
}

/** Starts a writer, kills it some time after its first answer, and gives the numbers that it saw answered. */
async function killedWriter({ preference }: Adapter, { path, random, alone }: Killing): Promise<readonly number[]> {
  const child = startFixture("numbered-writer.mjs", [
    JSON.stringify({ path, driver: preference, first: 1, callers: 32, alone }),
  ]);
  const ended = outputOf(child);
  child.stdout?.once("data", () => setTimeout(() => child.kill("SIGKILL"), random.below(80)));
  const { output } = await ended;
  // The last line may be cut.
  return output.split("\n").slice(0, -1).map(Number);
}

describeEachAdapter(`after each of ${KILLS} sudden deaths of the process`, (adapter) => {
  test.each([
    ["in a group", false, KILLS / 2],
    ["in a transaction that stays open", true, KILLS / 5],
  ])("every row answered %s is there, whole, and the file is sound", { timeout: 300_000 }, async (_, alone, kills) => {
    let answeredRows = 0;
    const lane = async (seed: number) => {
      const random = new RandomSource(seed);
      for (let kill = 0; kill < kills; kill++) {
        const path = join(temporaryFolder(), "test.db");
        const answered = await killedWriter(adapter, { path, random, alone });
        const found = numbersIn(adapter.driver, path);
        expect(answered.filter((n) => !found.has(n))).toEqual([]);
        // Not answered yet, but on the disk: at most what was in flight.
        expect(found.size - answered.length).toBeLessThanOrEqual(32);
        answeredRows += answered.length;
      }
    };
    await Promise.all([lane(1), lane(2)]);
    // Those that stay open wait for each other.
    expect(answeredRows).toBeGreaterThan(alone ? kills : KILLS * 32);
  });
});

/** Writes that travel as one message: with more, the thread may begin the rest while the first are being answered. */
const BURST = 8;

const hasStrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

/** Lets one sync fail. */
const FAILING_SYNC = ["-e", "inject=fsync,fdatasync:error=EIO:when=20"] as const;

/** Runs the burst writer under strace; gives what it printed and the calls that it made. */
function trace(
  { preference }: Adapter,
  path: string,
  { options = [], alone = false }: { readonly options?: readonly string[]; readonly alone?: boolean },
): { readonly lines: readonly string[]; readonly log: string } {
  const log = `${path}.strace`;
  const settings = JSON.stringify({ path, driver: preference, first: 1, bursts: 1_000 / BURST, burst: BURST, alone });
  const calls = ["-f", "-y", "-s", "200", "-o", log, "-e", "trace=fdatasync,fsync,write,pwrite64,openat", ...options];
  const { stdout, status } = spawnSync(
    "strace",
    [...calls, process.execPath, fixturePath("numbered-writer.mjs"), settings],
    { encoding: "utf8" },
  );
  expect(status).toBe(0);
  return { lines: stdout.trim().split("\n"), log: readFileSync(log, "utf8") };
}

test.runIf(hasStrace).for(hasStrace ? [] : ["strace: apt-get install strace"])(
  "the order of sync and answer (needs %s)",
  () => expect.unreachable("skipped"),
);

/** At each answer: writes to the log that no sync has followed yet, and the syncs so far. */
function syncsAtAnswers(path: string, log: string): readonly { readonly unsynced: number; readonly syncs: number }[] {
  const answers: { readonly unsynced: number; readonly syncs: number }[] = [];
  let [unsynced, syncs] = [0, 0];
  for (const { name, path: file, text, result } of systemCalls(log)) {
    if (name === "write" && /^"\d+\\n"/.test(text)) answers.push({ unsynced, syncs });
    if (file !== `${path}-wal`) continue;
    if (name === "pwrite64") unsynced += 1;
    if (/^f(?:data)?sync$/.test(name) && result === "0") [unsynced, syncs] = [0, syncs + 1];
  }
  return answers;
}

describe.runIf(hasStrace)("on the disk before it is answered", () => {
  describeEachAdapter("a group of writes", (adapter) => {
    test("over 1,000 writes, each group's log is synced before its first answer is written", () => {
      const path = join(temporaryFolder(), "test.db");
      const answers = syncsAtAnswers(path, trace(adapter, path, {}).log);
      expect(answers).toHaveLength(1_000);
      expect(answers.filter((answer) => answer.unsynced > 0)).toEqual([]);
      const firstOfBursts = answers.filter((_, at) => at % BURST === 0).map((answer) => answer.syncs);
      expect(firstOfBursts.filter((count, at) => at > 0 && count <= (firstOfBursts[at - 1] ?? 0))).toEqual([]);
    });

    test("over 1,000 transactions that stay open, each is synced before its answer is written", () => {
      const path = join(temporaryFolder(), "test.db");
      const answers = syncsAtAnswers(path, trace(adapter, path, { alone: true }).log);
      expect(answers).toHaveLength(1_000);
      // The next one cannot have come to its COMMIT before this one was answered.
      expect(answers.filter((answer) => answer.unsynced > 0)).toEqual([]);
      const syncs = answers.map((answer) => answer.syncs);
      expect(syncs.filter((count, at) => at > 0 && count <= (syncs[at - 1] ?? 0))).toEqual([]);
    });

    test.each([
      ["write as done, and the next group goes through", false],
      ["transaction as done, and the next one goes through", true],
    ])("a sync that fails answers no %s", (_, alone) => {
      const path = join(temporaryFolder(), "test.db");
      const { lines, log } = trace(adapter, path, { options: FAILING_SYNC, alone });
      const failed = lines.filter((line) => line.startsWith("-"));
      expect(failed.length).toBeGreaterThan(0);
      expect(failed.filter((line) => !line.endsWith(" unavailable"))).toEqual([]);
      expect(lines).toHaveLength(1_000);
      // Nobody knows what the failed connection still holds: it is replaced.
      const afterwards = log.slice(log.indexOf("EIO")).split("\n");
      expect(afterwards.filter((line) => line.includes(" openat(") && line.includes(`"${path}-wal"`))).not.toEqual([]);
      const found = numbersIn(adapter.driver, path);
      for (const n of lines.filter((line) => !line.startsWith("-")).map(Number)) expect(found.has(n)).toBe(true);
    });
  });
});

/** Mounts a file system of 2 MB, which goes with the test. */
function smallDisk(): string {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  expect(spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]).status).toBe(0);
  onTestFinished(() => void spawnSync("/bin/umount", ["-l", folder]));
  return folder;
}

/** Root may still not mount, in a container: only a try tells. */
const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), "servery-mount-"));
  const mounted = spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  if (mounted) spawnSync("/bin/umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
  return mounted;
})();

test.runIf(canMount).for(canMount ? [] : ["the right to mount a tmpfs: run as root"])("a full disk (needs %s)", () =>
  expect.unreachable("skipped"),
);

describe.runIf(canMount)("on a full disk", () => {
  describeEachAdapter("a transaction", ({ preference, driver }) => {
    test.each([
      ["at its COMMIT", 1],
      ["while it is open", 10],
    ])("that meets it %s leaves nothing, and the next one goes through", async (_, megabytes) => {
      const path = join(smallDisk(), "test.db");
      const database = closing(await openSqlite({ path, driver: preference }));
      await database.define(["CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT) STRICT"]);
      const insert = (n: number, length: number) =>
        write(change("INSERT INTO t VALUES (?, ?)", [n, "x".repeat(length)]));
      const verdicts = new Set<string>();
      const work = async (open: Transaction) => {
        for (let n = 1; n <= 4 * megabytes; n++) {
          // What ended the transaction is what all further calls are rejected with.
          const full = (error: DatabaseError) => `rejected: ${error.failure.kind}`;
          verdicts.add(await open.write(insert(n, 600_000)).then(verdict, full));
        }
      };
      await expect(database.transaction(work, 60_000)).rejects.toMatchObject({ failure: { kind: "full" } });
      expect([...verdicts]).toEqual(megabytes === 1 ? ["ok"] : ["ok", "failed: full", "rejected: full"]);
      expect(await readRows(database, "SELECT n FROM t")).toEqual([]);
      await database.transaction(async (open) => open.write(insert(1, 1_000)), 60_000);
      expect(verdict(await database.write(insert(2, 1_000)))).toBe("ok");
      await database.close();
      const connection = driver.open(path, { readOnly: false });
      expect(connection.prepare("PRAGMA integrity_check").rows([])).toEqual([["ok"]]);
      expect(connection.prepare("SELECT n FROM t ORDER BY n").rows([]).flat()).toEqual([1, 2]);
      connection.close();
    });
  });

  describeEachAdapter("a write", ({ preference, driver }) => {
    test("is answered as full and leaves nothing; once there is room, the same engine writes on", async () => {
      const disk = smallDisk();
      const filler = join(disk, "filler");
      writeFileSync(filler, Buffer.alloc(1024 * 1024));
      const path = join(disk, "test.db");
      const database = closing(await openSqlite({ path, driver: preference }));
      await database.define(["CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT) STRICT"]);
      const insert = async (n: number) =>
        verdict(await database.write(write(change("INSERT INTO t VALUES (?, ?)", [n, "x".repeat(4_000)]))));
      const stored = async () => (await readRows(database, "SELECT n FROM t ORDER BY n")).flat();
      const done: number[] = [];
      const verdicts = new Set<string>();
      for (let burst = 0; burst < 40; burst++) {
        const numbers = Array.from({ length: 20 }, (_, at) => burst * 20 + at);
        const answers = await Promise.all(numbers.map(insert));
        for (const [at, answer] of answers.entries()) if (answer === "ok") done.push(numbers[at] as number);
        for (const answer of answers) verdicts.add(answer);
        expect(await stored()).toEqual(done);
      }
      expect([...verdicts].sort()).toEqual(["failed: full", "ok"]);
      rmSync(filler);
      for (const n of [5_000, 5_001]) expect(await insert(n)).toBe("ok");
      expect(await stored()).toEqual([...done, 5_000, 5_001]);
      await database.close();
      const connection = driver.open(path, { readOnly: false });
      expect(connection.prepare("PRAGMA integrity_check").rows([])).toEqual([["ok"]]);
      expect(connection.prepare("SELECT n FROM t ORDER BY n").rows([]).flat()).toEqual([...done, 5_000, 5_001]);
      connection.close();
    });
  });
});

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { allPosts, keepPosting, type Posted, post, untilAnswered } from "./posting.ts";
import { pause, startServery, temporaryFolder } from "./processes.ts";

const KILLS = 10;
const CALLERS = 16;
const MEGABYTE = 1024 * 1024;

const created = (answers: readonly Posted[]) => answers.filter(({ status }) => status === 201);

/** Everything answered 201 is there under its id, nothing twice. Answers how many rows nobody was told of. */
async function expectAllThere(url: string, answered: readonly Posted[]): Promise<number> {
  const rows = await allPosts(url);
  const titles = new Map(rows.map(({ id, title }) => [id, title]));
  expect(answered.filter(({ id, title }) => id === undefined || titles.get(id) !== title)).toEqual([]);
  expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  return rows.length - answered.length;
}

test(`after each of ${KILLS} sudden deaths every row that was answered 201 is found, none twice`, {
  timeout: 300_000,
}, async () => {
  const path = join(temporaryFolder(), "posts.db");
  const answered: Posted[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const server = await startServery(path);
    // Not answered, but on the disk: at most what was on its way at each death.
    expect(await expectAllThere(server.url, answered)).toBeLessThanOrEqual(round * CALLERS);
    const posting = keepPosting(server.url, { callers: CALLERS, label: `Round ${round}` });
    await untilAnswered(posting, { status: 201, count: CALLERS }, 60_000);
    // At another moment of a group each time.
    await pause(round * 13);
    posting.expectDeath();
    await server.kill();
    await posting.end();
    expect(posting.answers.filter(({ status }) => status !== 201)).toEqual([]);
    answered.push(...posting.answers);
  }
  const { url } = await startServery(path);
  expect(await expectAllThere(url, answered)).toBeLessThanOrEqual(KILLS * CALLERS);
  expect(await post(url, { user_id: 1, title: "At last", content: "" })).toMatchObject({ status: 201 });
});

/** Root may still not mount, in a container: only a try tells. */
const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), "servery-mount-"));
  const mounted = spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  if (mounted) spawnSync("/bin/umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
  return mounted;
})();

const NEEDS = canMount ? "" : " (needs the right to mount a tmpfs: run as root)";

/** Mounts a file system of 8 MB, which goes with the test. */
function smallDisk(): string {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  expect(spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]).status).toBe(0);
  onTestFinished(() => void spawnSync("/bin/umount", ["-l", folder]));
  return folder;
}

/** Reads one row and a list again and again; answers every status that came. */
function keepReading(url: string): () => Promise<readonly number[]> {
  const statuses: number[] = [];
  const state = { ended: false };
  const loop = (async () => {
    while (!state.ended) {
      for (const path of ["/api/posts/1", "/api/posts", "/api/users/1"]) {
        const response = await fetch(url + path, { signal: AbortSignal.timeout(60_000) });
        await response.arrayBuffer();
        statuses.push(response.status);
      }
      await pause(5);
    }
  })();
  loop.catch(() => undefined);
  return async () => {
    state.ended = true;
    await loop;
    return statuses;
  };
}

test.runIf(canMount)(
  `on a full disk a POST is answered 201 or 503 storage_full and reads go on; with room it is 201 again${NEEDS}`,
  { timeout: 300_000 },
  async () => {
    const disk = smallDisk();
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(4 * MEGABYTE));
    const path = join(disk, "posts.db");
    const server = await startServery(path);
    const { url } = server;
    const first = await post(url, { user_id: 1, title: "The first", content: "" });
    expect(first).toMatchObject({ status: 201, id: 1 });
    const endReading = keepReading(url);
    const posting = keepPosting(url, { callers: CALLERS, label: "Full", contentLength: 4_000 });
    await untilAnswered(posting, { status: 503, count: 100 }, 100_000);
    await posting.end();
    const reads = await endReading();
    const kinds = new Set(posting.answers.map(({ status, code }) => `${status} ${code ?? ""}`.trim()));
    expect([...kinds].sort()).toEqual(["201", "503 storage_full"]);
    expect(reads.length).toBeGreaterThan(3);
    expect(new Set(reads)).toEqual(new Set([200]));
    const answered = [first, ...created(posting.answers)];
    expect(await expectAllThere(url, answered)).toBe(0);
    rmSync(filler);
    for (const title of ["With room", "With room again"]) {
      const more = await post(url, { user_id: 1, title, content: "x".repeat(4_000) });
      expect(more).toMatchObject({ status: 201 });
      answered.push(more);
    }
    await server.kill();
    expect(await expectAllThere((await startServery(path)).url, answered)).toBe(0);
  },
);

test("the log file stays under 64 MB during ten seconds of POSTs", { timeout: 300_000 }, async () => {
  const path = join(temporaryFolder(), "posts.db");
  const { url } = await startServery(path);
  const posting = keepPosting(url, { callers: CALLERS, label: "Long", contentLength: 16_000 });
  let largest = 0;
  // A slow machine takes longer: less than the bound going through the log would prove nothing.
  const enough = () => posting.answers.length * 16_000 > 80 * MEGABYTE;
  for (const start = performance.now(); performance.now() - start < (enough() ? 10_000 : 120_000); await pause(20)) {
    largest = Math.max(largest, statSync(`${path}-wal`).size);
  }
  await posting.end();
  expect(new Set(posting.answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(enough()).toBe(true);
  expect(largest).toBeGreaterThan(0);
  expect(largest).toBeLessThan(64 * MEGABYTE);
});

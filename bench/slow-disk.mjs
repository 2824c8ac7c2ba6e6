import { spawnSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { PLACES } from "./places.mjs";
import { median } from "./statistics.mjs";

export const SLOW_FSYNC_MS = 4;

/**
 * Compiles the shim and answers the environment that slows a server's disk down, or the one line that
 * says why it cannot be done here.
 * @returns {{ env: Record<string, string> } | { missing: string }}
 */
export function prepareSlowDisk() {
  if (process.platform !== "linux") return { missing: "the slow disk is a preloaded library: it needs Linux" };
  const library = join(PLACES.data, "slow-fsync.so");
  const flags = ["-shared", "-fPIC", "-O2", "-o", library, PLACES.slowFsyncSource, "-ldl"];
  const gcc = spawnSync("gcc", flags, { encoding: "utf8" });
  if (gcc.error !== undefined) return { missing: "gcc is not on the PATH: apt-get install gcc libc6-dev" };
  if (gcc.status !== 0) return { missing: `gcc failed (apt-get install libc6-dev): ${gcc.stderr.trim()}` };
  return { env: { LD_PRELOAD: library, SLOW_FSYNC_US: String(SLOW_FSYNC_MS * 1000) } };
}

/**
 * Throws unless single inserts, one after the other, each take as long as the slow disk: otherwise the
 * shim is not in force, or the server answers before the row is on the disk.
 * @param {string} name @param {string} url
 */
export async function assertWritesWait(name, url) {
  const times = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const begun = performance.now();
    const response = await fetch(`${url}/api/posts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: 1, title: `Is it on the disk? ${turn}` }),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    if (response.status !== 201) throw new Error(`${name} answers ${response.status} to an insert on the slow disk`);
    times.push(performance.now() - begun);
  }
  const fastest = Math.min(...times);
  if (fastest < SLOW_FSYNC_MS) {
    const early = `${fastest.toFixed(2)} ms, before its fsync of ${SLOW_FSYNC_MS} ms was over`;
    throw new Error(`${name} answered an insert after ${early}`);
  }
}

/**
 * What one fdatasync of 4 KiB costs on this disk as it is, in milliseconds (median): durable rates hang
 * on it. The file is overwritten, as SQLite overwrites its log, not made longer.
 * @returns {number}
 */
export function ownSyncMs() {
  mkdirSync(PLACES.data, { recursive: true });
  const path = join(PLACES.data, "sync-probe");
  const file = openSync(path, "w");
  const page = Buffer.alloc(4096, 1);
  const times = [];
  writeSync(file, Buffer.alloc(page.length * 100));
  fdatasyncSync(file);
  for (let turn = 0; turn < 100; turn += 1) {
    writeSync(file, page, 0, page.length, turn * page.length);
    const begun = performance.now();
    fdatasyncSync(file);
    times.push(performance.now() - begun);
  }
  closeSync(file);
  rmSync(path);
  return median(times);
}

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import Database from "better-sqlite3";
import { ownSyncMs } from "./slow-disk.mjs";

/** How long an idle virtual processor waits before it sleeps in the hypervisor; see README.md. */
const HALT_POLL = "/sys/module/haltpoll/parameters/guest_halt_poll_ns";

/** Facts without which the figures cannot be read. @param {string} generator */
export function machineFacts(generator) {
  const db = new Database(":memory:");
  const sqlite = /** @type {string} */ (db.prepare("SELECT sqlite_version()").pluck().get());
  db.close();
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    sqliteOfReference: sqlite,
    generator,
    fdatasyncMs: ownSyncMs(),
    haltPollNs: haltPollNs(),
  };
}

/** @returns {number | undefined} nothing where the kernel has no such setting */
function haltPollNs() {
  try {
    return Number(readFileSync(HALT_POLL, "utf8"));
  } catch {
    return undefined;
  }
}

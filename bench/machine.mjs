import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import Database from "better-sqlite3";
import { ownSyncMs } from "./slow-disk.mjs";

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
  };
}

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The kernel and ps count in units of 1024 bytes; the target counts in millions of bytes. */
const MB_PER_KIB = 1024 / 1e6;

/**
 * @typedef {object} ProcessMemory
 * @property {number} pid
 * @property {string} command
 * @property {number} rssMb resident memory of the process with all its threads
 * @property {number | undefined} peakMb the highest it ever was (Linux)
 *
 * @typedef {object} ServerMemory
 * @property {ProcessMemory} main
 * @property {ProcessMemory[]} children processes that the server started, apart: pages they share are counted in each
 */

/** @param {number} pid @returns {ServerMemory} */
export function memoryOf(pid) {
  const [main, ...children] = processTree(pid);
  if (main === undefined) throw new Error(`process ${pid} is gone: its memory cannot be read`);
  return { main, children };
}

/**
 * Lets the highest memory of a server begin anew, where the kernel can (proc(5), clear_refs). Elsewhere it stays what it
 * was since the start, which is never too little.
 * @param {number} pid
 */
export function resetPeaks(pid) {
  for (const each of processTree(pid)) {
    try {
      writeFileSync(`/proc/${each.pid}/clear_refs`, "5");
    } catch {
      return;
    }
  }
}

/**
 * A process and all that descend from it, parents before children; empty when it is gone.
 * @param {number} pid @returns {ProcessMemory[]}
 */
export function processTree(pid) {
  const all = existsSync("/proc/self/status") ? linuxProcesses() : psProcesses();
  /** @type {ProcessMemory[]} */
  const found = [];
  const wanted = [pid];
  for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
    const entry = all.get(next);
    if (entry === undefined) continue;
    found.push(entry.memory);
    for (const [child, { parent }] of all) if (parent === next) wanted.push(child);
  }
  return found;
}

/** @typedef {Map<number, { parent: number, memory: ProcessMemory }>} Table */

/** @returns {Table} */
function linuxProcesses() {
  /** @type {Table} */
  const table = new Map();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const status = readStatus(pid);
    // A process may end between the listing and the reading; kernel threads have no memory of their own.
    if (status === undefined || !status.has("VmRSS")) continue;
    const mb = (/** @type {string} */ key) => Number.parseInt(status.get(key) ?? "0", 10) * MB_PER_KIB;
    const memory = { pid, command: status.get("Name") ?? "?", rssMb: mb("VmRSS"), peakMb: mb("VmHWM") };
    table.set(pid, { parent: Number(status.get("PPid")), memory });
  }
  return table;
}

/** @param {number} pid @returns {Map<string, string> | undefined} */
function readStatus(pid) {
  try {
    const lines = readFileSync(`/proc/${pid}/status`, "utf8").trimEnd().split("\n");
    return new Map(lines.map((line) => /** @type {[string, string]} */ (line.split(/:\s*/, 2))));
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** @returns {Table} */
function psProcesses() {
  const ps = spawnSync("ps", ["-Ao", "pid=,ppid=,rss=,comm="], { encoding: "utf8" });
  if (ps.status !== 0) throw new Error("neither /proc nor ps tells the memory of a process here");
  /** @type {Table} */
  const table = new Map();
  for (const line of ps.stdout.trimEnd().split("\n")) {
    const [pid, parent, rss, ...command] = line.trim().split(/\s+/);
    const memory = { pid: Number(pid), command: command.join(" "), rssMb: Number(rss) * MB_PER_KIB, peakMb: undefined };
    table.set(memory.pid, { parent: Number(parent), memory });
  }
  return table;
}

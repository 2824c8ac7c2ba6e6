import { spawn } from "node:child_process";
import { processTree } from "./memory.mjs";

/**
 * @typedef {import("node:child_process").ChildProcess} Child
 * @typedef {import("node:child_process").SpawnOptions} SpawnOptions
 *
 * @typedef {object} Processes keeps every process of a run, so that none outlives it
 * @property {(command: string, args: string[], options: SpawnOptions) => Child} start
 * @property {(child: Child) => Promise<void>} stop SIGTERM, and SIGKILL after 5 seconds
 * @property {() => Promise<void>} stopAll
 * @property {() => void} killAll at once, with what they started themselves; for Ctrl-C and the time limit
 */

const GRACE_MS = 5000;

/** @returns {Processes} */
export function createProcesses() {
  /** @type {Set<Child>} */
  const running = new Set();

  /** @type {Processes["start"]} */
  function start(command, args, options) {
    const child = spawn(command, args, options);
    running.add(child);
    child.once("exit", () => running.delete(child));
    child.once("error", () => running.delete(child));
    return child;
  }

  /** @type {Processes["stop"]} */
  function stop(child) {
    if (!running.has(child)) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(() => killTree(child), GRACE_MS);
      child.once("exit", () => {
        clearTimeout(late);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }

  /** @param {Child} child */
  function killTree(child) {
    if (child.pid === undefined) return;
    // Children first: once the parent is gone they have another parent and cannot be found any more.
    for (const { pid } of processTree(child.pid).reverse()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
      }
    }
  }

  return {
    start,
    stop,
    stopAll: async () => {
      await Promise.all([...running].map(stop));
    },
    killAll: () => [...running].forEach(killTree),
  };
}

// Starts the development tools by the files that npm installed for this project: no shell, no PATH, no global copy of
// another version, and the same on every system.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, wherever the script was started from. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const files = {
  tsc: "typescript/bin/tsc",
  oxlint: "oxlint/bin/oxlint",
  biome: "@biomejs/biome/bin/biome",
  knip: "knip/bin/knip.js",
  vite: "vite/bin/vite.js",
  vitest: "vitest/vitest.mjs",
};

/**
 * Runs a tool in the project's folder and waits; its output goes to ours.
 * @param {keyof typeof files} name
 * @param {string[]} args
 * @returns {number} the exit code; 1 when it was ended by a signal
 */
export function runTool(name, args) {
  return runNode(join(root, "node_modules", files[name]), args);
}

/**
 * Runs a file of scripts/ in the project's folder and waits.
 * @param {string} name
 * @param {string[]} args
 * @returns {number} the exit code; 1 when it was ended by a signal
 */
export function runScript(name, args) {
  return runNode(join(root, "scripts", name), args);
}

/** @param {string} file @param {string[]} args */
function runNode(file, args) {
  const run = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: "inherit" });
  if (run.error) throw run.error;
  return run.status ?? 1;
}

import { loadBetterSqlite3 } from "./better-sqlite3-driver.ts";
import type { DriverName, SqliteDriver } from "./driver.ts";
import { loadNodeSqlite } from "./node-sqlite-driver.ts";

/** Which binding the configuration asks for. */
export type DriverPreference = "auto" | "better-sqlite3" | "node-sqlite";

/** A driver, and one sentence that tells why it was taken (for the start). */
export interface ChosenDriver {
  readonly driver: SqliteDriver;
  readonly why: string;
}

/**
 * Below it, a WAL that is reset at the wrong moment corrupts the file (https://sqlite.org/wal.html#walresetbug); the
 * fix was carried back to two older lines.
 */
const OLDEST_SQLITE = "3.51.3";
const OLDEST_BY_LINE: readonly string[] = ["3.50.7", "3.44.6"];

const candidates: Record<DriverPreference, readonly DriverName[]> = {
  auto: ["better-sqlite3", "node:sqlite", "@photostructure/sqlite"],
  "better-sqlite3": ["better-sqlite3"],
  "node-sqlite": ["node:sqlite", "@photostructure/sqlite"],
};

/** Loads the first binding that works and links a sound SQLite. Throws with the command to run when none does. */
export async function chooseDriver(preference: DriverPreference): Promise<ChosenDriver> {
  const refused: string[] = [];
  for (const name of candidates[preference]) {
    try {
      const driver = await loadDriver(name);
      return { driver, why: [...refused, `${name} works (SQLite ${driver.sqliteVersion}).`].join(" ") };
    } catch (error) {
      refused.push(`${name} cannot be used: ${reasonOf(error)}`);
    }
  }
  throw new Error(`No SQLite binding can be used. ${refused.join(" ")} Run: ${commandFor(preference)}`);
}

/** Loads one binding by name, as a thread or child does for the one that its parent chose. */
export async function loadDriver(name: DriverName): Promise<SqliteDriver> {
  const driver = await (name === "better-sqlite3" ? loadBetterSqlite3() : loadNodeSqlite(name));
  if (!isSoundSqlite(driver.sqliteVersion)) {
    throw new Error(`It links SQLite ${driver.sqliteVersion}, which can corrupt files; ${OLDEST_SQLITE} is needed.`);
  }
  return driver;
}

/** Whether a version of SQLite, such as `3.51.3`, has the fix of the WAL-reset corruption. */
export function isSoundSqlite(version: string): boolean {
  if (compareVersions(version, OLDEST_SQLITE) >= 0) return true;
  return OLDEST_BY_LINE.some((oldest) => sameLine(version, oldest) && compareVersions(version, oldest) >= 0);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function sameLine(a: string, b: string): boolean {
  return a.split(".").slice(0, 2).join(".") === b.split(".").slice(0, 2).join(".");
}

function commandFor(preference: DriverPreference): string {
  // @photostructure/sqlite ships its binaries; better-sqlite3 compiles where it has none for this Node.
  return preference === "better-sqlite3"
    ? "npm install better-sqlite3@12.11.1 && npm rebuild better-sqlite3"
    : "npm install @photostructure/sqlite@1.2.1";
}

/** Why a binding did not load, in one sentence that a user can act on. */
function reasonOf(error: unknown): string {
  const { code, message } =
    error instanceof Error
      ? { code: undefined, ...error, message: error.message }
      : { code: undefined, message: String(error) };
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") return "it is not installed.";
  if (code === "ERR_UNKNOWN_BUILTIN_MODULE") return "this Node is older than 22.13.";
  if (message.includes("NODE_MODULE_VERSION")) return "it is built for another version of Node.";
  const [line = ""] = message.split("\n", 1);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

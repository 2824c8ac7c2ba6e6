import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const BINARY = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const APPLICATION = fileURLToPath(new URL("fixtures/application", import.meta.url));
/** A start that takes longer is a fault, on a busy machine too. */
const START_MS = 90_000;

/** A server in a process of its own. */
export interface Served {
  /** Without a slash at the end. */
  readonly url: string;
  /** Everything it has written so far. */
  readonly output: () => string;
  /** SIGKILL. Fulfilled when the process is gone. */
  readonly kill: () => Promise<void>;
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "servery-load-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `servery start` on a database file, listening on a free port. It ends with the test at the latest. */
export async function startServery(database: string): Promise<Served> {
  const child = spawn(process.execPath, [BINARY, "start", APPLICATION], {
    env: { ...process.env, NO_COLOR: "1", HOST: "127.0.0.1", PORT: "0", DATABASE_URL: `sqlite:${database}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  const output = () => text;
  return { url: await addressIn(child, output), output, kill };
}

async function addressIn(child: ChildProcess, output: () => string): Promise<string> {
  for (const start = performance.now(); performance.now() - start < START_MS; await pause(10)) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    if (found !== undefined) return found;
    if (child.exitCode !== null) break;
  }
  throw new Error(`The server did not say where it listens:\n${output()}`);
}

/** Whether this system tells about processes in /proc. */
export const hasProc = existsSync("/proc/self/stat");

/** The ids of the living children of this process, where /proc tells. One that is only not yet collected does not live. */
export function livingChildren(): readonly number[] {
  if (!hasProc) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const { state, parent } = statOf(pid);
      return state !== "Z" && parent === process.pid;
    });
}

function statOf(pid: number): { readonly state: string | undefined; readonly parent: number } {
  try {
    // The name of the program stands in brackets and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It ended between the listing and the reading.
    if (code === "ENOENT" || code === "ESRCH") return { state: undefined, parent: 0 };
    throw error;
  }
}

/** Waits until something holds; rejects after the limit, in milliseconds. */
export async function until(holds: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  for (const start = performance.now(); !(await holds()); await pause(10)) {
    if (performance.now() - start > limitMs) throw new Error(`not within ${limitMs} ms`);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

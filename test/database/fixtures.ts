import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The path of a program under `fixtures/`. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** Starts a program under `fixtures/`; it does not outlive the test. Its output comes through a pipe. */
export function startFixture(
  name: string,
  args: readonly string[],
  user: { uid?: number; gid?: number } = {},
): ChildProcess {
  const child = spawn(process.execPath, [fixturePath(name), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    ...user,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** What a program printed until its end, and how it ended. */
export function outputOf(child: ChildProcess): Promise<{ readonly output: string; readonly code: number | null }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ output: Buffer.concat(chunks).toString(), code }));
  });
}

/** Runs a program under `fixtures/` to its end. */
export async function runFixture(name: string, args: readonly string[], user: { uid?: number; gid?: number } = {}) {
  return outputOf(startFixture(name, args, user));
}

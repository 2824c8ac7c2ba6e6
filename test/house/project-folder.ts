import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A small project in a folder of its own, with this project's rules and dependencies, for the checks to run on. */
export function projectFolder(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "servery-house-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of [".dependency-cruiser.mjs", ".oxlintrc.json", "tsconfig.json", "package.json"]) {
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** Runs one of the project's own files with Node; answers the exit code and the lines of its output. */
export function run(
  file: string,
  args: readonly string[],
  {
    cwd = root,
    environment = {},
  }: { readonly cwd?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): { code: number | null; lines: string[] } {
  // The test runner tells its workers what they are by the environment; a run inside the test is no worker.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name)),
  );
  const done = spawnSync(process.execPath, [join(root, file), ...args], {
    cwd,
    env: { ...env, ...environment },
    encoding: "utf8",
    timeout: 60_000,
  });
  if (done.error) throw done.error;
  return { code: done.status, lines: `${done.stdout}\n${done.stderr}`.split("\n") };
}

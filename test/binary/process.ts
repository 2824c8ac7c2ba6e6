import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const BINARY = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const APPLICATION = fileURLToPath(new URL("application", import.meta.url));
/** A start that takes longer is a fault, on a busy machine too. */
const START_MS = 90_000;

/** The command, running. */
export interface Running {
  readonly child: ChildProcess;
  /** Everything written so far. */
  readonly output: () => string;
  /** What was written so far as the result, and what as a message. */
  readonly streams: () => { readonly stdout: string; readonly stderr: string };
  /** The address it listens on, once it says so. */
  readonly url: () => Promise<string>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** A copy of the application in a folder of its own, which goes with the test. */
export function applicationFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "servery-binary-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(APPLICATION, folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** An empty folder that goes with the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "servery-binary-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The command as npm installs it: a link in a folder called .bin. */
export function linkedBinary(): string {
  const link = join(emptyFolder(), "servery");
  symlinkSync(BINARY, link);
  return link;
}

/** Runs the command. It ends with the test at the latest. */
export function servery(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  binary = BINARY,
): Running {
  const { PORT: _port, HOST: _host, DATABASE_URL: _database, ...inherited } = process.env;
  const child = spawn(process.execPath, [binary, ...parameters], {
    env: { ...inherited, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const streams = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      streams[name] += chunk;
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, output: () => text, streams: () => streams, ended, url: () => addressIn(() => text, ended) };
}

/** Runs the command to its end. */
export async function ran(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | string; readonly stdout: string; readonly stderr: string }> {
  const running = servery(parameters, environment);
  const code = await running.ended;
  return { code, ...running.streams() };
}

async function addressIn(output: () => string, ended: Promise<unknown>): Promise<string> {
  const state = { over: false };
  void ended.then(() => (state.over = true));
  for (const start = performance.now(); performance.now() - start < START_MS; ) {
    const found = /http:\/\/[^\s/]+:\d+/.exec(output())?.[0];
    if (found !== undefined) return found.replace("0.0.0.0", "127.0.0.1");
    if (state.over) break;
    await pause(10);
  }
  throw new Error(`The command did not say where it listens:\n${output()}`);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Takes a port until the end of the test: that one, or any free one. It may be taken already, where that is as good. */
export async function takePort(wanted = 0, by: "us" | "or somebody else" = "us"): Promise<number> {
  const server: Server = createServer();
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (by === "or somebody else" && error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(wanted, "127.0.0.1", () => resolve(true));
  });
  if (!taken) return wanted;
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A request over the socket, its answer as JSON. */
export async function ask(
  url: string,
  options: { readonly method?: string; readonly json?: unknown } = {},
): Promise<{ status: number; body: unknown }> {
  const sent =
    options.json === undefined
      ? {}
      : { body: JSON.stringify(options.json), headers: { "content-type": "application/json" } };
  const response = await fetch(url, { method: options.method ?? "GET", ...sent, signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
}

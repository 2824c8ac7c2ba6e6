import { readFile } from "node:fs/promises";
import { Problem } from "../errors/problem.ts";
import type { HttpAnswer } from "./http-message.ts";

/** The console may load and ask this server, and nothing else; no inline script and no inline style. */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Where the build puts the console: beside the folder of this file. */
const folder = new URL("../console/", import.meta.url);

/** A name that leads to no other folder, and to no file that begins with a dot. */
const ASSET = /^[\w-]+(?:\.[\w-]+)*\.(js|css|svg)$/;
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** The page that every path of the console begins with. */
export async function consolePage(): Promise<HttpAnswer> {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": CONSOLE_POLICY,
    "referrer-policy": "no-referrer",
  };
  return { status: 200, headers, body: await builtFile("index.html") };
}

/** A file that the page loads. Its name says what is in it, so it never changes. */
export async function consoleAsset(name: string): Promise<HttpAnswer> {
  const type = TYPES[ASSET.exec(name)?.[1] ?? ""];
  if (type === undefined) throw missing();
  const headers = { "content-type": type, "cache-control": "public, max-age=31536000, immutable" };
  return { status: 200, headers, body: await builtFile(`assets/${name}`) };
}

async function builtFile(name: string): Promise<string> {
  try {
    return await readFile(new URL(name, folder), "utf8");
  } catch {
    // Nobody has built it, or the page is of an earlier build.
    throw missing();
  }
}

function missing(): Problem {
  return new Problem("no_route", "This part of the console is not there.");
}

import { readFile } from "node:fs/promises";
import type { HttpAnswer } from "./http-message.ts";

/**
 * What a page of ours may do: load from this server and nothing else. No inline script and no inline
 * style, so that markup that came in through a name or an answer could do nothing.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join("; ");

/** A page of the documentation. */
export function pageAnswer(html: string): HttpAnswer {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": PAGE_POLICY,
  };
  return { status: 200, headers, body: html };
}

/** A file that lies in `http/docs/` beside the compiled code. It is read anew each time: nobody waits for it often enough to keep it. */
export function readDocsFile(name: string): Promise<string> {
  return readFile(new URL(`./docs/${name}`, import.meta.url), "utf8");
}

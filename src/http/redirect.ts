import type { HttpAnswer } from "./http-message.ts";

/** Leads a browser elsewhere. Nobody keeps the answer, and the next page is not told of the URL that led to it. */
export function redirect(location: string, cookies: readonly string[]): HttpAnswer {
  const headers = { location, "cache-control": "no-store", "referrer-policy": "no-referrer" };
  return { status: 302, headers, cookies, body: "" };
}

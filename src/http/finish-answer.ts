import { type AllowedOrigins, corsHeaders } from "./cors.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** An answer on its last step, and what it answers. */
export interface Unfinished {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly answer: HttpAnswer;
  /** Whether it was made for somebody who is known. */
  readonly signedIn: boolean;
  /** The pattern of the route that it came from. */
  readonly route: string | undefined;
}

/** What an answer depends on beside its URL. */
const VARY = "Accept, Authorization, Origin";

/** Adds what every answer carries. HEAD keeps the headers of GET and drops the body. */
export function finishAnswer(unfinished: Unfinished, origins: AllowedOrigins): HttpAnswer {
  const { request, requestId, answer, signedIn, route } = unfinished;
  const headers: Record<string, string> = {
    // A page that a cookie opened is nobody else's.
    vary: request.header("cookie") === undefined ? VARY : `${VARY}, Cookie`,
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
    ...answer.headers,
  };
  // What one caller may read is kept by nobody on the way, and by no browser that somebody else sits down at.
  if (signedIn) headers["cache-control"] ??= "no-store";
  const origin = request.header("origin");
  if (origin !== undefined) Object.assign(headers, corsHeaders(origin, origins));
  // 204 and 304 have no body and so no length.
  const { body } = answer;
  if (typeof body === "string" || body instanceof Uint8Array)
    headers["content-length"] = String(Buffer.byteLength(body));
  const { status, cookies } = answer;
  return { status, headers, route, cookies, body: request.method === "HEAD" ? undefined : body };
}

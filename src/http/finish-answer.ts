import { type AllowedOrigins, corsHeaders } from "./cors.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** An answer on its last step, and what it answers. */
export interface Unfinished {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly answer: HttpAnswer;
}

/** Adds what every answer carries. HEAD keeps the headers of GET and drops the body. */
export function finishAnswer(unfinished: Unfinished, origins: AllowedOrigins): HttpAnswer {
  const { request, requestId, answer } = unfinished;
  const headers: Record<string, string> = {
    vary: "Accept, Authorization, Origin",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
    ...answer.headers,
  };
  const origin = request.header("origin");
  if (origin !== undefined) Object.assign(headers, corsHeaders(origin, origins));
  // 204 and 304 have no body and so no length.
  const { body } = answer;
  if (typeof body === "string" || body instanceof Uint8Array)
    headers["content-length"] = String(Buffer.byteLength(body));
  return { status: answer.status, headers, body: request.method === "HEAD" ? undefined : body };
}

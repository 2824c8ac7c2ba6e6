import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** Which web pages may read answers: any page on this machine, or those of a list. */
export type AllowedOrigins = "loopback" | readonly string[];

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
const EXPOSED =
  "ETag, Link, Location, X-Total-Count, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, Idempotency-Replayed";
const ALLOWED_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key";
/** Pages of the developer's own machine may see why they were refused; others are told nothing of that header. */
const EXPOSED_HERE = `${EXPOSED}, X-Servery-Explain`;
/** Seconds a browser may keep a preflight's answer. */
const PREFLIGHT_SECONDS = "600";

/** The headers that let the page at `origin` read the answer; none when it is not allowed. Never "*", never a list that was not named. */
export function corsHeaders(origin: string, allowed: AllowedOrigins): Readonly<Record<string, string>> | undefined {
  if (!isAllowed(origin, allowed)) return undefined;
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": allowed === "loopback" ? EXPOSED_HERE : EXPOSED,
  };
}

/** `OPTIONS`: what the path allows; to a preflight also which headers Servery reads. */
export function answerOptions(allowed: string, request: HttpRequest): HttpAnswer {
  const preflight = request.header("access-control-request-method") !== undefined && {
    "access-control-allow-methods": allowed,
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": PREFLIGHT_SECONDS,
  };
  return { status: 204, headers: { allow: allowed, ...preflight }, body: undefined };
}

function isAllowed(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === "loopback" ? LOOPBACK.test(origin) : allowed.includes(origin);
}

/** Which web pages may read answers: any page on this machine, or those of a list. */
export type AllowedOrigins = "loopback" | readonly string[];

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
const EXPOSED = "ETag, Link, Location, X-Total-Count, X-Request-Id, Retry-After";
const ALLOWED_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key";
/** Seconds a browser may keep a preflight's answer. */
const PREFLIGHT_SECONDS = "600";

/** The headers that let the page at `origin` read the answer; none when it is not allowed. Never "*", never a list that was not named. */
export function corsHeaders(origin: string, allowed: AllowedOrigins): Readonly<Record<string, string>> | undefined {
  if (!isAllowed(origin, allowed)) return undefined;
  return { "access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED };
}

/** What a preflight adds: the methods of the path, and the headers that Servery reads. */
export function preflightHeaders(allow: string): Readonly<Record<string, string>> {
  return {
    "access-control-allow-methods": allow,
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": PREFLIGHT_SECONDS,
  };
}

function isAllowed(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === "loopback" ? LOOPBACK.test(origin) : allowed.includes(origin);
}

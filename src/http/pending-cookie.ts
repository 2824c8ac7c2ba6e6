import { cookieValues } from "../auth/cookies.ts";

/** Seconds for which a browser keeps it: as long as the sign-in may take. */
const KEPT_SECONDS = 600;

/** What the cookie of a provider's pending sign-in is about. Over TLS alone it may be `secure`. */
export interface PendingCookie {
  readonly provider: string;
  readonly secure: boolean;
}

/** Set-Cookie for a pending sign-in: no script reads it, and it comes back when the provider leads the browser here. */
export function keepPending(cookie: PendingCookie, value: string): string {
  return written(cookie, value, KEPT_SECONDS);
}

/** Set-Cookie that ends it. */
export function dropPending(cookie: PendingCookie): string {
  return written(cookie, "", 0);
}

/** The value of the cookie in a Cookie header. Two of one name are none: one of them somebody else has put there. */
export function pendingIn(cookie: PendingCookie, header: string | undefined): string | undefined {
  const [value, ...more] = cookieValues(header, nameOf(cookie));
  return more.length > 0 ? undefined : value;
}

function written(cookie: PendingCookie, value: string, seconds: number): string {
  const secure = cookie.secure ? "; Secure" : "";
  return `${nameOf(cookie)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** With the prefix no other host of the domain can set it (RFC 6265bis §4.1.3.2), which wants TLS and the path "/". */
function nameOf({ provider, secure }: PendingCookie): string {
  return `${secure ? "__Host-" : ""}servery_with_${provider}`;
}

import { Problem } from "../errors/problem.ts";

/** What the cookies of a session are called. Behind https the prefixes keep other hosts from setting them (RFC 6265bis §4.1.3). */
export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
}

export function cookieNames(secure: boolean): CookieNames {
  return secure
    ? { access: "__Host-servery_access", refresh: "__Host-servery_refresh" }
    : { access: "servery_access", refresh: "servery_refresh" };
}

/** The value of a cookie; undefined without one. Of two, nobody knows which is the server's own: that is a 401. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const [found, ...more] = cookieValues(header, name);
  if (more.length > 0)
    throw new Problem("invalid_token", "The session cookie came twice.", {
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  return found;
}

/** What stands around a pair (RFC 6265 §4.2.1). */
const BLANKS = /^[ \t]+|[ \t]+$/g;

/**
 * Every value that a Cookie header has for exactly this name. `trim` would take a no-break space away too: a browser
 * lets any host of the domain set a cookie of such a name, and it would stand here as the one with the prefix.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (header === undefined || !header.includes(name)) return [];
  return header.split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    const given = at === -1 ? pair : pair.slice(0, at);
    if (given.replaceAll(BLANKS, "") !== name) return [];
    return [at === -1 ? "" : pair.slice(at + 1).replaceAll(BLANKS, "")];
  });
}

import { Problem } from "../errors/problem.ts";
import type { Credentials } from "./authentication.ts";

/** Methods that change nothing, so that no page gains by making a browser send them (RFC 9110 §9.2.1). */
const SAFE: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Where a browser says that a request comes from: a page of this very origin, or nobody's page. */
const OWN_PAGES: readonly string[] = ["same-origin", "none"];

/**
 * Refuses a change that a browser authenticates by its cookie alone and another site's page may have caused. Browsers
 * say where it comes from (Sec-Fetch-Site); those that do not say it name the page's origin, which has to be the
 * server's own or one of `origins`.
 */
export function requireOwnPage(credentials: Credentials, origins: readonly string[]): void {
  if (SAFE.includes(credentials.method)) return;
  const site = credentials.header("sec-fetch-site");
  if (site === undefined ? isOwnOrigin(credentials, origins) : OWN_PAGES.includes(site)) return;
  throw new Problem("cross_site", "A page of another site cannot change anything with the session's cookie.");
}

/**
 * Refuses what another site's page caused, whatever it is authenticated by: for doors that open to a machine or to a
 * token. Programs say nothing of pages, and pass.
 */
export function refuseForeignPage(credentials: Credentials, origins: readonly string[]): void {
  const site = credentials.header("sec-fetch-site");
  const origin = credentials.header("origin");
  const isOwn =
    site === undefined ? origin === undefined || isOwnOrigin(credentials, origins) : OWN_PAGES.includes(site);
  if (!isOwn) throw new Problem("cross_site", "A page of another site cannot ask for this.");
}

function isOwnOrigin(credentials: Credentials, origins: readonly string[]): boolean {
  const origin = credentials.header("origin");
  if (origin === undefined) return false;
  if (origins.includes(origin)) return true;
  const host = credentials.header("host");
  return host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
}

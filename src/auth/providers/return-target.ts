/** Characters of a place to return to. */
const LONGEST_TARGET = 2_000;

/** Where a browser may be sent after it has signed in. */
export interface ReturnTargets {
  /** The application's own URL. */
  readonly publicUrl: string;
  /** Whether a page of another origin may be returned to. */
  readonly allows: (origin: string) => boolean;
}

/**
 * The whole URL that `return_to` means: a path of the application itself, or a page of an allowed origin. Undefined for
 * everything else, and for what browsers, proxies and parsers read in different ways: a second slash or backslash at the
 * start, control characters and spaces, credentials, an escaped slash at the start. It is always whole, so that no path
 * can be taken for a host.
 */
export function returnTarget(text: string, { publicUrl, allows }: ReturnTargets): string | undefined {
  if (text.length > LONGEST_TARGET || !/^[!-~]+$/.test(text) || text.includes("\\")) return undefined;
  const own = new URL(publicUrl).origin;
  if (text.startsWith("/")) return isPlainPath(text) && URL.canParse(text, own) ? inside(text, own) : undefined;
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || !isPlainPath(url.pathname)) return undefined;
  return url.origin === own || allows(url.origin) ? url.href : undefined;
}

function inside(path: string, own: string): string | undefined {
  const url = new URL(path, own);
  return url.origin === own && isPlainPath(url.pathname) ? url.href : undefined;
}

/** Whether nobody who unescapes it once or twice finds another host, or another line, in it. */
function isPlainPath(path: string): boolean {
  return !/^\/(?:\/|%(?:25)*(?:2f|5c))/i.test(path) && !/%(?:25)*(?:[01][0-9a-f]|7f)/i.test(path);
}

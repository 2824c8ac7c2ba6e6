/**
 * A link into the application for a mail. `origin` is the configured one: a host that a request named would send the
 * secret in the link to whoever wrote the request.
 */
export function publicLink(origin: string, path: string, parameters: Readonly<Record<string, string>> = {}): string {
  const link = new URL(path, origin);
  // `//other.example` is a path to the eye and another host to a browser.
  if (!path.startsWith("/") || link.origin !== new URL(origin).origin)
    throw new Error("a link of a mail must stay within the application");
  for (const [name, value] of Object.entries(parameters)) link.searchParams.set(name, value);
  return link.href;
}

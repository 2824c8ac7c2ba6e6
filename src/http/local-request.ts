import type { HttpRequest } from "./http-message.ts";

const LOOPBACK_ADDRESS = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** What proxies and tunnels say of those whose requests they pass on: from this machine, but not of it. */
const PASSED_ON = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
] as const;

/**
 * Whether the request calls the server by a name of this machine alone. A page of another site can have its own name
 * lead here (DNS rebinding), and is then of the same origin; but the name stays its own. In-process there is no name.
 */
export function namesThisMachine(request: Pick<HttpRequest, "header">): boolean {
  const host = request.header("host");
  return host === undefined || LOOPBACK_HOST.test(host);
}

/** Whether whoever asks sits at this machine: nobody passed the request on, and it calls the machine by its own name. */
export function isFromThisMachine(request: HttpRequest): boolean {
  const { address } = request;
  if (address === undefined || !LOOPBACK_ADDRESS.test(address)) return false;
  if (PASSED_ON.some((name) => request.header(name) !== undefined)) return false;
  return request.header("host") !== undefined && namesThisMachine(request);
}

import { Problem } from "../errors/problem.ts";
import type { HttpRequest } from "./http-message.ts";

/** What a caller who is turned away is told. */
export interface MaintenanceNotice {
  readonly retryAfterSeconds: number;
  readonly message?: string | undefined;
}

const LIVE = "/health/live";

/**
 * Turns a request away while the application is in maintenance. The process lives on, so who asks for
 * that is answered: a supervisor would start it again and again.
 */
export function refuseInMaintenance(
  state: { maintenance(): MaintenanceNotice | undefined },
  request: HttpRequest,
): void {
  if (asksForLife(request)) return;
  const notice = state.maintenance();
  if (notice === undefined) return;
  throw new Problem("maintenance", notice.message ?? "The server is in maintenance and takes no requests.", {
    headers: { "retry-after": String(notice.retryAfterSeconds) },
  });
}

function asksForLife({ method, url }: HttpRequest): boolean {
  if (!url.startsWith(LIVE)) return false;
  return (method === "GET" || method === "HEAD") && (url.length === LIVE.length || url[LIVE.length] === "?");
}

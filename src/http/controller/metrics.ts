import { createHash, timingSafeEqual } from "node:crypto";
import { bearerToken } from "../../auth/bearer.ts";
import { Problem } from "../../errors/problem.ts";
import type { Action } from "../route.ts";

/** `GET /metrics`: counts for Prometheus, which shows a token of its own: it has no account. */
export const metricsAction: Action = {
  name: "metrics",
  access: undefined,
  anybody: true,
  reads: [],
  answers: ["text/plain"],
  validate: () => undefined,
  async control({ services: { metrics }, request }) {
    if (metrics === undefined)
      throw new Problem("not_found", "Metrics are switched off here: SERVERY_METRICS_TOKEN switches them on.");
    if (metrics.token !== undefined) requireToken(request.received.raw.header("authorization"), metrics.token);
    const headers = { "content-type": metrics.counts.contentType, "cache-control": "no-store" };
    return { status: 200, headers, body: await metrics.counts.text() };
  },
};

/** Compared by digests: how long it takes tells nothing of where two texts part. */
function requireToken(authorization: string | undefined, token: string): void {
  const challenge = { "www-authenticate": "Bearer" };
  if (authorization === undefined)
    throw new Problem("sign_in_required", "Metrics are for whoever shows SERVERY_METRICS_TOKEN as a bearer token.", {
      headers: challenge,
    });
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(bearerToken(authorization)), digest(token)))
    throw new Problem("invalid_token", "This is not the token of SERVERY_METRICS_TOKEN.", { headers: challenge });
}

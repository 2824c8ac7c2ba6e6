import { errorCatalog } from "../errors/catalog.ts";
import { Problem } from "../errors/problem.ts";
import type { HttpAnswer } from "./http-message.ts";

/** Where each code is explained; a relative reference, so it holds on every host. */
const TYPE_BASE = "/docs/errors#";

/**
 * The one place where errors become answers: `application/problem+json` (RFC 9457) with the plain
 * `error` that simple clients read. What is not a Problem is a fault of ours: the caller learns
 * nothing of it but the request id.
 */
export function answerProblem(thrown: unknown, requestId: string): HttpAnswer {
  const problem = toProblem(thrown);
  const { status, title } = errorCatalog[problem.code];
  const body = {
    type: `${TYPE_BASE}${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    request_id: requestId,
    ...(problem.errors.length === 0 ? {} : { errors: problem.errors }),
    error: problem.error,
  };
  return {
    status,
    headers: {
      "content-type": "application/problem+json; charset=utf-8",
      "cache-control": "no-store",
      ...problem.headers,
    },
    body: JSON.stringify(body),
  };
}

/** Anything else that was thrown, as an internal error that keeps it as its cause. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem("internal", "The server made a mistake. The log has the details under the request id.", {
    cause: thrown,
  });
}

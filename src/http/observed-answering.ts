import type { Observer } from "../observability/observation.ts";
import { type Answering, followToEnd } from "./answering.ts";
import { EXPLAIN_HEADER } from "./explain-refusal.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";

/** The same, telling an observer of every answer when it is over. */
export function observedAnswering(answering: Answering, observe: Observer): Answering {
  const follow = (request: HttpRequest, began: number, answer: HttpAnswer): HttpAnswer =>
    followToEnd(answer, (bytes) => {
      const { method, url } = request;
      const { status, headers, route } = answer;
      const tookMs = performance.now() - began;
      const requestId = headers["x-request-id"] ?? "";
      const explanation = headers[EXPLAIN_HEADER];
      const error = errorIn(answer);
      observe({ is: "answered", requestId, method, url, route, status, tookMs, bytes, error, explanation });
    });
  return {
    answer(request) {
      const began = performance.now();
      const answer = answering.answer(request);
      return answer instanceof Promise
        ? answer.then((late) => follow(request, began, late))
        : follow(request, began, answer);
    },
    refuse: (request, error) => follow(request, performance.now(), answering.refuse(request, error)),
    reportFault: (requestId, cause) => answering.reportFault(requestId, cause),
  };
}

/** The plain sentence of a problem document. */
function errorIn({ headers, body }: HttpAnswer): string | undefined {
  if (typeof body !== "string" || headers["content-type"]?.startsWith("application/problem+json") !== true)
    return undefined;
  return (JSON.parse(body) as { readonly error: string }).error;
}

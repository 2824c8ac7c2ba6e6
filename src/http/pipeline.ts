import { authenticate } from "../auth/authenticate.ts";
import { allowCall } from "../auth/policy/allow-call.ts";
import { allow } from "../auth/policy/decide.ts";
import { answerProblem, toProblem } from "./answer-problem.ts";
import { type AllowedOrigins, answerOptions } from "./cors.ts";
import { openBody, openEnvelope, openRows } from "./envelope.ts";
import { finishAnswer } from "./finish-answer.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";
import { refuseInMaintenance } from "./maintenance.ts";
import { chooseMediaType } from "./media-types.ts";
import type { Services, Validation } from "./route.ts";
import type { Router } from "./router.ts";

/** What the steps need: the compiled application, and this engine's state. */
export interface Pipeline {
  readonly router: Router;
  readonly validation: Validation;
  readonly services: Services;
  readonly origins: AllowedOrigins;
  nextRequestId(): string;
  /** Told of every error that is the server's own. */
  reportFault(requestId: string, cause: unknown): void;
}

/**
 * The way of a request, in order. The first error leaves it and becomes a problem document. What can be
 * answered at once is: a promise for each read would cost as much as the layers it crosses.
 */
export function answerRequest(pipeline: Pipeline, request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
  const requestId = pipeline.nextRequestId();
  const refuse = (error: unknown): HttpAnswer => refuseRequest(pipeline, { request, requestId, error });
  try {
    const answer = takeSteps(pipeline, request, requestId);
    if (!(answer instanceof Promise)) return finishAnswer({ request, requestId, answer }, pipeline.origins);
    return answer.then((late) => finishAnswer({ request, requestId, answer: late }, pipeline.origins)).catch(refuse);
  } catch (error) {
    return refuse(error);
  }
}

/** The exit of every error, those of the socket's own checks included. */
export function refuseRequest(
  pipeline: Pipeline,
  refused: { request: HttpRequest; requestId: string; error: unknown },
): HttpAnswer {
  const { request, requestId, error } = refused;
  const problem = toProblem(error);
  if (problem.code === "internal") pipeline.reportFault(requestId, problem.cause);
  return finishAnswer({ request, requestId, answer: answerProblem(problem, requestId) }, pipeline.origins);
}

function takeSteps(pipeline: Pipeline, request: HttpRequest, requestId: string): HttpAnswer | Promise<HttpAnswer> {
  const { router, validation, services } = pipeline;
  refuseInMaintenance(services.state, request);
  // 1. The envelope: is this a request that can be read, and is there a route for it?
  const received = openEnvelope(request);
  const match = router.match(received);
  if ("allow" in match) return answerOptions(match.allow, request);
  const { route, key } = match;
  const { action, table } = route;
  const mediaType = chooseMediaType(request.header("accept"), action.answers);
  const rows = openRows(received, action);
  const body = rows === undefined ? openBody(received, action) : undefined;
  // 2. Who asks?
  const principal = authenticate(request.header("authorization"));
  // 3. May this caller do this at all? Which rows is decided in the service, as SQL.
  if (table !== undefined && action.access !== undefined) allow(principal, table, action.access);
  if (route.call !== undefined) allowCall(principal, route.call);
  // 4. Is it well-formed? Only validation makes commands.
  const routed = { route, received, key, body, rows, principal, mediaType, requestId };
  const command = action.validate(routed, validation);
  // 5. The controller hands the command to a service and makes its answer a status.
  return action.control({ command, principal, request: routed, services });
}

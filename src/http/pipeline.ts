import type { Authentication } from "../auth/authentication.ts";
import { mayBeTold, namedCaller, type Principal } from "../auth/principal.ts";
import { allowCall } from "../auth/policy/allow-call.ts";
import { allowOperator } from "../auth/policy/allow-operator.ts";
import { allow } from "../auth/policy/decide.ts";
import type { Problem } from "../errors/problem.ts";
import type { Exchanges } from "../observability/exchanges.ts";
import type { OpenExchange } from "../observability/open-exchange.ts";
import { parseTraceparent } from "../observability/trace-context.ts";
import { ProviderFault } from "../errors/provider-fault.ts";
import { answerProblem, toProblem } from "./answer-problem.ts";
import { followToEnd } from "./answering.ts";
import { callerOf, showsCredentials } from "./caller-of.ts";
import { type AllowedOrigins, answerOptions } from "./cors.ts";
import { openBody, openEnvelope, openRows } from "./envelope.ts";
import { EXPLAIN_HEADER, explanationLine, type LookUp, type Refused, type Truth, truthOf } from "./explain-refusal.ts";
import { finishAnswer } from "./finish-answer.ts";
import type { HttpAnswer, HttpRequest } from "./http-message.ts";
import { namesThisMachine } from "./local-request.ts";
import { refuseInMaintenance } from "./maintenance.ts";
import { chooseMediaType } from "./media-types.ts";
import type { Route, RoutedRequest, Services, Validation } from "./route.ts";
import type { Router } from "./router.ts";

/** What the steps need: the compiled application, and this engine's state. */
export interface Pipeline {
  readonly router: Router;
  readonly validation: Validation;
  readonly services: Services;
  readonly authentication: Authentication;
  /** The caller of routes that ask for no credentials. */
  readonly anonymous: Principal;
  readonly origins: AllowedOrigins;
  nextRequestId(): string;
  /** Follows requests on their way, where somebody wants to see it. */
  readonly exchanges: Exchanges | undefined;
  /** Told of every error that is the server's own. */
  reportFault(requestId: string, cause: unknown): void;
  /** Told of every request that a rule refused. */
  reportRefusal(refused: Refused): void;
  /** Whether every caller is told which rule refused: while developing. Otherwise administrators alone are, and not by a key. */
  readonly explain: boolean;
  /** Looks for the row of an explanation. */
  readonly isThere: LookUp;
}

/** Who turned out to ask, as soon as that is known, and who is told of each step. */
interface Asker {
  principal: Principal | undefined;
  /** The pattern of the route that it takes. */
  route: string | undefined;
  readonly exchange: OpenExchange | undefined;
}

/**
 * The way of a request, in order. The first error leaves it and becomes a problem document. What can be
 * answered at once is: a promise for each read would cost as much as the layers it crosses.
 */
export function answerRequest(pipeline: Pipeline, request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
  const requestId = pipeline.nextRequestId();
  const { exchanges } = pipeline;
  const { method, url } = request;
  const incoming = exchanges === undefined ? undefined : parseTraceparent(request.header("traceparent"));
  const exchange = exchanges?.begin({ id: requestId, method, url, incoming });
  const arrived = { request, requestId, exchange };
  if (exchanges === undefined || exchange === undefined) return answerArrived(pipeline, arrived);
  const end = (answer: HttpAnswer): HttpAnswer => {
    const timed = pipeline.explain
      ? { ...answer, headers: { ...answer.headers, "server-timing": exchange.serverTiming() } }
      : answer;
    return followToEnd(timed, (bytes) => exchanges.end(exchange, { status: answer.status, bytes }));
  };
  const answer = answerArrived(pipeline, arrived);
  return answer instanceof Promise ? answer.then(end) : end(answer);
}

/** A request with the id that its caller is told, and who is told of its way. */
interface Arrived {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly exchange: OpenExchange | undefined;
}

function answerArrived(
  pipeline: Pipeline,
  { request, requestId, exchange }: Arrived,
): HttpAnswer | Promise<HttpAnswer> {
  const asker: Asker = { principal: undefined, route: undefined, exchange };
  const refuse = (error: unknown): HttpAnswer | Promise<HttpAnswer> => {
    const problem = toProblem(error);
    exchange?.refused(problem.code, { rules: problem.explanation?.rules ?? [], findings: problem.errors });
    return inExchange(pipeline, exchange, () =>
      refuseExplained(pipeline, { request, requestId, error: problem }, asker),
    );
  };
  const finish = (answer: HttpAnswer): HttpAnswer =>
    finishAnswer(
      { request, requestId, answer, signedIn: asker.principal?.kind === "account", route: asker.route },
      pipeline.origins,
    );
  try {
    const answer = inExchange(pipeline, exchange, () => takeSteps(pipeline, { request, requestId }, asker));
    if (!(answer instanceof Promise)) return finish(answer);
    return answer.then(finish).catch(refuse);
  } catch (error) {
    return refuse(error);
  }
}

/** Does a part of a request's work, so that it is known whose it is. */
function inExchange<Result>({ exchanges }: Pipeline, exchange: OpenExchange | undefined, work: () => Result): Result {
  return exchanges === undefined || exchange === undefined ? work() : exchanges.run(exchange, work);
}

/** The same for work that may wait. */
function throughWaiting<Result>(
  { exchanges }: Pipeline,
  exchange: OpenExchange | undefined,
  work: () => Result,
): Result {
  return exchanges === undefined || exchange === undefined ? work() : exchanges.carry(exchange, work);
}

/** The exit of every error, those of the socket's own checks included. */
export function refuseRequest(
  pipeline: Pipeline,
  refused: { request: HttpRequest; requestId: string; error: unknown; route?: string | undefined },
): HttpAnswer {
  const { request, requestId, error, route } = refused;
  const problem = toProblem(error);
  // A provider's fault is told to the caller in our words alone.
  if (problem.code === "internal" || problem.cause instanceof ProviderFault)
    pipeline.reportFault(requestId, problem.cause);
  const answer = answerProblem(problem, requestId);
  return finishAnswer({ request, requestId, answer, signedIn: false, route }, pipeline.origins);
}

/** The exit of errors that a rule explains: who may know it gets the explanation beside the same answer. */
function refuseExplained(
  pipeline: Pipeline,
  refused: { request: HttpRequest; requestId: string; error: Problem },
  { principal, route }: Pick<Asker, "principal" | "route">,
): HttpAnswer | Promise<HttpAnswer> {
  const { error: problem, requestId } = refused;
  const { explanation } = problem;
  if (explanation === undefined) return refuseRequest(pipeline, { ...refused, route });
  const isShown = pipeline.explain || (principal !== undefined && mayBeTold(principal));
  const finish = (truth: Truth | undefined): HttpAnswer => {
    pipeline.reportRefusal({ requestId, problem, explanation, truth });
    const answer = refuseRequest(pipeline, { ...refused, route });
    if (!isShown) return answer;
    return { ...answer, headers: { ...answer.headers, [EXPLAIN_HEADER]: explanationLine(explanation, truth) } };
  };
  if (!isShown || explanation.sought === undefined) return finish(undefined);
  return truthOf(explanation, pipeline.isThere).then(finish);
}

function takeSteps(
  pipeline: Pipeline,
  { request, requestId }: { readonly request: HttpRequest; readonly requestId: string },
  asker: Asker,
): HttpAnswer | Promise<HttpAnswer> {
  const { router, services } = pipeline;
  const { exchange } = asker;
  exchange?.enter("http", "request");
  refuseInMaintenance(services.state, request);
  // 1. The envelope: is this a request that can be read, and is there a route for it?
  const received = openEnvelope(request);
  const match = router.match(received);
  if ("allow" in match) return answerOptions(match.allow, request);
  const { route, key } = match;
  const { action } = route;
  asker.route = route.pattern;
  exchange?.routed(route, { isKept: isKept(route) });
  const mediaType = chooseMediaType(request.header("accept"), action.answers);
  const rows = openRows(received, action);
  const body = rows === undefined ? openBody(received, action) : undefined;
  const asked = { route, received, key, body, rows, mediaType, requestId };
  // 2. Who asks? A token that was proved before is known at once.
  exchange?.enter("auth", "caller");
  const principal = showsCredentials(request)
    ? throughWaiting(pipeline, exchange, () => callerOf(pipeline, route, request))
    : pipeline.anonymous;
  const go = (known: Principal): HttpAnswer | Promise<HttpAnswer> => {
    asker.principal = known;
    exchange?.asked(namedCaller(known));
    return takeLastSteps(pipeline, asked, { ...asker, principal: known });
  };
  return principal instanceof Promise
    ? principal.then((known) => inExchange(pipeline, exchange, () => go(known)))
    : go(principal);
}

/**
 * Whether everybody is an operator: while developing, at the machine. A page of another site may have its name lead here,
 * so the machine must be called by a name of its own.
 */
function isOpen({ explain }: Pipeline, request: HttpRequest): boolean {
  return explain && namesThisMachine(request);
}

/** Who looks at requests would else see little but the looking. */
function isKept(route: Route): boolean {
  return route.followed === true || (route.operators === undefined && route.console !== true);
}

function takeLastSteps(
  pipeline: Pipeline,
  asked: Omit<RoutedRequest, "principal">,
  { principal, exchange }: Asker & { readonly principal: Principal },
): HttpAnswer | Promise<HttpAnswer> {
  const { action, table, call, operators } = asked.route;
  const { validation, services } = pipeline;
  // 3. May this caller do this at all? Which rows is decided in the service, as SQL.
  if (table !== undefined && action.access !== undefined) allow(principal, table, action.access);
  if (operators !== undefined && !isOpen(pipeline, asked.received.raw)) allowOperator(principal, operators);
  if (call !== undefined) allowCall(principal, call, (cause) => pipeline.reportFault(asked.requestId, cause));
  // 4. Is it well-formed? Only validation makes commands.
  const { route, received, key, body, rows, mediaType, requestId } = asked;
  const routed = { route, received, key, body, rows, mediaType, requestId, principal };
  exchange?.enter("validation", action.name);
  const command = action.validate(routed, validation);
  exchange?.enter("controller", action.name);
  // 5. The controller hands the command to a service and makes its answer a status.
  const control = (): HttpAnswer | Promise<HttpAnswer> =>
    action.control({ command, principal, request: routed, services });
  return action.asksAtOnce === true ? control() : throughWaiting(pipeline, exchange, control);
}

import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import { decodeSegment } from "../validation/parse-key.ts";
import type { HttpRequest } from "./http-message.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Action, Route } from "./route.ts";

/** An administrator asks as the account that this header names. */
const AS_HEADER = "x-servery-as";

type Asked = Pick<Pipeline, "anonymous" | "authentication">;

/** Who asks, as far as the route wants to know. At once where that was proved before. */
export function callerOf(pipeline: Asked, route: Route, request: HttpRequest): Principal | Promise<Principal> {
  const named = request.header(AS_HEADER);
  if (named === undefined) return shownCaller(pipeline, route.action, request);
  // Accounts, keys and the server itself are answered to oneself: a stand-in that could touch them would be a way in.
  if (route.table === undefined && route.call === undefined && route.rows !== true)
    throw new Problem(
      "cannot_act_as",
      `${route.method} ${route.pattern} is answered to yourself: leave X-Servery-As out.`,
    );
  return Promise.resolve(shownCaller(pipeline, route.action, request)).then((by) =>
    pipeline.authentication.standIn(by, decodeSegment(named) ?? ""),
  );
}

function shownCaller(
  { anonymous, authentication }: Asked,
  action: Action,
  request: HttpRequest,
): Principal | Promise<Principal> {
  if (action.anybody === true) return anonymous;
  if (action.forgives !== true) return authentication.principalOf(request);
  const forgive = (error: unknown): Principal => {
    if (error instanceof Problem && (error.code === "invalid_token" || error.code === "token_expired"))
      return anonymous;
    throw error;
  };
  return Promise.resolve()
    .then(() => authentication.principalOf(request))
    .catch(forgive);
}

/** Whether there is anything to look up: who shows nothing is nobody at once. */
export function showsCredentials(request: HttpRequest): boolean {
  return (
    request.header("authorization") !== undefined ||
    request.header("cookie") !== undefined ||
    request.header(AS_HEADER) !== undefined
  );
}

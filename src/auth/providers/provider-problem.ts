import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { Problem } from "../../errors/problem.ts";
import { ProviderFault } from "../../errors/provider-fault.ts";
import { ProviderSilent } from "./identity-provider.ts";

/** Which part of a sign-in went wrong: what cannot be learnt of the provider itself is never the caller's doing. */
export type ProviderStage = "discovery" | "answer" | "tokens";

/** Seconds after which trying again may help. */
const RETRY_AFTER_SECONDS = "10";

/** The machine on the other side, or our configuration of it, is at fault: RFC 6749 §4.1.2.1 and §5.2. */
const OF_THE_MACHINE = [
  "server_error",
  "temporarily_unavailable",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type",
  "invalid_scope",
  "invalid_request",
];

/** How the statuses begin that say so (RFC 9110 §15.6). */
const OF_THE_SERVER = "5";

/** It answered something else than the protocol, or nothing. */
const NO_ANSWER = [
  "OAUTH_TIMEOUT",
  "OAUTH_ABORT",
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
  "OAUTH_RESPONSE_IS_NOT_JSON",
  "OAUTH_PARSE_ERROR",
  "OAUTH_HTTP_REQUEST_FORBIDDEN",
  "OAUTH_REQUEST_PROTOCOL_FORBIDDEN",
  "OAUTH_MISSING_SERVER_METADATA",
  "OAUTH_INVALID_SERVER_METADATA",
];

/** Errors of the protocol's own checks, by their names. */
const CHECKS = ["OperationProcessingError", "UnsupportedOperationError"];
/** Characters of a check's text in the log. */
const LONGEST_MESSAGE = 200;

/** The provider does not answer as it should: nobody can sign in with it now. `what` goes into the log alone. */
export function unavailable(client: { readonly name: string; readonly title: string }, what: string): Problem {
  return new Problem("provider_unavailable", `${client.title} does not answer as it should. Try again later.`, {
    headers: { "retry-after": RETRY_AFTER_SECONDS },
    cause: new ProviderFault(client.name, what),
  });
}

/** What the provider answered cannot be believed. `what` goes into the log alone; without it nothing is logged. */
export function refused(client: { readonly name: string; readonly title: string }, what: string | undefined): Problem {
  return new Problem("provider_refused", `${client.title} did not sign you in. Begin again.`, {
    headers: { "www-authenticate": "Bearer" },
    ...(what === undefined ? {} : { cause: new ProviderFault(client.name, what) }),
  });
}

/** What was thrown on the way to or from a provider, as the caller may read it: none of the provider's words. */
export function providerProblem(
  client: { readonly name: string; readonly title: string },
  stage: ProviderStage,
  thrown: unknown,
): Problem {
  if (thrown instanceof Problem) return thrown;
  const what = `${stage}: ${summary(thrown)}`;
  // Somebody pressed Cancel.
  if (thrown instanceof AuthorizationResponseError && thrown.error === "access_denied")
    return refused(client, undefined);
  return stage === "discovery" || isOfTheMachine(thrown) ? unavailable(client, what) : refused(client, what);
}

function isOfTheMachine(thrown: unknown): boolean {
  if (thrown instanceof AuthorizationResponseError) return OF_THE_MACHINE.includes(thrown.error);
  if (thrown instanceof ResponseBodyError)
    return String(thrown.status).startsWith(OF_THE_SERVER) || OF_THE_MACHINE.includes(thrown.error);
  if (thrown instanceof WWWAuthenticateChallengeError) return true;
  if (silentIn(thrown) !== undefined) return true;
  return thrown instanceof ClientError && NO_ANSWER.some((code) => code === thrown.code);
}

/** The failed request underneath what the library made of it. */
function silentIn(thrown: unknown): ProviderSilent | undefined {
  if (thrown instanceof ProviderSilent) return thrown;
  return thrown instanceof Error && thrown.cause !== undefined ? silentIn(thrown.cause) : undefined;
}

/** The name of the check: the library's messages and codes are fixed texts, all that a provider sends is left out. */
function summary(thrown: unknown): string {
  const silent = silentIn(thrown);
  if (silent !== undefined) return silent.message;
  if (thrown instanceof AuthorizationResponseError) return `it sent back the error ${known(thrown.error)}`;
  if (thrown instanceof ResponseBodyError) return `status ${thrown.status}, error ${known(thrown.error)}`;
  if (thrown instanceof WWWAuthenticateChallengeError) return `status ${thrown.status}, it asks for credentials`;
  if (!(thrown instanceof Error)) return "something else than an error was thrown";
  const { message } = checkIn(thrown);
  const code = thrown instanceof ClientError ? ` (${thrown.code ?? "no code"})` : "";
  const claim = claimIn(thrown);
  return `${message.slice(0, LONGEST_MESSAGE)}${code}${claim === undefined ? "" : `, claim ${claim}`}`;
}

/** The check that failed, by its fixed text. What lies under it may quote what was sent. */
function checkIn(thrown: Error): Error {
  const { cause } = thrown;
  const isCheck = cause instanceof Error && CHECKS.includes(cause.name);
  return isCheck ? cause : thrown;
}

/** The error codes of the protocol; a provider may write anything else there. */
function known(error: string): string {
  return /^[a-z_]{1,60}$/.test(error) ? error : "of no known form";
}

function claimIn(thrown: Error): string | undefined {
  for (let cause = thrown.cause; typeof cause === "object" && cause !== null; ) {
    const { claim, cause: next } = cause as { readonly claim?: unknown; readonly cause?: unknown };
    if (typeof claim === "string" && /^[a-z_]{1,30}$/.test(claim)) return claim;
    cause = next;
  }
  return undefined;
}

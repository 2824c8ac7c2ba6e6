import { requireOwnPage } from "../auth/same-site.ts";
import { Problem } from "../errors/problem.ts";
import type { Client, IssuedTokens } from "../service/accounts/sessions.ts";
import type { SignedIn } from "../service/accounts/sign-in.ts";
import type { SessionForm } from "../validation/command.ts";
import { clientAddress } from "./client-address.ts";
import type { HttpAnswer } from "./http-message.ts";
import type { AccountServices, ControllerHop, RoutedRequest } from "./route.ts";
import { sessionCookies } from "./session-cookies.ts";

const HEADERS = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" } as const;

/** The services of accounts; their routes are there only where some table has accounts. */
export function accountsOf({ services }: Pick<ControllerHop, "services">): AccountServices {
  if (services.accounts === undefined) throw new Error("the application has no accounts");
  return services.accounts;
}

/** Who holds the other end, for the list of sessions and the limits on guesses. */
export function clientOf({ request }: Pick<ControllerHop, "request">, { trustProxy }: AccountServices): Client {
  const { raw } = request.received;
  return { userAgent: raw.header("user-agent"), address: clientAddress(raw, trustProxy) };
}

/** What these routes do not take: parameters, which land in logs, and keys under which an answer with tokens would be kept. */
export function refuseExtras({ received }: RoutedRequest): void {
  if (received.query !== "") throw new Problem("unknown_parameter", "This route takes no parameters.");
  if (received.raw.header("idempotency-key") !== undefined)
    throw new Problem("invalid_idempotency_key", "This route keeps no answers, so it takes no Idempotency-Key.");
}

/** Refuses a request of another site's page that would set or use the session's cookies. */
export function requireOwnRequest({ request }: Pick<ControllerHop, "request">, { origins }: AccountServices): void {
  const { raw, method } = request.received;
  requireOwnPage({ method, header: (name) => raw.header(name) }, origins);
}

/** An answer that nobody keeps. */
export function jsonAnswer(status: number, body: string): HttpAnswer {
  return { status, headers: HEADERS, body };
}

/** What was asked is done, and there is nothing to tell. */
export const DONE: HttpAnswer = { status: 204, headers: { "cache-control": "no-store" }, body: undefined };

/** How a session's tokens travel. */
interface Carried {
  readonly form: SessionForm;
  readonly secure: boolean;
}

/** A new session: its tokens in the body, or in cookies; and the row of whoever signed in. */
export function signedInAnswer(status: number, { tokens, user }: SignedIn, as: Carried): HttpAnswer {
  return carried(status, tokens, { ...as, body: `${bodyOf(tokens, as).slice(0, -1)},"user":${user}}` });
}

/** The next tokens of a session. */
export function tokensAnswer(status: number, tokens: IssuedTokens, as: Carried): HttpAnswer {
  return carried(status, tokens, { ...as, body: bodyOf(tokens, as) });
}

function carried(
  status: number,
  tokens: IssuedTokens,
  { form, secure, body }: Carried & { readonly body: string },
): HttpAnswer {
  const answer = jsonAnswer(status, body);
  return form === "cookie" ? { ...answer, cookies: sessionCookies(tokens, secure) } : answer;
}

function bodyOf({ accessToken, refreshToken, expiresIn }: IssuedTokens, { form }: Carried): string {
  if (form === "cookie") return JSON.stringify({ expires_in: expiresIn });
  return JSON.stringify({
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: "Bearer",
    expires_in: expiresIn,
  });
}

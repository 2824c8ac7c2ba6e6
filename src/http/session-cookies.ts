import { cookieNames, cookieValue } from "../auth/cookies.ts";
import type { IssuedTokens } from "../service/accounts/sessions.ts";
import type { AccountServices } from "./route.ts";
import type { HttpRequest } from "./http-message.ts";

/** Values of Set-Cookie that give a browser its session (RFC 6265bis): no page can read them, no other site's form sends them. */
export function sessionCookies(tokens: IssuedTokens, secure: boolean): string[] {
  const { access, refresh } = cookieNames(secure);
  return [
    cookie({ name: access, value: tokens.accessToken, seconds: tokens.expiresIn, secure }),
    cookie({ name: refresh, value: tokens.refreshToken, seconds: tokens.sessionSeconds, secure }),
  ];
}

/** Values of Set-Cookie that take it away again. */
export function endedCookies(secure: boolean): string[] {
  const { access, refresh } = cookieNames(secure);
  return [
    cookie({ name: access, value: "", seconds: 0, secure }),
    cookie({ name: refresh, value: "", seconds: 0, secure }),
  ];
}

/** The refresh token of the request's cookie. */
export function refreshCookie(request: HttpRequest, { secure }: Pick<AccountServices, "secure">): string | undefined {
  return cookieValue(request.header("cookie"), cookieNames(secure).refresh);
}

/** With Path=/, without which the prefix that keeps sibling hosts from setting it is not allowed. */
function cookie(of: { name: string; value: string; seconds: number; secure: boolean }): string {
  const { name, value, seconds, secure } = of;
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

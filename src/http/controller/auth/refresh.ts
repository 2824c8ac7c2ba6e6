import { invalidToken } from "../../../auth/tokens/token-problem.ts";
import type { ErrorCode } from "../../../errors/catalog.ts";
import { Problem } from "../../../errors/problem.ts";
import type { RefreshCommand } from "../../../validation/command.ts";
import { parseRefresh } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, requireOwnRequest, tokensAnswer } from "../../account-answer.ts";
import { answerProblem } from "../../answer-problem.ts";
import type { ControllerHop } from "../../route.ts";
import { endedCookies, refreshCookie } from "../../session-cookies.ts";

const OVER: readonly string[] = ["invalid_token", "token_expired", "refresh_reused"] satisfies ErrorCode[];

/** `POST /api/auth/refresh`: the next tokens of a session, for the refresh token of the body or of the cookie. */
export const refresh = accountAction({
  name: "refresh",
  by: "anybody",
  parse: (request) => parseRefresh(request.body),
  control: async (hop: ControllerHop<RefreshCommand>) => {
    const accounts = accountsOf(hop);
    const sent = hop.command.refreshToken;
    const token = sent ?? refreshCookie(hop.request.received.raw, accounts);
    if (token === undefined) throw invalidToken("Send the refresh token.");
    if (sent === undefined) requireOwnRequest(hop, accounts);
    try {
      const tokens = await accounts.sessions.refresh(token);
      return tokensAnswer(200, tokens, { form: sent === undefined ? "cookie" : "token", secure: accounts.secure });
    } catch (error) {
      if (sent !== undefined || !(error instanceof Problem) || !OVER.includes(error.code)) throw error;
      // Else the browser would go on with cookies of a session that is over, and every page would be refused.
      const answer = answerProblem(error, hop.request.requestId);
      return { ...answer, cookies: endedCookies(accounts.secure) };
    }
  },
});

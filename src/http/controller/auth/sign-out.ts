import { requireSession } from "../../../auth/require-session.ts";
import type { SignOutCommand } from "../../../validation/command.ts";
import { parseSignOut } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, DONE, requireOwnRequest } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";
import { endedCookies, refreshCookie } from "../../session-cookies.ts";

/** `POST /api/auth/sign-out`: ends this session, or all of the account. */
export const signOut = accountAction({
  name: "signOut",
  by: "caller",
  parse: (request) => {
    // Without a session the refresh token says whose it is; a key ends none.
    if (request.principal.kind === "account") requireSession(request.principal.account);
    return parseSignOut(request.body);
  },
  control: async (hop: ControllerHop<SignOutCommand>) => {
    const accounts = accountsOf(hop);
    const { command, principal, request } = hop;
    const kept = refreshCookie(request.received.raw, accounts);
    if (kept !== undefined && command.refreshToken === undefined) requireOwnRequest(hop, accounts);
    const refreshToken = command.refreshToken ?? kept;
    await accounts.own.signOut(principal, { everywhere: command.everywhere, refreshToken });
    const cookies = kept === undefined ? {} : { cookies: endedCookies(accounts.secure) };
    return { ...DONE, ...cookies };
  },
});

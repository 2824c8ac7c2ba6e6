import type { SignInCommand } from "../../../validation/command.ts";
import { parseSignIn } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, requireOwnRequest, signedInAnswer } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";

/** `POST /api/auth/sign-in`: a new session for a name and its password. */
export const signIn = accountAction({
  name: "signIn",
  by: "anybody",
  parse: (request) => parseSignIn(request.body, request.principal.access.schema),
  control: async (hop: ControllerHop<SignInCommand>) => {
    const accounts = accountsOf(hop);
    const { command } = hop;
    // Else another site could sign a browser in as somebody who then reads along.
    if (command.form === "cookie") requireOwnRequest(hop, accounts);
    const signedIn = await accounts.signIn.withPassword(command, clientOf(hop, accounts));
    return signedInAnswer(200, signedIn, { form: command.form, secure: accounts.secure });
  },
});

import { allowSignUp } from "../../../auth/policy/decide.ts";
import type { SignUpCommand } from "../../../validation/command.ts";
import { membersOf, parseSignUp, tableOf } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, jsonAnswer, requireOwnRequest, signedInAnswer } from "../../account-answer.ts";
import { limitDoor } from "../../account-doors.ts";
import type { ControllerHop } from "../../route.ts";

/** `POST /api/auth/sign-up`: a new row with an account. Where addresses are verified, a mail says all that is to be said. */
export const signUp = accountAction({
  name: "signUp",
  by: "caller",
  parse: (request, validation) => {
    const { access } = request.principal;
    // First of all, like the rule of every table: what its columns are is not for those to whom it is closed.
    allowSignUp(request.principal, tableOf(membersOf(request.body), access.schema));
    return parseSignUp(request.body, access, validation);
  },
  control: async (hop: ControllerHop<SignUpCommand>) => {
    const accounts = accountsOf(hop);
    const { command, principal, request } = hop;
    if (command.form === "cookie") requireOwnRequest(hop, accounts);
    limitDoor(hop, "signUp");
    const writer = { principal, requestId: request.requestId };
    const signedIn = await accounts.signUp.run(command, writer, clientOf(hop, accounts));
    if (signedIn === undefined) return jsonAnswer(202, '{"status":"check_your_mail"}');
    return signedInAnswer(201, signedIn, { form: command.form, secure: accounts.secure });
  },
});

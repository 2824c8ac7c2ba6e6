import type { AskMailCommand, VerifyCommand } from "../../../validation/command.ts";
import { parseAskMail, parseVerify } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, DONE, jsonAnswer } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";

/** `POST /api/auth/verify`: verifies the address that a token was mailed to. */
export const verify = accountAction({
  name: "verify",
  by: "anybody",
  parse: (request) => parseVerify(request.body),
  control: async (hop: ControllerHop<VerifyCommand>) => {
    await accountsOf(hop).proof.verify(hop.command.token);
    return DONE;
  },
});

/** `POST /api/auth/verify/resend`: another mail, where the address is not verified; one answer for everybody. */
export const resendVerification = accountAction({
  name: "resendVerification",
  by: "anybody",
  parse: (request) => parseAskMail(request.body, request.principal.access.schema),
  control: async (hop: ControllerHop<AskMailCommand>) => {
    const accounts = accountsOf(hop);
    await accounts.proof.resend(hop.command, clientOf(hop, accounts));
    return jsonAnswer(202, '{"status":"check_your_mail"}');
  },
});

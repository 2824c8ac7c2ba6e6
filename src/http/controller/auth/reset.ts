import type { AskMailCommand, ResetCommand } from "../../../validation/command.ts";
import { parseAskMail, parseReset } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, DONE, jsonAnswer } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";

/** `POST /api/auth/reset`: a mail to choose a new password by; one answer for everybody. */
export const askReset = accountAction({
  name: "askReset",
  by: "anybody",
  parse: (request) => parseAskMail(request.body, request.principal.access.schema),
  control: async (hop: ControllerHop<AskMailCommand>) => {
    const accounts = accountsOf(hop);
    await accounts.proof.askReset(hop.command, clientOf(hop, accounts));
    return jsonAnswer(202, '{"status":"check_your_mail"}');
  },
});

/** `POST /api/auth/reset/confirm`: a new password for the token of a mail. */
export const confirmReset = accountAction({
  name: "confirmReset",
  by: "anybody",
  parse: (request) => parseReset(request.body),
  control: async (hop: ControllerHop<ResetCommand>) => {
    await accountsOf(hop).proof.reset(hop.command);
    return DONE;
  },
});

import type { ChangePasswordCommand } from "../../../validation/command.ts";
import { parsePasswordChange } from "../../../validation/parse-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, DONE } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";

/** `POST /api/auth/change-password`: a new password for the old one; all other sessions end. */
export const changePassword = accountAction({
  name: "changePassword",
  by: "session",
  parse: (request) => parsePasswordChange(request.body),
  control: async (hop: ControllerHop<ChangePasswordCommand>) => {
    const accounts = accountsOf(hop);
    await accounts.own.changePassword(hop.principal, hop.command, clientOf(hop, accounts));
    return DONE;
  },
});

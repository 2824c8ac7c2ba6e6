import type { ManageAccountCommand } from "../../../validation/command.ts";
import { parseManagedAccount } from "../../../validation/parse-managed-account.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, jsonAnswer } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";

/** `PATCH /api/auth/accounts/{key}`: the roles of an account, and whether it may sign in; for administrators. */
export const manageAccount = accountAction({
  name: "manageAccount",
  by: "caller",
  parse: (request) =>
    parseManagedAccount(request.body, { key: request.key ?? "", schema: request.principal.access.schema }),
  control: async (hop: ControllerHop<ManageAccountCommand>) => {
    return jsonAnswer(200, JSON.stringify(await accountsOf(hop).managed.change(hop.principal, hop.command)));
  },
});

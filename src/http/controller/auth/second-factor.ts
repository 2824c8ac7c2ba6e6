import type {
  ConfirmFactorCommand,
  ProposeFactorCommand,
  SwitchOffFactorCommand,
} from "../../../validation/command.ts";
import {
  parseFactorConfirmation,
  parseFactorProposal,
  parseFactorSwitchOff,
} from "../../../validation/parse-second-factor.ts";
import { accountAction } from "../../account-action.ts";
import { accountsOf, clientOf, DONE, jsonAnswer } from "../../account-answer.ts";
import type { ControllerHop } from "../../route.ts";

/** `POST /api/auth/second-factor`: a secret for an authenticator app. */
export const proposeFactor = accountAction({
  name: "proposeSecondFactor",
  by: "caller",
  parse: (request) => parseFactorProposal(request.body),
  control: async (hop: ControllerHop<ProposeFactorCommand>) => {
    const accounts = accountsOf(hop);
    const proposed = await accounts.factors.propose(hop.principal, hop.command.password, clientOf(hop, accounts));
    return jsonAnswer(201, JSON.stringify(proposed));
  },
});

/** `POST /api/auth/second-factor/confirm`: switches it on by a first code. */
export const confirmFactor = accountAction({
  name: "confirmSecondFactor",
  by: "caller",
  parse: (request) => parseFactorConfirmation(request.body),
  control: async (hop: ControllerHop<ConfirmFactorCommand>) => {
    const codes = await accountsOf(hop).factors.confirm(hop.principal, hop.command.code);
    return jsonAnswer(200, JSON.stringify({ recovery_codes: codes }));
  },
});

/** `DELETE /api/auth/second-factor`: switches it off. */
export const switchOffFactor = accountAction({
  name: "switchOffSecondFactor",
  by: "caller",
  parse: (request) => parseFactorSwitchOff(request.body),
  control: async (hop: ControllerHop<SwitchOffFactorCommand>) => {
    const accounts = accountsOf(hop);
    await accounts.factors.switchOff(hop.principal, hop.command, clientOf(hop, accounts));
    return DONE;
  },
});

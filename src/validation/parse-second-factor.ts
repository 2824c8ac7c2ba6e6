import type { Json } from "../schema/stored.ts";
import type { ConfirmFactorCommand, ProposeFactorCommand, SwitchOffFactorCommand } from "./command.ts";
import { membersOf, onlyMembers, textOf } from "./parse-account.ts";
import { checked } from "./write-request.ts";

export function parseFactorProposal(body: Json | undefined): ProposeFactorCommand {
  const members = membersOf(body);
  onlyMembers(members, ["current_password"]);
  return checked({ account: "propose_factor", password: textOf(members, "current_password") });
}

export function parseFactorConfirmation(body: Json | undefined): ConfirmFactorCommand {
  const members = membersOf(body);
  onlyMembers(members, ["code"]);
  return checked({ account: "confirm_factor", code: textOf(members, "code") });
}

export function parseFactorSwitchOff(body: Json | undefined): SwitchOffFactorCommand {
  const members = membersOf(body);
  onlyMembers(members, ["current_password", "code"]);
  const password = textOf(members, "current_password");
  return checked({ account: "switch_off_factor", password, code: textOf(members, "code") });
}

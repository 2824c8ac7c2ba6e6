import { Problem } from "../../errors/problem.ts";
import type { CallModel } from "../../schema/call-model.ts";
import type { Principal } from "../principal.ts";

/** Ends the request when the rule of a route of the application's own leaves nothing to this caller. */
export function allowCall(principal: Principal, { allow }: Pick<CallModel, "allow">): void {
  if (principal.kind === "system" || allow.rule === "everyone") return;
  throw new Problem("forbidden", "Nobody may call this route.");
}

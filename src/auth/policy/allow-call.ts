import type { CallModel } from "../../schema/call-model.ts";
import type { Rule } from "../../schema/rule.ts";
import { isAdministrator, type Principal } from "../principal.ts";
import { askRule } from "./ask-rule.ts";
import { refused } from "./decide.ts";
import { explainCall } from "./explain.ts";
import type { ReportRule } from "./policies.ts";
import { ruleCaller } from "./rule-caller.ts";

type Called = Pick<CallModel, "allow" | "title" | "method">;

/** Ends the request when the rule of a route of the application's own leaves nothing to this caller. */
export function allowCall(principal: Principal, call: Called, report: ReportRule): void {
  if (principal.kind === "system") return;
  if (!inScope(principal, call) || !holds(principal, call.allow, report))
    throw refused(principal, call.allow, {
      what: `call ${call.title}`,
      explanation: { rules: [explainCall(principal, call)] },
    });
}

/** A route's code may reach any table, so credentials for some tables do not open it. */
function inScope(principal: Principal, { allow, method }: Called): boolean {
  if (principal.kind !== "account" || principal.account.scopes === undefined || allow.rule === "everyone") return true;
  return principal.account.scopes.some(
    ({ table, access }) => table === "*" && (method === "GET" || access === "write"),
  );
}

/** Whether a rule that asks for no row holds for a caller. A function that fails denies, and is reported. */
function holds(principal: Principal, rule: Rule, report: ReportRule): boolean {
  if (rule.rule === "nobody") return false;
  if (rule.rule === "everyone" || isAdministrator(principal)) return true;
  const caller = ruleCaller(principal);
  switch (rule.rule) {
    case "signedIn":
      return caller.signedIn;
    case "role":
      return caller.roles.includes(rule.name);
    case "and":
      return rule.of.every((part) => holds(principal, part, report));
    case "or":
      return rule.of.some((part) => holds(principal, part, report));
    case "when":
      try {
        return yesOrNo(askRule(rule.filter, caller));
      } catch (cause) {
        report(new Error("a rule of a route failed, and denies", { cause }));
        return false;
      }
    default:
      return false;
  }
}

/** A filter would choose among rows, and a route has none: who wrote it meant something else. */
function yesOrNo(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  throw new TypeError("it answered neither true nor false");
}

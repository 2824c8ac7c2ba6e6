import { knowsEverything, type Principal } from "../principal.ts";
import { refused } from "./decide.ts";

const ADMINISTRATORS = { rule: "administrators" } as const;

/**
 * Ends the request unless its caller may see what others do: an administrator, and none who came by an API key for some
 * tables.
 */
export function allowOperator(principal: Principal, what: string): void {
  if (knowsEverything(principal)) return;
  const explanation = { rules: [{ rule: `${what}: administrators`, filter: "not this caller" }] };
  throw refused(principal, ADMINISTRATORS, { what, explanation });
}

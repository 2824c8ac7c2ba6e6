import { ADMINISTRATOR } from "../administrator.ts";
import type { DeclaredRule, Rules } from "../rule.ts";
import type { SourceNames } from "./source-names.ts";
import { objectText, quoted } from "./source-text.ts";

/** A rule as TypeScript; a function is named, since its code is not known. */
export function printRule(rule: DeclaredRule, names: SourceNames): string {
  if (typeof rule === "function") return names.ofFunction(rule);
  switch (rule.rule) {
    case "when":
      return names.ofFunction(rule.filter);
    case "role":
      return `${names.uses("role")}(${quoted(rule.name)})`;
    case "administrators":
      return `${names.uses("role")}(${quoted(ADMINISTRATOR)})`;
    case "and":
    case "or":
      return `${names.uses(rule.rule)}(${rule.of.map((part) => printRule(part, names)).join(", ")})`;
    case "sameAs": {
      const said = [rule.relation, ...(rule.action === undefined ? [] : [rule.action])];
      return `${names.uses("sameAs")}(${said.map(quoted).join(", ")})`;
    }
    default:
      return names.uses(rule.rule);
  }
}

/** What `.allow()` takes. */
export function printRules(rules: Rules, names: SourceNames): string {
  return objectText(
    Object.entries(rules).flatMap(([action, rule]) =>
      rule === undefined ? [] : [[action, printRule(rule, names)] as const],
    ),
  );
}

import type { RuleCaller, RuleFunction } from "../../schema/rule.ts";

/** What a rule's function answers, at once: a promise is no answer. */
export function askRule(filter: RuleFunction, caller: RuleCaller): unknown {
  const answer: unknown = filter(caller);
  if (!(answer instanceof Promise)) return answer;
  // Nobody waits for it, and one that is rejected would end the process.
  answer.catch(() => undefined);
  throw new TypeError("it answered a promise, and a rule answers at once");
}

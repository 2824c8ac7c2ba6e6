import { DeclarationError } from "../errors/declaration-error.ts";

/**
 * Who may do something, as data. `auth/policy/` reads it; the schema only carries it. An administrator passes every
 * rule but `nobody`.
 */
export type Rule =
  | { readonly rule: "everyone" | "nobody" | "administrators" | "signedIn" | "owner" | "self" }
  | { readonly rule: "role"; readonly name: string }
  | { readonly rule: "and" | "or"; readonly of: readonly Rule[] }
  /** What the row that a relation leads to allows. */
  | { readonly rule: "sameAs"; readonly relation: string; readonly action: TableAction | undefined }
  | { readonly rule: "when"; readonly filter: RuleFunction };

/** Who asks, as a rule's function sees it. A caller without an account has no id and no roles. */
export interface RuleCaller {
  readonly signedIn: boolean;
  /** The key of the account, as an answer holds it. */
  readonly id: string | number | undefined;
  /** The name of the accounts table. */
  readonly table: string | undefined;
  readonly roles: readonly string[];
}

/** The rows that a rule leaves to a caller: a filter as in `?filter=`, or all of them, or none. */
export type RuleFilter = { readonly [name: string]: unknown };

/**
 * A rule of the application's own: pure and synchronous. A member that is undefined denies, and so does a function that
 * throws.
 */
export type RuleFunction = (caller: RuleCaller) => RuleFilter | boolean;

/** A rule as a declaration writes it. */
export type DeclaredRule = Rule | RuleFunction;

/** Every caller, signed in or not. */
export const everyone: Rule = { rule: "everyone" };
/** No caller at all, administrators included; the server's own work is not asked. */
export const nobody: Rule = { rule: "nobody" };
/** Callers with an account. */
export const signedIn: Rule = { rule: "signedIn" };
/** The caller whose key stands in the row's owner column. */
export const owner: Rule = { rule: "owner" };
/** The account that the row is. */
export const self: Rule = { rule: "self" };
/** Callers with a role. `role("admin")` are the administrators. */
export function role(name: string): Rule {
  return { rule: "role", name };
}
/** Callers for whom all of the rules hold. */
export function and(...rules: readonly [DeclaredRule, DeclaredRule, ...DeclaredRule[]]): Rule {
  return { rule: "and", of: partsOf("and", rules) };
}
/** Callers for whom one of the rules holds. */
export function or(...rules: readonly [DeclaredRule, DeclaredRule, ...DeclaredRule[]]): Rule {
  return { rule: "or", of: partsOf("or", rules) };
}
/**
 * Whoever may do the same with the row that a relation leads to: `comments: { read: sameAs("post") }`. With an action it
 * is that one: `{ update: sameAs("order", "read") }`.
 */
export function sameAs(relation: string, action?: TableAction): Rule {
  return { rule: "sameAs", relation, action };
}

/** The data of a declared rule. What is none is refused: an import that is undefined would be a rule that nobody wrote. */
export function ruleOf(rule: DeclaredRule, where: string): Rule {
  if (!isRule(rule))
    throw new DeclarationError(
      where,
      "this is no rule",
      "Write everyone, signedIn, owner, self, role(…), and(…), or(…), sameAs(…), nobody, or a function of the caller",
    );
  return typeof rule === "function" ? { rule: "when", filter: rule } : rule;
}

/** Of no parts all hold, which nobody means. */
function partsOf(name: "and" | "or", rules: readonly DeclaredRule[]): Rule[] {
  if (rules.length === 0)
    throw new DeclarationError(`${name}()`, "it has no parts", `Write ${name}(owner, role("editor"))`);
  return rules.map((rule, at) => ruleOf(rule, `${name}(), part ${at + 1}`));
}

export function isRule(value: unknown): value is DeclaredRule {
  return typeof value === "function" || (typeof value === "object" && value !== null && "rule" in value);
}

/** Names that a function has by nothing but its place: in `{ read: () => … }` it is called read. */
const PLACES: readonly string[] = ["", "read", "create", "update", "delete", "allow"];

/** What the author of a rule's function called it; undefined where it has no name of its own. */
export function nameOfFunction({ name }: RuleFunction): string | undefined {
  return PLACES.includes(name) ? undefined : name;
}

/** What can be done to the rows of a table. */
export type TableAction = "read" | "create" | "update" | "delete";

export type Rules = { readonly [Action in TableAction]?: DeclaredRule };

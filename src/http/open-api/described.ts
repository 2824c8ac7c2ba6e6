import type { Access } from "../../auth/policy/access.ts";
import { tableAccess } from "../../auth/policy/access.ts";
import type { Policies } from "../../auth/policy/policies.ts";
import { certainly } from "../../schema/filter.ts";
import { type SchemaModel, type TableModel, tableOf } from "../../schema/model.ts";
import { everyone, nobody, type Rule, signedIn, type TableAction } from "../../schema/rule.ts";
import type { Route } from "../route.ts";

/** For whom a document is: for everybody, who are told nothing that is for administrators only, or for those. */
export type Audience = "everybody" | "administrators";

/**
 * A declaration as a document tells it: tables, columns and relations as somebody of the audience sees them. Its rules
 * say no more than who comes in: `everyone`; `signedIn`, who all have an account; a function, some of all; `nobody`.
 */
export interface DescribedSchema extends SchemaModel {
  /** By the table's name: the table as bodies may speak of it. */
  readonly bodies: ReadonlyMap<string, TableModel>;
}

const SOME: Rule = { rule: "when", filter: () => false };
const ACTIONS: readonly TableAction[] = ["read", "create", "update", "delete"];

/** The declaration as the audience is told of it. */
export function describedSchema(policies: Policies, audience: Audience): DescribedSchema {
  const [some, strangers] = [policies.described("signed in"), policies.described("strangers")];
  const access = audience === "everybody" ? some : policies.described("administrators");
  const tables = new Map<string, TableModel>();
  const bodies = new Map<string, TableModel>();
  for (const [name, { seen, body, actions }] of access.tables) {
    const ruleOf = (action: TableAction): Rule => {
      if (certainly(actions[action]) === false) return nobody;
      if (certainly(tableAccess(some, { name }).actions[action]) === true) return everyone;
      return isClosed(strangers, { name, action }) ? signedIn : SOME;
    };
    const rules = Object.fromEntries(ACTIONS.map((action) => [action, ruleOf(action)])) as TableModel["rules"];
    tables.set(name, { ...seen, rules });
    bodies.set(name, { ...body, rules });
  }
  const paths = new Map([...access.schema.paths].map(([path, { name }]) => [path, tables.get(name) as TableModel]));
  return { ...access.schema, tables, paths, bodies };
}

function isClosed(access: Access, { name, action }: { readonly name: string; readonly action: TableAction }): boolean {
  return certainly(tableAccess(access, { name }).actions[action]) === false;
}

/** The route as the audience is told of it; undefined where it leads to what is closed. */
export function describedRoute(schema: DescribedSchema, route: Route, audience: Audience): Route | undefined {
  const { call } = route;
  if (call !== undefined) {
    const allow = callRule(call.allow, audience);
    return allow.rule === "nobody" ? undefined : { ...route, call: { ...call, allow } };
  }
  if (route.operators !== undefined && audience === "everybody") return undefined;
  if (route.table === undefined) return route;
  const table = tableOf(schema, route.table.name);
  if (route.relation === undefined) return { ...route, table };
  const parent = table.column.get(route.relation.foreign)?.references?.table;
  // Rows may be made below a parent that may not be read afterwards: then no relation leads to them.
  const leads = parent !== undefined && tableOf(schema, parent).column.has(route.relation.local);
  return leads ? { ...route, table } : undefined;
}

/** Who may call a route of the application's own, in the words of a described rule. */
function callRule(rule: Rule, audience: Audience): Rule {
  const isFor = (caller: "stranger" | "somebody" | "administrator"): boolean => mayHold(rule, caller);
  if (!isFor("somebody") && !(audience === "administrators" && isFor("administrator"))) return nobody;
  if (rule.rule === "everyone") return everyone;
  return isFor("stranger") ? SOME : signedIn;
}

function mayHold(rule: Rule, caller: "stranger" | "somebody" | "administrator"): boolean {
  if (rule.rule === "nobody") return false;
  if (rule.rule === "everyone" || caller === "administrator") return true;
  switch (rule.rule) {
    case "and":
      return rule.of.every((part) => mayHold(part, caller));
    case "or":
      return rule.of.some((part) => mayHold(part, caller));
    case "when":
      return true;
    case "signedIn":
      return caller === "somebody";
    case "role":
      return caller === "somebody" && rule.name !== "admin";
    default:
      return false;
  }
}

import { accountsTables, type SchemaModel } from "../../schema/model.ts";
import type { Rule, RuleCaller, RuleFunction } from "../../schema/rule.ts";
import { rulesOf } from "./walk-rules.ts";

/** Rules' functions that take equal keys of two accounts tables for one account: they read `id` and not `table`. */
export function confusedRules(schema: SchemaModel): { readonly table: string; readonly rule: Rule }[] {
  const tables = accountsTables(schema).map(({ name }) => name);
  if (tables.length < 2) return [];
  return [...rulesOf(schema)].flatMap(({ table, rule }) =>
    rule.rule === "when" && isConfused(rule.filter, tables) ? [{ table: table.name, rule }] : [],
  );
}

/** Only what a made-up caller meets is found: a function may ask for its roles first. */
function isConfused(filter: RuleFunction, tables: readonly string[]): boolean {
  const read = new Set<PropertyKey>();
  for (const table of tables) {
    const caller: RuleCaller = { signedIn: true, id: 1, table, roles: [] };
    const watched = new Proxy(caller, {
      get(target, name) {
        read.add(name);
        return Reflect.get(target, name) as unknown;
      },
    });
    try {
      filter(watched);
    } catch {
      // A function that fails denies, and is reported when somebody real asks.
    }
  }
  return read.has("id") && !read.has("table");
}

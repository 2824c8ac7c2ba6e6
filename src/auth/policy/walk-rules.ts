import type { SchemaModel, TableModel } from "../../schema/model.ts";
import type { Rule } from "../../schema/rule.ts";

/** Every rule of a declaration with the table whose rows it decides about, the parts of `and` and `or` included. */
export function* rulesOf(schema: SchemaModel): Generator<{ readonly table: TableModel; readonly rule: Rule }> {
  for (const table of schema.tables.values()) {
    for (const rule of new Set([...Object.values(table.rules), ...signUpRule(table)])) yield* parts(table, rule);
    for (const { readable, writable } of table.columns) {
      yield* parts(table, readable);
      yield* parts(table, writable);
    }
  }
}

function signUpRule({ accounts }: TableModel): Rule[] {
  return accounts === undefined ? [] : [accounts.signUp];
}

function* parts(table: TableModel, rule: Rule): Generator<{ readonly table: TableModel; readonly rule: Rule }> {
  yield { table, rule };
  if (rule.rule === "and" || rule.rule === "or") for (const part of rule.of) yield* parts(table, part);
}

/** The roles that rules name. */
export function rolesOf(schema: SchemaModel): Set<string> {
  const roles = new Set<string>();
  for (const { rule } of rulesOf(schema)) if (rule.rule === "role") roles.add(rule.name);
  return roles;
}

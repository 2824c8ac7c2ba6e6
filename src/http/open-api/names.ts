import {
  accountsTables,
  columnOf,
  type RelationModel,
  type SchemaModel,
  type TableModel,
  tableOf,
} from "../../schema/model.ts";
import type { Rule } from "../../schema/rule.ts";
import type { Route } from "../route.ts";

/** A part of the document; it is JSON from the root on. */
export interface DocumentPart {
  readonly [key: string]: unknown;
}

/** The schema of problem documents; no table takes this name from it. */
export const PROBLEM = "Problem";

/**
 * A name as a key of `components` or a part of an `operationId`. Letters that may not stand there become
 * ".XX" by their bytes: two names never become one, and what is put behind a name starts with a small letter.
 */
export function plainName(name: string): string {
  if (name === PROBLEM) return `${hexadecimal("P")}${name.slice(1)}`;
  return name.replace(/[^A-Za-z0-9_-]/gu, hexadecimal);
}

function hexadecimal(letter: string): string {
  return Buffer.from(letter).toString("hex").toUpperCase().replace(/../g, ".$&");
}

/** A reference to a part of `components`. */
export function refTo(section: "schemas" | "parameters" | "responses" | "headers", name: string): DocumentPart {
  return { $ref: `#/components/${section}/${name}` };
}

/** The table that the path begins with: the parent on a nested route. */
export function pathTable(schema: SchemaModel, route: Route): TableModel | undefined {
  const { table, relation } = route;
  if (table === undefined || relation === undefined) return table;
  return tableOf(schema, columnOf(table, relation.foreign).references?.table ?? "");
}

/** Whether a described rule lets anybody of the audience in. */
export function isOpen(rule: Rule): boolean {
  return rule.rule !== "nobody";
}

/** Whether a described rule leaves something to some callers alone, or some rows. */
export function isPartial(rule: Rule): boolean {
  return rule.rule !== "everyone";
}

/** What an operation says of who may use it, where that is not everybody: all the rules must hold. */
export function securityOf(schema: SchemaModel, rules: readonly Rule[]): DocumentPart {
  if (accountsTables(schema).length === 0 || rules.every(({ rule }) => rule !== "signedIn")) return {};
  return { security: [{ bearer: [] }, { cookie: [] }] };
}

/** Actions on many rows of a table, which need more than that one rule is open. */
const BULK: readonly string[] = ["upsert", "updateMany", "deleteMany"];

/** Whether a table takes this write of many rows from anybody: with `if_match` rows change one by one, and conditions are for those who may read. */
function takesBulk(table: TableModel, action: Route["action"]): boolean {
  const { read, create, update } = table.rules;
  if (table.requiresIfMatch) return false;
  if (action.name !== "upsert") return isOpen(read);
  return isOpen(create) || isOpen(update);
}

/** The relations whose rows a POST may bring along: those that callers may read and create. */
export function childrenOf(schema: SchemaModel, table: TableModel): RelationModel[] {
  return [...table.relations.values()].filter((relation) => {
    const { rules, view } = tableOf(schema, relation.table);
    return relation.many && view === undefined && isOpen(rules.read) && isOpen(rules.create);
  });
}

/** Whether the document speaks of the route: who may not use it is not told of it. */
export function isShown(schema: SchemaModel, route: Route): boolean {
  const { table, relation, action, call } = route;
  if (call !== undefined) return isOpen(call.allow);
  if (table === undefined) return route.console !== true;
  if (BULK.includes(action.name) && !takesBulk(table, action)) return false;
  if (action.access === undefined) return true;
  const parent = pathTable(schema, route);
  return (
    isOpen(table.rules[action.access]) &&
    (relation === undefined || (parent !== undefined && isOpen(parent.rules.read)))
  );
}

/**
 * The path of a route with its key's place named as OpenAPI can: a template's name ends at the first
 * brace, and columns may hold one.
 */
export function pathTemplate(route: Route): { readonly path: string; readonly key: string | undefined } {
  const start = route.pattern.indexOf("/{");
  if (start === -1) return { path: route.pattern, key: undefined };
  // A relation's name behind the key is escaped, so the last brace is the one that closes.
  const end = route.pattern.lastIndexOf("}");
  const key = route.pattern.slice(start + 2, end).replace(/[{}/?#]/g, "_");
  return { path: `${route.pattern.slice(0, start)}/{${key}}${route.pattern.slice(end + 1)}`, key };
}

import { accountsTables, type SchemaModel, type TableModel, tableOf } from "../../schema/model.ts";
import type { Rule } from "../../schema/rule.ts";
import type { Route } from "../route.ts";
import { childrenOf, type DocumentPart, isOpen, isPartial, pathTable, plainName, refTo, securityOf } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { listParameters, shapeParameters } from "./table-parameters.ts";
import { type Described, inWhat, type TableRoute } from "./table-route.ts";
import { describeWrite } from "./write-operation.ts";

/** Describes a route of a table, or answers undefined where the action is not one of those. */
export function tableOperation(
  schema: SchemaModel,
  route: Route,
  problems: ProblemResponses,
): DocumentPart | undefined {
  const { table, action, relation } = route;
  const parent = pathTable(schema, route);
  if (table === undefined || parent === undefined) return undefined;
  const described = describeAction({ schema, route, table, name: plainName(table.path) });
  if (described === undefined) return undefined;
  const { success, ...rest } = described;
  const nested = relation !== undefined;
  const changes = action.name === "update" || action.name === "replace" || action.name === "delete";
  const id = [plainName(parent.path), ...(relation === undefined ? [] : [plainName(relation.name)]), action.name];
  const rules = rulesOf(route, parent);
  const closed = rules.some(isPartial) || (action.name === "create" && bringsClosed(schema, table));
  const refused = problems.of({
    action: action.name,
    nested,
    closed,
    keyed: accountsTables(schema).length > 0,
    requiresIfMatch: changes && table.requiresIfMatch,
    hooked: action.access !== "read" && meetsHooks(schema, table, action.name === "create"),
  });
  const security = securityOf(schema, rules);
  const responses = { ...success, ...refused };
  return { operationId: id.join("."), tags: [parent.path], ...rest, ...security, responses };
}

/** The rules that a request of the route meets. */
function rulesOf({ table, action, relation }: Route, parent: TableModel): Rule[] {
  const own = table === undefined || action.access === undefined ? [] : [table.rules[action.access]];
  const selects = action.name === "updateMany" || action.name === "deleteMany";
  const selected = table !== undefined && selects ? [table.rules.read] : [];
  return [...own, ...selected, ...(relation === undefined ? [] : [parent.rules.read])];
}

/** Whether rows that could stand in the body are of a table that callers may read, and not all may create. */
function bringsClosed(schema: SchemaModel, table: TableModel): boolean {
  return [...table.relations.values()].some((relation) => {
    const { rules, view } = tableOf(schema, relation.table);
    return relation.many && view === undefined && isOpen(rules.read) && isPartial(rules.create);
  });
}

/** Whether hooks take part in a write of a table, or of rows that stand below its rows in a body. */
function meetsHooks(schema: SchemaModel, table: TableModel, below: boolean): boolean {
  const tables = new Set([table]);
  if (below)
    for (const one of tables)
      for (const relation of childrenOf(schema, one)) tables.add(tableOf(schema, relation.table));
  return [...tables].some(({ hooks }) => hooks.length > 0);
}

function describeAction(given: TableRoute): Described | undefined {
  switch (given.route.action.name) {
    case "list":
      return describeList(given);
    case "read":
      return describeRead(given);
    default:
      return describeWrite(given);
  }
}

function describeList({ schema, route, table, name }: TableRoute): Described {
  return {
    summary: `List ${inWhat(route.relation, table)}`,
    parameters: listParameters(schema, table),
    success: { 200: refTo("responses", `${name}.rows`) },
  };
}

function describeRead({ schema, table, name }: TableRoute): Described {
  return {
    summary: `Read a row of ${table.path}`,
    parameters: [...shapeParameters(schema, table), refTo("parameters", "If-None-Match.read")],
    success: { 200: refTo("responses", `${name}.row`), 304: refTo("responses", "unchanged") },
  };
}

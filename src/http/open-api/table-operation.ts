import { type SchemaModel, type TableModel, tableOf } from "../../schema/model.ts";
import type { Route } from "../route.ts";
import { childrenOf, type DocumentPart, isOpen, pathTable, plainName, refTo } from "./names.ts";
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
  const closed = action.name === "create" && bringsClosed(schema, table);
  const refused = problems.of({
    action: action.name,
    nested,
    closed,
    requiresIfMatch: changes && table.requiresIfMatch,
    hooked: action.access !== "read" && meetsHooks(schema, table, action.name === "create"),
  });
  return { operationId: id.join("."), tags: [parent.path], ...rest, responses: { ...success, ...refused } };
}

/** Whether rows that could stand in the body are of a table that callers may read, and not create. */
function bringsClosed(schema: SchemaModel, table: TableModel): boolean {
  return [...table.relations.values()].some((relation) => {
    const { rules, view } = tableOf(schema, relation.table);
    return relation.many && view === undefined && isOpen(rules.read) && !isOpen(rules.create);
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

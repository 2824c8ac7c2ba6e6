import { columnOf, type RelationModel, type SchemaModel, type TableModel } from "../../schema/model.ts";
import type { Route } from "../route.ts";
import { type DocumentPart, pathTable, plainName, refTo } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { listParameters, shapeParameters } from "./table-parameters.ts";
import { json } from "./table-responses.ts";
import { nestedBody } from "./table-schemas.ts";

/** A route of a table with everything that describing it needs. */
interface TableRoute {
  readonly schema: SchemaModel;
  readonly route: Route;
  readonly table: TableModel;
  /** The name of the table's schemas in `components`. */
  readonly name: string;
}

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
  const refused = problems.of({ action: action.name, nested, requiresIfMatch: changes && table.requiresIfMatch });
  return { operationId: id.join("."), tags: [parent.path], ...rest, responses: { ...success, ...refused } };
}

interface Described extends DocumentPart {
  readonly success: DocumentPart;
}

function describeAction(given: TableRoute): Described | undefined {
  switch (given.route.action.name) {
    case "list":
      return describeList(given);
    case "read":
      return describeRead(given);
    case "create":
      return describeCreate(given);
    case "update":
      return describeChange(given, `Change a row of ${given.table.path}`);
    case "replace":
      return describeChange(given, `Replace a row of ${given.table.path}`);
    case "delete":
      return describeDelete(given);
    default:
      return undefined;
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

function describeCreate({ schema, route, table, name }: TableRoute): Described {
  const { relation } = route;
  const body =
    relation === undefined
      ? refTo("schemas", `${name}.create`)
      : nestedBody(schema, table, columnOf(table, relation.foreign));
  const hint =
    relation === undefined
      ? {}
      : { description: `${relation.foreign} comes from the path; if it is sent, it must be equal.` };
  return {
    summary: `Create a row of ${inWhat(relation, table)}`,
    ...hint,
    parameters: [refTo("parameters", `${name}.fields`), refTo("parameters", "If-None-Match")],
    requestBody: { required: true, content: json(body) },
    success: { 201: refTo("responses", `${name}.created`) },
  };
}

function describeChange({ route, table, name }: TableRoute, summary: string): Described {
  const isPatch = route.action.name === "update";
  const schema = refTo("schemas", `${name}.${route.action.name}`);
  const patch = isPatch ? { "application/merge-patch+json": { schema } } : {};
  return {
    summary,
    description: isPatch
      ? "Changes the columns that are sent and no other."
      : "A column that is left out takes its default, or null.",
    parameters: [refTo("parameters", `${name}.fields`), ...conditions(table)],
    requestBody: { required: true, content: { ...json(schema), ...patch } },
    success: { 200: refTo("responses", `${name}.changed`) },
  };
}

function describeDelete({ table }: TableRoute): Described {
  return {
    summary: `Delete a row of ${table.path}`,
    parameters: conditions(table),
    success: { 204: refTo("responses", "deleted") },
  };
}

function conditions(table: TableModel): DocumentPart[] {
  return [
    refTo("parameters", table.requiresIfMatch ? "If-Match.required" : "If-Match"),
    refTo("parameters", "If-None-Match"),
  ];
}

function inWhat(relation: RelationModel | undefined, table: TableModel): string {
  return relation === undefined || relation.name === table.path ? table.path : `${table.path} as ${relation.name}`;
}

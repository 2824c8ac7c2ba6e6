import { columnOf, type RelationModel, type SchemaModel, type TableModel } from "../../schema/model.ts";
import { MAX_LIMIT } from "../../validation/limits.ts";
import type { Route } from "../route.ts";
import { type DocumentPart, pathTable, plainName, refTo } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { headers } from "./shared-components.ts";
import { nestedBody } from "./table-schemas.ts";
import { listParameters, shapeParameters } from "./table-parameters.ts";

/** A route of a table with everything that describing it needs. */
interface TableRoute {
  readonly schema: SchemaModel;
  readonly route: Route;
  readonly table: TableModel;
  /** The name of the table's schemas in `components`. */
  readonly name: string;
}

/** Describes a route of a table, or answers undefined where the action is not one of those. */
export function tableOperation(schema: SchemaModel, route: Route, problems: ProblemResponses): DocumentPart | undefined {
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
  const rows = { type: "array", items: refTo("schemas", name), maxItems: MAX_LIMIT };
  return {
    summary: `List ${inWhat(route.relation, table)}`,
    parameters: listParameters(schema, table),
    success: { 200: { description: "The rows, as an array.", headers: headers("Link", "X-Total-Count"), content: json(rows) } },
  };
}

function describeRead({ schema, table, name }: TableRoute): Described {
  return {
    summary: `Read a row of ${table.path}`,
    parameters: [...shapeParameters(schema, table), refTo("parameters", "If-None-Match.read")],
    success: {
      200: { description: "The row.", headers: headers("ETag"), content: json(refTo("schemas", name)) },
      304: { description: "You have the row as it is.", headers: headers("ETag") },
    },
  };
}

function describeCreate({ schema, route, table, name }: TableRoute): Described {
  const { relation } = route;
  const body = relation === undefined ? refTo("schemas", `${name}.create`) : nestedBody(schema, table, columnOf(table, relation.foreign));
  const hint = relation === undefined ? {} : { description: `${relation.foreign} comes from the path; if it is sent, it must be equal.` };
  return {
    summary: `Create a row of ${inWhat(relation, table)}`,
    ...hint,
    parameters: [refTo("parameters", `${name}.fields`), refTo("parameters", "If-None-Match")],
    requestBody: { required: true, content: json(body) },
    success: { 201: { description: "The new row.", headers: headers("Location", "ETag"), content: json(refTo("schemas", `${name}.written`)) } },
  };
}

function describeChange({ route, table, name }: TableRoute, summary: string): Described {
  const isPatch = route.action.name === "update";
  const schema = refTo("schemas", `${name}.${route.action.name}`);
  const patch = isPatch ? { "application/merge-patch+json": { schema } } : {};
  return {
    summary,
    description: isPatch ? "Changes the columns that are sent and no other." : "A column that is left out takes its default, or null.",
    parameters: [refTo("parameters", `${name}.fields`), ...conditions(table)],
    requestBody: { required: true, content: { ...json(schema), ...patch } },
    success: { 200: { description: "The row as it is now.", headers: headers("ETag"), content: json(refTo("schemas", `${name}.written`)) } },
  };
}

function describeDelete({ table }: TableRoute): Described {
  return {
    summary: `Delete a row of ${table.path}`,
    parameters: conditions(table),
    success: { 204: { description: "The row is gone.", headers: headers() } },
  };
}

function conditions(table: TableModel): DocumentPart[] {
  return [refTo("parameters", table.requiresIfMatch ? "If-Match.required" : "If-Match"), refTo("parameters", "If-None-Match")];
}

function inWhat(relation: RelationModel | undefined, table: TableModel): string {
  return relation === undefined || relation.name === table.path ? table.path : `${table.path} as ${relation.name}`;
}

function json(schema: DocumentPart): DocumentPart {
  return { "application/json": { schema } };
}

import { choiceName, conflictChoices } from "../../schema/conflict-choices.ts";
import type { TableModel } from "../../schema/model.ts";
import { BULK_ROWS, IMPORT_ROWS, NESTED_DEPTH } from "../../validation/limits.ts";
import { childrenOf, type DocumentPart, refTo } from "./names.ts";
import { type Described, inWhat, type TableRoute } from "./table-route.ts";
import { selectionParameters } from "./table-parameters.ts";
import { json, oneOrMany } from "./table-responses.ts";
import { belowName } from "./table-schemas.ts";

const KEY = refTo("parameters", "Idempotency-Key");

/** Describes a route that writes, or answers undefined where the action is not one of those. */
export function describeWrite(given: TableRoute): Described | undefined {
  const { table, route } = given;
  switch (route.action.name) {
    case "create":
      return describeCreate(given);
    case "upsert":
      return describeUpsert(given);
    case "update":
      return describeChange(given, `Change a row of ${table.path}`);
    case "replace":
      return describeChange(given, `Replace a row of ${table.path}`);
    case "updateMany":
      return describeChanges(given);
    case "delete":
      return describeDelete(given);
    case "deleteMany":
      return describeDeletes(given);
    default:
      return undefined;
  }
}

function describeCreate({ schema, route, table, name }: TableRoute): Described {
  const { relation } = route;
  const row = refTo("schemas", relation === undefined ? `${name}.create` : belowName(table, relation.foreign));
  const children = childrenOf(schema, table).map((child) => child.name);
  const hints = [
    `One row, or a list of at most ${BULK_ROWS} rows: all or none.`,
    ...(relation === undefined ? [] : [`${relation.foreign} comes from the path; if it is sent, it must be equal.`]),
    ...(children.length === 0
      ? []
      : [
          `Rows of ${children.join(", ")} may come along, at most ${NESTED_DEPTH} levels deep; they take their reference from the row they stand in.`,
        ]),
  ];
  return {
    summary: `Create a row of ${inWhat(relation, table)}, or several`,
    description: hints.join(" "),
    parameters: [refTo("parameters", `${name}.fields`), refTo("parameters", "If-None-Match"), KEY],
    requestBody: { required: true, content: { ...json(oneOrMany(row)), ...rowsBody } },
    success: { 201: refTo("responses", `${name}.created`) },
  };
}

/** Bodies of many rows, all written or none. */
const rowsBody: DocumentPart = {
  "application/x-ndjson": {
    schema: { type: "string", description: `On each line the JSON object of a row; at most ${IMPORT_ROWS}.` },
  },
  "text/csv": {
    schema: {
      type: "string",
      description: `A line with the names of columns, then a line a row; at most ${IMPORT_ROWS}.`,
    },
  },
};

function describeUpsert({ table, name }: TableRoute): Described {
  const choices = conflictChoices(table).map(choiceName);
  const conflict = {
    name: "on_conflict",
    in: "query",
    required: true,
    schema: { type: "string", enum: choices },
    description: "The columns by which a row is found that is there already.",
  };
  return {
    summary: `Create rows of ${table.path}, or replace those that are there`,
    description: `One row, or a list of at most ${BULK_ROWS} rows: all or none. A column that is left out takes its default, or null.`,
    parameters: [conflict, refTo("parameters", `${name}.fields`), KEY],
    requestBody: { required: true, content: json(oneOrMany(refTo("schemas", `${name}.upsert`))) },
    success: { 200: refTo("responses", `${name}.upserted`), 201: refTo("responses", `${name}.inserted`) },
  };
}

function describeChange({ route, table, name }: TableRoute, summary: string): Described {
  const isPatch = route.action.name === "update";
  const description = isPatch
    ? "Changes the columns that are sent and no other."
    : "A column that is left out takes its default, or null.";
  return {
    summary,
    description,
    parameters: [refTo("parameters", `${name}.fields`), ...conditions(table), KEY],
    requestBody: { required: true, content: changeContent(name, isPatch ? "update" : "replace") },
    success: { 200: refTo("responses", `${name}.changed`) },
  };
}

function describeChanges({ table, name }: TableRoute): Described {
  return {
    summary: `Change all rows of ${table.path} that conditions select`,
    description: `At least one condition, at most ${BULK_ROWS} rows: all or none.`,
    parameters: [...selectionParameters(table), refTo("parameters", `${name}.fields`), KEY],
    requestBody: { required: true, content: changeContent(name, "update") },
    success: { 200: refTo("responses", `${name}.changed.all`) },
  };
}

function changeContent(name: string, body: "update" | "replace"): DocumentPart {
  const schema = refTo("schemas", `${name}.${body}`);
  return { ...json(schema), ...(body === "update" ? { "application/merge-patch+json": { schema } } : {}) };
}

function describeDelete({ table }: TableRoute): Described {
  return {
    summary: `Delete a row of ${table.path}`,
    parameters: [...conditions(table), KEY],
    success: { 204: refTo("responses", "deleted") },
  };
}

function describeDeletes({ table }: TableRoute): Described {
  return {
    summary: `Delete all rows of ${table.path} that conditions select`,
    description: `At least one condition, at most ${BULK_ROWS} rows: all or none.`,
    parameters: [...selectionParameters(table), KEY],
    success: { 204: refTo("responses", "deleted.all") },
  };
}

function conditions(table: TableModel): DocumentPart[] {
  return [
    refTo("parameters", table.requiresIfMatch ? "If-Match.required" : "If-Match"),
    refTo("parameters", "If-None-Match"),
  ];
}

import type { CallModel, ShapeModel } from "../../schema/call-model.ts";
import { JSON_TYPE } from "../../schema/call-model.ts";
import { columnOf, isRequired, type SchemaModel, type TableModel } from "../../schema/model.ts";
import type { JsonSchema } from "../../schema/stored.ts";
import { bodySchema } from "../../validation/row-schema.ts";
import { inputSchema, outputSchema } from "./column-schema.ts";
import { type DocumentPart, plainName, securityOf } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { headers } from "./shared-components.ts";

/** Describes a route of the application's own code. */
export function callOperation(schema: SchemaModel, call: CallModel, problems: ProblemResponses): DocumentPart {
  const { summary, description, method } = call;
  const readsBody = method !== "GET" && method !== "DELETE";
  const query = queryParameters(schema, call.query);
  return {
    operationId: operationId(call),
    tags: [callTag(call)],
    summary: summary ?? call.title,
    ...(description === undefined ? {} : { description }),
    ...(query.length === 0 ? {} : { parameters: query }),
    ...(readsBody ? { requestBody: requestBody(schema, call.body) } : {}),
    ...securityOf(schema, [call.allow]),
    responses: {
      ...successes(schema, call),
      ...problems.of({ action: readsBody ? "call-with-body" : "call", nested: false, requiresIfMatch: false }),
    },
  };
}

/** The parameters of the path, in its order. */
export function callParameters(schema: SchemaModel, call: CallModel): DocumentPart[] {
  const { params } = call;
  return call.parameters.map(({ name }) => {
    const described = params === undefined ? undefined : memberSchemas(schema, params)?.[name];
    return { name, in: "path", required: true, schema: described ?? { type: "string" } };
  });
}

/** The heading that a route stands under: that of the table with its first word, where there is one. */
export function callTag({ pattern }: CallModel): string {
  const [first = "", second = ""] = pattern.split("/").slice(1);
  const word = first === "api" ? second : first;
  return word === "" || word.startsWith("{") ? "routes" : word;
}

function operationId({ method, pattern }: CallModel): string {
  const parts = pattern
    .split("/")
    .slice(1)
    // A parameter is told apart from a word that looks like it.
    .map((part) => (part.startsWith("{") ? `by-${part.slice(1, -1)}` : plainName(part).replace(/^by-/, "by.2D")));
  return ["call", method.toLowerCase(), ...parts].join(".");
}

function requestBody(schema: SchemaModel, body: ShapeModel | undefined): DocumentPart {
  const described = body === undefined ? {} : body.is === "columns" ? columnsInput(schema, body.table) : body.input;
  // A validator may take the absence of a body too; it does not say so.
  return { required: body?.is === "columns", content: { [JSON_TYPE]: { schema: described } } };
}

function queryParameters(schema: SchemaModel, query: ShapeModel | undefined): DocumentPart[] {
  if (query === undefined) return [];
  const members = memberSchemas(schema, query);
  if (members === undefined) {
    const any = { type: "object", additionalProperties: { type: "string" } };
    return [{ name: "query", in: "query", style: "form", explode: true, schema: any }];
  }
  const required =
    query.is === "columns"
      ? query.table.columns.filter(isRequired).map(({ name }) => name)
      : ((query.input["required"] as readonly string[] | undefined) ?? []);
  return Object.entries(members).map(([name, member]) => ({
    name,
    in: "query",
    ...(required.includes(name) ? { required: true } : {}),
    schema: member,
  }));
}

function memberSchemas(schema: SchemaModel, shape: ShapeModel): Readonly<Record<string, JsonSchema>> | undefined {
  const whole = shape.is === "columns" ? columnsInput(schema, shape.table) : shape.input;
  return whole["properties"] as Record<string, JsonSchema> | undefined;
}

function successes(schema: SchemaModel, call: CallModel): DocumentPart {
  const { answer, type } = call;
  const own = Object.fromEntries(call.headers.map((name) => [name, { schema: { type: "string" } }]));
  const body = answer === undefined ? {} : answerSchema(schema, answer);
  const content = { [type]: { schema: type === JSON_TYPE ? body : { type: "string" } } };
  const creates = call.method === "POST" || call.method === "PUT" || call.method === "PATCH";
  return {
    200: { description: "The answer.", headers: { ...headers(), ...own }, content },
    ...(creates
      ? { 201: { description: "It was created.", headers: { ...headers("Location"), ...own }, content } }
      : {}),
    ...(answer === undefined ? { 204: { description: "It is done.", headers: { ...headers(), ...own } } } : {}),
  };
}

function answerSchema(schema: SchemaModel, { shape, list }: NonNullable<CallModel["answer"]>): JsonSchema {
  const one = shape.is === "columns" ? columnsOutput(schema, shape.table) : shape.output;
  return list ? { type: "array", items: one } : one;
}

function columnsInput(schema: SchemaModel, table: TableModel): JsonSchema {
  const checked = bodySchema(table, "create");
  const properties = Object.entries(checked["properties"] as Record<string, JsonSchema>).map(
    ([name, value]) => [name, inputSchema(schema, columnOf(table, name), { schema: value, fixed: false })] as const,
  );
  return { ...checked, properties: Object.fromEntries(properties) };
}

/** Every column is there: what the code left out has its default or null. */
function columnsOutput(schema: SchemaModel, table: TableModel): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(table.columns.map((column) => [column.name, outputSchema(schema, column)])),
    required: table.columns.map(({ name }) => name),
    additionalProperties: false,
  };
}

import { type ColumnModel, columnOf, type TableModel, tableOf } from "../../schema/model.ts";
import type { JsonSchema } from "../../schema/stored.ts";
import { BULK_ROWS, INCLUDE_MAX_LIMIT } from "../../validation/limits.ts";
import { bodySchema, type BodyUse } from "../../validation/row-schema.ts";
import { takesIncrement } from "../../validation/split-body.ts";
import { inputSchema, outputSchema } from "./column-schema.ts";
import type { DescribedSchema } from "./described.ts";
import { withDocument } from "./document-schema.ts";
import { childrenOf, isOpen, isPartial, plainName, refTo } from "./names.ts";

/** The schemas of a table: its rows as reads and as writes answer them, and the bodies of writes. Only those that a shown route uses. */
export function tableSchemas(schema: DescribedSchema, table: TableModel): Record<string, JsonSchema> {
  const name = plainName(table.path);
  const { read, create, update } = table.rules;
  return {
    ...(isOpen(read) ? { [name]: readRow(schema, table), [`${name}.group`]: groupOf(table) } : {}),
    ...(isOpen(create) || isOpen(update) ? { [`${name}.written`]: writtenRow(schema, table) } : {}),
    ...(isOpen(create) ? createSchemas(schema, table) : {}),
    ...(isOpen(create) || isOpen(update) ? { [`${name}.upsert`]: body(schema, table, "create") } : {}),
    ...(isOpen(update)
      ? { [`${name}.update`]: updateBody(schema, table), [`${name}.replace`]: body(schema, table, "replace") }
      : {}),
  };
}

/** The body of a new row with the rows that may come along, the same below each parent, and what it answers. */
function createSchemas(schema: DescribedSchema, table: TableModel): Record<string, JsonSchema> {
  const name = plainName(table.path);
  const children = childrenOf(schema, table).map((relation) => ({
    relation: relation.name,
    body: belowName(tableOf(schema, relation.table), relation.foreign),
    row: `${plainName(tableOf(schema, relation.table).path)}.${childrenOf(schema, tableOf(schema, relation.table)).length === 0 ? "written" : "made"}`,
  }));
  const lists = (part: "body" | "row"): Record<string, JsonSchema> =>
    Object.fromEntries(
      children.map((child) => [
        child.relation,
        { type: "array", items: refTo("schemas", child[part]), maxItems: BULK_ROWS },
      ]),
    );
  const row = body(schema, table, "create");
  const whole = { ...row, properties: { ...(row["properties"] as object), ...lists("body") } };
  const written = writtenRow(schema, table);
  const references = bodyOf(schema, table).columns.filter((column) => column.references !== undefined);
  return {
    [`${name}.create`]: whole,
    ...(children.length === 0
      ? {}
      : { [`${name}.made`]: { ...written, properties: { ...(written["properties"] as object), ...lists("row") } } }),
    ...Object.fromEntries(references.map((column) => [belowName(table, column.name), without(whole, column)] as const)),
  };
}

/** The name of the body of a row that stands below the one it refers to with this column. */
export function belowName(table: TableModel, reference: string): string {
  return `${plainName(table.path)}.create.${plainName(reference)}`;
}

/** A body without the column that the parent gives. */
function without(whole: JsonSchema, given: ColumnModel): JsonSchema {
  return { ...whole, required: (whole["required"] as readonly string[]).filter((column) => column !== given.name) };
}

/** The body of a PATCH: a number may also be added to what is stored. */
function updateBody(schema: DescribedSchema, table: TableModel): JsonSchema {
  const whole = body(schema, table, "update");
  const properties = Object.entries(whole["properties"] as Record<string, JsonSchema>).map(([name, value]) => {
    const column = bodyOf(schema, table).column.get(name);
    const operand = column === undefined ? undefined : operandSchema(column);
    return [name, operand === undefined ? value : { anyOf: [value, operand] }] as const;
  });
  return { ...whole, properties: Object.fromEntries(properties) };
}

function operandSchema(column: ColumnModel): JsonSchema | undefined {
  if (!takesIncrement(column)) return undefined;
  const types = { integer: "integer", real: "number", decimal: ["string", "number"], bigint: ["string", "integer"] };
  const type = types[column.kind.storage.as as keyof typeof types];
  return {
    type: "object",
    properties: { increment: { type } },
    required: ["increment"],
    additionalProperties: false,
    description: "Adds to what is stored; a missing value counts as zero.",
  };
}

/** `fields` may leave any column out, so none is required; what is there is a column or a relation. */
function readRow(schema: DescribedSchema, table: TableModel): JsonSchema {
  const row = writtenRow(schema, table);
  return {
    ...row,
    minProperties: 1,
    description: `A ${table.document === undefined ? "row" : "document"} of ${table.path}. \`fields\` chooses columns, \`include\` adds relations.`,
    properties: { ...(row["properties"] as object), ...relationSchemas(schema, table) },
  };
}

/** One object of an aggregate: its numbers, and what it is grouped by. */
function groupOf(table: TableModel): JsonSchema {
  return {
    type: "object",
    description: `A group of rows of ${table.path}: what \`aggregate\` and \`group_by\` name.`,
    // A column that is called like this may be grouped by.
    ...(table.column.has("count") ? {} : { properties: { count: { type: "integer", minimum: 0 } } }),
    minProperties: 1,
    // What a document has at the end of a path may be anything.
    additionalProperties: table.document === undefined ? { type: ["string", "number", "boolean", "null"] } : true,
  };
}

/** A row and the body that makes one, each a schema by itself. */
export function rowSchemas(
  schema: DescribedSchema,
  table: TableModel,
): { readonly row: JsonSchema; readonly create: JsonSchema | null } {
  return { row: writtenRow(schema, table), create: isOpen(table.rules.create) ? body(schema, table, "create") : null };
}

function writtenRow(schema: DescribedSchema, table: TableModel): JsonSchema {
  return {
    type: "object",
    description: `A ${table.document === undefined ? "row" : "document"} of ${table.path}. \`fields\` chooses columns.`,
    properties: Object.fromEntries(table.shown.map((column) => [column.name, outputSchema(schema, column)])),
    // A row that its writer may not read is answered without members.
    ...(isPartial(table.rules.read) ? {} : { minProperties: 1 }),
    additionalProperties: table.document !== undefined,
  };
}

/** What `include` may add. A relation to a table that nobody reads does not exist for callers. */
function relationSchemas(schema: DescribedSchema, table: TableModel): Record<string, JsonSchema> {
  const members: Record<string, JsonSchema> = {};
  for (const relation of table.relations.values()) {
    const target = tableOf(schema, relation.table);
    if (!isOpen(target.rules.read)) continue;
    const row = refTo("schemas", plainName(target.path));
    const count = `${relation.name}_count`;
    members[relation.name] = relation.many
      ? { type: "array", items: row, maxItems: INCLUDE_MAX_LIMIT }
      : { anyOf: [row, { type: "null" }] };
    if (relation.many && !table.column.has(count) && !table.computed.has(count) && !table.relations.has(count))
      members[count] = { type: "integer", minimum: 0 };
  }
  return members;
}

function bodyOf(schema: DescribedSchema, table: TableModel): TableModel {
  return schema.bodies.get(table.name) ?? table;
}

function body(schema: DescribedSchema, table: TableModel, use: Exclude<BodyUse, "seed">): JsonSchema {
  const given = bodyOf(schema, table);
  const checked = bodySchema(given, use);
  const properties = Object.entries(checked["properties"] as Record<string, JsonSchema>);
  const columns = {
    ...checked,
    properties: Object.fromEntries(
      properties.map(([name, value]) => {
        const column = columnOf(given, name);
        const fixed = use !== "create" && column.role === "key";
        const { default: preset, ...property } = inputSchema(schema, column, { schema: value, fixed });
        // A default belongs to a column that is left out: PATCH leaves such a column as it is.
        return [name, use === "update" || preset === undefined ? property : { ...property, default: preset }];
      }),
    ),
  };
  return given.document === undefined ? columns : withDocument(columns, given.document, use);
}

import { type ColumnModel, columnOf, type SchemaModel, type TableModel, tableOf } from "../../schema/model.ts";
import type { JsonSchema } from "../../schema/stored.ts";
import { INCLUDE_MAX_LIMIT } from "../../validation/limits.ts";
import { bodySchema, type BodyUse } from "../../validation/row-schema.ts";
import { inputSchema, outputSchema } from "./column-schema.ts";
import { isOpen, plainName, refTo } from "./names.ts";

/** The schemas of a table: its rows as reads and as writes answer them, and the bodies of writes. Only those that a shown route uses. */
export function tableSchemas(schema: SchemaModel, table: TableModel): Record<string, JsonSchema> {
  const name = plainName(table.path);
  const { read, create, update } = table.rules;
  return {
    ...(isOpen(read) ? { [name]: readRow(schema, table) } : {}),
    ...(isOpen(create) || isOpen(update) ? { [`${name}.written`]: writtenRow(schema, table) } : {}),
    ...(isOpen(create) ? { [`${name}.create`]: body(schema, table, "create") } : {}),
    ...(isOpen(update)
      ? { [`${name}.update`]: body(schema, table, "update"), [`${name}.replace`]: body(schema, table, "replace") }
      : {}),
  };
}

/** A body without the column that a nested path gives. */
export function nestedBody(schema: SchemaModel, table: TableModel, fromPath: ColumnModel): JsonSchema {
  const whole = body(schema, table, "create");
  return { ...whole, required: (whole["required"] as readonly string[]).filter((column) => column !== fromPath.name) };
}

/** `fields` may leave any column out, so none is required; what is there is a column or a relation. */
function readRow(schema: SchemaModel, table: TableModel): JsonSchema {
  const row = writtenRow(schema, table);
  return {
    ...row,
    description: `A row of ${table.path}. \`fields\` chooses columns, \`include\` adds relations.`,
    properties: { ...(row["properties"] as object), ...relationSchemas(schema, table) },
  };
}

function writtenRow(schema: SchemaModel, table: TableModel): JsonSchema {
  return {
    type: "object",
    description: `A row of ${table.path}. \`fields\` chooses columns.`,
    properties: Object.fromEntries(table.columns.map((column) => [column.name, outputSchema(schema, column)])),
    minProperties: 1,
    additionalProperties: false,
  };
}

/** What `include` may add. A relation to a table that nobody reads does not exist for callers. */
function relationSchemas(schema: SchemaModel, table: TableModel): Record<string, JsonSchema> {
  const members: Record<string, JsonSchema> = {};
  for (const relation of table.relations.values()) {
    const target = tableOf(schema, relation.table);
    if (!isOpen(target.rules.read)) continue;
    const row = refTo("schemas", plainName(target.path));
    const count = `${relation.name}_count`;
    members[relation.name] = relation.many
      ? { type: "array", items: row, maxItems: INCLUDE_MAX_LIMIT }
      : { anyOf: [row, { type: "null" }] };
    if (relation.many && !table.column.has(count) && !table.relations.has(count))
      members[count] = { type: "integer", minimum: 0 };
  }
  return members;
}

function body(schema: SchemaModel, table: TableModel, use: Exclude<BodyUse, "seed">): JsonSchema {
  const checked = bodySchema(table, use);
  const properties = Object.entries(checked["properties"] as Record<string, JsonSchema>);
  return {
    ...checked,
    properties: Object.fromEntries(
      properties.map(([name, value]) => {
        const column = columnOf(table, name);
        const fixed = use !== "create" && column.role === "key";
        const { default: preset, ...property } = inputSchema(schema, column, { schema: value, fixed });
        // A default belongs to a column that is left out: PATCH leaves such a column as it is.
        return [name, use === "update" || preset === undefined ? property : { ...property, default: preset }];
      }),
    ),
  };
}

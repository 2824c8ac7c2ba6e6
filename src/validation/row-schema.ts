import { type ColumnModel, isRequired, isWritable, type TableModel } from "../schema/model.ts";
import type { JsonSchema } from "../schema/stored.ts";

export type BodyUse = "create" | "update" | "replace" | "seed";

/**
 * The JSON Schema of a body. Columns that the server fills are left out of a body that creates; in one
 * that changes they may stand, since a client that sends back what it read is not wrong. The first rows
 * of a new database may set the key and the times, but nothing that is computed.
 */
export function bodySchema(table: TableModel, use: BodyUse): JsonSchema {
  // What stands in a document is checked by itself.
  const columns = table.columns
    .filter(({ role }) => role !== "document")
    .filter((column) => (use === "create" ? isSendable(column) : use !== "seed" || isSeedable(column)));
  return {
    type: "object",
    properties: Object.fromEntries(columns.map((column) => [column.name, valueSchema(column)])),
    required:
      use === "update"
        ? []
        : table.columns
            .filter((column) => isRequired(column) && (use !== "replace" || column.role !== "key"))
            .map((column) => column.name),
    additionalProperties: false,
  };
}

/** Whether a body that creates a row may hold the column: an owner may be sent, if it is the caller. */
export function isSendable(column: ColumnModel): boolean {
  return isWritable(column) || column.role === "owner";
}

/** Whether rows that the server itself writes may hold the column. */
export function isSeedable(column: ColumnModel): boolean {
  return column.role !== "filled";
}

/** What a body may hold for a column: null too where the column is optional. */
function valueSchema(column: ColumnModel): JsonSchema {
  const { input } = column.kind;
  return column.optional ? orNull(input) : input;
}

/** What an answer holds for a column. */
export function answerSchema(column: ColumnModel): JsonSchema {
  if (column.adopted !== undefined) return orNull(adoptedOutput(column));
  return column.optional ? orNull(column.kind.output) : column.kind.output;
}

/** What lies in an adopted file was never held to a length or a pattern, and is answered as it is. */
function adoptedOutput({ kind: { output, storage } }: ColumnModel): JsonSchema {
  if (storage.as !== "text") return output;
  const { maxLength: _, format: __, pattern: ___, ...rest } = output;
  return rest;
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  // Not anyOf: of two failures the one about null would be told.
  if (type === undefined) return { if: { type: "null" }, else: schema };
  const values = Array.isArray(schema["enum"]) ? { enum: [...schema["enum"], null] } : {};
  return { ...schema, type: [...(Array.isArray(type) ? type : [type]), "null"], ...values };
}

import type { ColumnModel } from "../../schema/model.ts";
import type { JsonSchema } from "../../schema/stored.ts";
import type { BodyUse } from "../../validation/row-schema.ts";

/** The body of a collection: its columns, and beside them what the document is to be, as far as a schema says it by members. */
export function withDocument(columns: JsonSchema, { kind }: ColumnModel, use: BodyUse): JsonSchema {
  const open = { ...columns, additionalProperties: true };
  if (use === "update")
    return {
      ...open,
      description: "A merge patch (RFC 7396) for the document: null removes a member, objects are merged.",
    };
  const { properties, required, additionalProperties } = kind.input;
  // What a reference of it names, nobody would find in this document.
  if (typeof properties !== "object" || JSON.stringify(kind.input).includes('"$ref"')) return open;
  return {
    ...columns,
    properties: { ...properties, ...(columns["properties"] as object) },
    required: [...(columns["required"] as string[]), ...(Array.isArray(required) ? (required as string[]) : [])],
    additionalProperties: additionalProperties !== false,
  };
}

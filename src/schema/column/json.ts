import { Column, type Plain } from "../column.ts";
import {
  isStandardSchema,
  jsonSchemaOf,
  type StandardInput,
  type StandardOutput,
  type StandardSchema,
} from "../standard-schema.ts";
import type { Json, JsonSchema } from "../stored.ts";

/**
 * Any JSON value, or one that a JSON Schema (2020-12) or a validator of Zod, Valibot or ArkType accepts: then what the
 * validator makes of it is stored. It can be filtered by `null` alone.
 */
export function json<const Schema extends StandardSchema>(
  schema: Schema,
): Column<StandardOutput<Schema>, StandardInput<Schema>, Plain, "opaque">;
export function json<Value = Json>(schema?: JsonSchema): Column<Value, Value, Plain, "opaque">;
export function json(schema: JsonSchema | StandardSchema = {}): Column<unknown, unknown, Plain, "opaque"> {
  const standard = isStandardSchema(schema);
  const told = standard ? jsonSchemaOf(schema, "output") : (schema as JsonSchema);
  return new Column({
    name: "json",
    storage: { as: "json" },
    // What a validator says as JSON Schema is for the documentation: the validator itself decides.
    input: standard ? { cleanText: true } : { allOf: [told], cleanText: true },
    output: told,
    typescript: "unknown",
    textual: false,
    ordered: false,
    expects: "a JSON value",
    store: (value) => JSON.stringify(value),
    parse: () => undefined,
    ...(standard ? { standard: schema } : {}),
  });
}

import type { Kind } from "../kind.ts";
import type { MemberModel } from "../model.ts";
import { isStandardSchema, jsonSchemaOf, type StandardSchema } from "../standard-schema.ts";
import type { JsonSchema } from "../stored.ts";
import { real } from "./real.ts";
import { textKind } from "./text.ts";

/** Bytes of one document as the database holds it, also when it has become what many small changes made of it. */
export const DOCUMENT_BYTES = 1_048_576;

/** The kind of the column that holds the documents of a collection. */
export function documentKind(schema: JsonSchema | StandardSchema | undefined): Kind {
  const told = isStandardSchema(schema) ? jsonSchemaOf(schema, "output") : (schema ?? {});
  const object: JsonSchema = { ...told, type: "object" };
  return {
    name: "document",
    storage: { as: "json", object: { bytes: DOCUMENT_BYTES } },
    input: isStandardSchema(schema) ? { ...jsonSchemaOf(schema, "input"), type: "object" } : object,
    output: object,
    typescript: "{ [member: string]: unknown }",
    textual: false,
    ordered: false,
    expects: `an object of at most ${DOCUMENT_BYTES} bytes`,
    store: (value) => JSON.stringify(value),
    parse: () => undefined,
  };
}

const numberKind = real().spec.kind as Kind;

/** The kind of what a document has at the end of a path. A text of any length is one. */
export function memberKind(as: MemberModel["as"]): Kind {
  if (as === "number") return numberKind;
  const text = textKind("longText", DOCUMENT_BYTES, 0);
  if (as === "text") return text;
  return { ...text, name: "member", storage: { as: "json" }, output: {}, typescript: "unknown", textual: false };
}

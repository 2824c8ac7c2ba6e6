import { createHash } from "node:crypto";
import { canonicalSchema, type StoredSchema } from "../../schema/stored-schema.ts";

/** Letters of a hash: 64 bits tell apart the few schemas of one application. */
const HASH_LETTERS = 16;

/** The schema of a database without tables. */
export const emptySchema: StoredSchema = { tables: [], views: [] };

/** What names a schema in a migration file: equal schemas have equal ones, in whatever order they are written. */
export function schemaHash(schema: StoredSchema): string {
  return createHash("sha256").update(canonicalSchema(schema)).digest("hex").slice(0, HASH_LETTERS);
}

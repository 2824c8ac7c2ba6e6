import type { StoredSchema } from "../../schema/stored-schema.ts";
import { viewStatement } from "./create-view.ts";
import { tableStatements } from "./dialect.ts";

/** The statements that make a whole schema in an empty database, the views last. */
export function schemaStatements(schema: StoredSchema): string[] {
  return [...schema.tables.flatMap((table) => tableStatements(table)), ...schema.views.map(viewStatement)];
}

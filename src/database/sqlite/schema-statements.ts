import type { StoredSchema } from "../../schema/stored-schema.ts";
import { sqliteDialect } from "./dialect.ts";
import { quoteName } from "./quote-name.ts";

/** The statements that make a whole schema in an empty database, the views last. */
export function schemaStatements(schema: StoredSchema): string[] {
  return [
    ...schema.tables.flatMap((table) => sqliteDialect.createTable(table)),
    // A comment at the end of the query must not swallow what follows.
    ...schema.views.map(({ name, query }) => `CREATE VIEW ${quoteName(name)} AS\n${query}\n`),
  ];
}

import type { TableModel } from "../../schema/model.ts";
import { MAX_LIMIT } from "../../validation/limits.ts";
import { type DocumentPart, plainName, refTo } from "./names.ts";
import { headers } from "./shared-components.ts";

/** What the routes of a table answer when all goes well; a nested route answers what the table's own does. */
export function tableResponses(table: TableModel): Record<string, DocumentPart> {
  const name = plainName(table.path);
  const rows = { type: "array", items: refTo("schemas", name), maxItems: MAX_LIMIT };
  const written = refTo("schemas", `${name}.written`);
  return {
    [`${name}.rows`]: { description: "The rows.", headers: headers("Link", "X-Total-Count"), content: json(rows) },
    [`${name}.row`]: { description: "The row.", headers: headers("ETag"), content: json(refTo("schemas", name)) },
    [`${name}.created`]: { description: "The new row.", headers: headers("Location", "ETag"), content: json(written) },
    [`${name}.changed`]: { description: "The row as it is now.", headers: headers("ETag"), content: json(written) },
  };
}

/** What has no body, and so no table. */
export const emptyResponses: Readonly<Record<string, DocumentPart>> = {
  deleted: { description: "The row is gone.", headers: headers() },
  unchanged: { description: "You have the row as it is.", headers: headers("ETag") },
};

export function json(schema: DocumentPart): DocumentPart {
  return { "application/json": { schema } };
}

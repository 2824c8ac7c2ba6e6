import type { SchemaModel, TableModel } from "../../schema/model.ts";
import { BULK_ROWS, MAX_LIMIT } from "../../validation/limits.ts";
import { childrenOf, type DocumentPart, isPartial, plainName, refTo } from "./names.ts";
import { headers } from "./shared-components.ts";

const REPLAYED = "Idempotency-Replayed";

/** What the routes of a table answer when all goes well; a nested route answers what the table's own does. */
export function tableResponses(schema: SchemaModel, table: TableModel): Record<string, DocumentPart> {
  const name = plainName(table.path);
  const items = { anyOf: [refTo("schemas", name), refTo("schemas", `${name}.group`)] };
  const rows = { type: "array", items, maxItems: MAX_LIMIT };
  const written = refTo("schemas", `${name}.written`);
  const made = childrenOf(schema, table).length === 0 ? written : refTo("schemas", `${name}.made`);
  return {
    [`${name}.rows`]: {
      description: "The rows; with `aggregate` the groups.",
      headers: headers("Link", "X-Total-Count", "Content-Disposition"),
      content: { ...json(rows), ...wholeList },
    },
    [`${name}.row`]: { description: "The row.", headers: headers("ETag"), content: json(refTo("schemas", name)) },
    [`${name}.created`]: {
      description: "The new row; for a list the new rows, in its order; of a body of CSV or NDJSON their number.",
      headers: headers("Location.one", "ETag.one", REPLAYED),
      content: json({ anyOf: [made, many(made), refTo("schemas", "Imported")] }),
    },
    [`${name}.changed`]: {
      description: "The row as it is now.",
      headers: headers("ETag", REPLAYED),
      content: json(written),
    },
    [`${name}.changed.all`]: {
      description: "The rows as they are now, in no order.",
      headers: headers("X-Total-Count.written", REPLAYED),
      content: json(many(written)),
    },
    [`${name}.upserted`]: {
      description: "The row was there and is replaced; for a list the rows as they are now, in its order.",
      headers: headers("ETag.one", REPLAYED),
      content: json(oneOrMany(written)),
    },
    [`${name}.inserted`]: {
      description: "The row was not there and is made.",
      headers: isPartial(table.rules.read)
        ? headers("Location.one", "ETag.one", REPLAYED)
        : headers("Location", "ETag", REPLAYED),
      content: json(written),
    },
  };
}

/** The forms that hold every row and come as a stream. OpenAPI 3.1 cannot say what a line holds. */
const wholeList: DocumentPart = {
  "text/csv": {
    schema: {
      type: "string",
      description: "All rows (RFC 4180): a line with the names of the columns, then a line a row.",
    },
  },
  "application/x-ndjson": {
    schema: { type: "string", description: "All rows: on each line the JSON object of one." },
  },
};

/** What has no body, and so no table. */
export const emptyResponses: Readonly<Record<string, DocumentPart>> = {
  deleted: { description: "The row is gone.", headers: headers(REPLAYED) },
  "deleted.all": { description: "The rows are gone.", headers: headers("X-Total-Count.written", REPLAYED) },
  unchanged: { description: "You have the row as it is.", headers: headers("ETag") },
};

export function json(schema: DocumentPart): DocumentPart {
  return { "application/json": { schema } };
}

/** A body or an answer of one row, or of a list of rows. */
export function oneOrMany(row: DocumentPart): DocumentPart {
  return { anyOf: [row, many(row)] };
}

function many(row: DocumentPart): DocumentPart {
  return { type: "array", items: row, maxItems: BULK_ROWS };
}

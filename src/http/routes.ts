import { conflictChoices } from "../schema/conflict-choices.ts";
import type { SchemaModel, TableModel } from "../schema/model.ts";
import { batch } from "./controller/batch.ts";
import { createRecord } from "./controller/create-record.ts";
import { docsFile, docsFileNames } from "./controller/docs-file.ts";
import { docsPage } from "./controller/docs-page.ts";
import { errorsPage } from "./controller/errors-page.ts";
import { healthLive, healthReady } from "./controller/health.ts";
import { openApiDocument } from "./controller/open-api-document.ts";
import { deleteRecord, deleteRecords } from "./controller/delete-record.ts";
import { listRecords } from "./controller/list-records.ts";
import { readRecord } from "./controller/read-record.ts";
import { replaceRecord, updateRecord, updateRecords } from "./controller/update-record.ts";
import { upsertRecords } from "./controller/upsert-records.ts";
import type { Route } from "./route.ts";

/** The routes of every table: what is served, and what the OpenAPI document says is served. */
export function tableRoutes(schema: SchemaModel): Route[] {
  return [...schema.tables.values()].flatMap((table) => {
    const collection = `/api/${encodeURIComponent(table.path)}`;
    const item = `${collection}/{${keyName(table)}}`;
    const own = { table, relation: undefined };
    const nested = [...table.relations.values()].filter((relation) => relation.many);
    const routes = [
      { method: "GET", pattern: collection, action: listRecords, ...own },
      { method: "POST", pattern: collection, action: createRecord, ...own },
      // Where nothing is unique no row could be found to be replaced.
      ...(conflictChoices(table).length === 0
        ? []
        : [{ method: "PUT", pattern: collection, action: upsertRecords, ...own } as const]),
      { method: "PATCH", pattern: collection, action: updateRecords, ...own },
      { method: "DELETE", pattern: collection, action: deleteRecords, ...own },
      { method: "GET", pattern: item, action: readRecord, ...own },
      { method: "PUT", pattern: item, action: replaceRecord, ...own },
      { method: "PATCH", pattern: item, action: updateRecord, ...own },
      { method: "DELETE", pattern: item, action: deleteRecord, ...own },
      ...nested.flatMap((relation) => {
        const child = schema.tables.get(relation.table);
        const pattern = `${item}/${encodeURIComponent(relation.name)}`;
        return [
          { method: "GET", pattern, action: listRecords, table: child, relation },
          { method: "POST", pattern, action: createRecord, table: child, relation },
        ] as const;
      }),
    ] satisfies Route[];
    // A view is read and nothing else: its other methods answer 405.
    return routes.filter((route) => route.method === "GET" || route.table?.view === undefined);
  });
}

const noTable = { method: "GET", table: undefined, relation: undefined } as const;

/** The routes beside the API. */
export const serverRoutes: readonly Route[] = [
  { ...noTable, method: "POST", pattern: "/api/batch", action: batch },
  { ...noTable, pattern: "/health/live", action: healthLive },
  { ...noTable, pattern: "/health/ready", action: healthReady },
  { ...noTable, pattern: "/openapi.json", action: openApiDocument, documentation: true },
  { ...noTable, pattern: "/docs", action: docsPage, documentation: true },
  { ...noTable, pattern: "/docs/errors", action: errorsPage, documentation: true },
  ...docsFileNames.map((name) => ({
    ...noTable,
    pattern: `/docs/${name}`,
    action: docsFile(name),
    documentation: true,
  })),
];

/** The name of the key's place in a pattern: `id`, or the columns of a composite key. */
function keyName(table: TableModel): string {
  return table.key.map((column) => column.name).join(",");
}

import { conflictChoices } from "../schema/conflict-choices.ts";
import { accountsTables, isReadOnly, type SchemaModel, type TableModel } from "../schema/model.ts";
import { changePassword } from "./controller/auth/change-password.ts";
import { keySet } from "./controller/auth/key-set.ts";
import { mailPages } from "./controller/auth/mail-pages.ts";
import { endSessions, listAccounts } from "./controller/auth/list-accounts.ts";
import { manageAccount } from "./controller/auth/manage-account.ts";
import { me } from "./controller/auth/me.ts";
import { refresh } from "./controller/auth/refresh.ts";
import { askReset, confirmReset } from "./controller/auth/reset.ts";
import { confirmFactor, proposeFactor, switchOffFactor } from "./controller/auth/second-factor.ts";
import { endSession, listSessions } from "./controller/auth/sessions.ts";
import { signIn } from "./controller/auth/sign-in.ts";
import { signOut } from "./controller/auth/sign-out.ts";
import { signUp } from "./controller/auth/sign-up.ts";
import { resendVerification, verify } from "./controller/auth/verify.ts";
import { anonymousRoutes, anonymousTables } from "./controller/anonymous.ts";
import { keyRoutes } from "./controller/api-keys.ts";
import { batch } from "./controller/batch.ts";
import { consoleRoutes } from "./controller/console-pages.ts";
import { createRecord } from "./controller/create-record.ts";
import { docsFile, docsFileNames } from "./controller/docs-file.ts";
import { docsPage } from "./controller/docs-page.ts";
import { errorsPage } from "./controller/errors-page.ts";
import { healthLive, healthReady } from "./controller/health.ts";
import { metricsAction } from "./controller/metrics.ts";
import { openApiDocument } from "./controller/open-api-document.ts";
import { deleteRecord, deleteRecords } from "./controller/delete-record.ts";
import { listRecords } from "./controller/list-records.ts";
import { passkeyRoutes } from "./controller/passkeys.ts";
import { readRecord } from "./controller/read-record.ts";
import { replaceRecord, updateRecord, updateRecords } from "./controller/update-record.ts";
import { upsertRecords } from "./controller/upsert-records.ts";
import { xRayRoutes } from "./controller/x-ray.ts";
import { firstRunRoutes, operatorRoutes } from "./operator-routes.ts";
import { providerRoutes } from "./provider-routes.ts";
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
    // What is read and nothing else answers 405 to other methods.
    return routes.filter(({ method, table: about }) => method === "GET" || about === undefined || !isReadOnly(about));
  });
}

const noTable = { method: "GET", table: undefined, relation: undefined } as const;

/** The routes beside the API. */
export const serverRoutes: readonly Route[] = [
  { ...noTable, method: "POST", pattern: "/api/batch", action: batch, rows: true },
  ...xRayRoutes,
  ...operatorRoutes,
  { ...noTable, pattern: "/health/live", action: healthLive },
  { ...noTable, pattern: "/health/ready", action: healthReady },
  { ...noTable, pattern: "/metrics", action: metricsAction },
  { ...noTable, pattern: "/openapi.json", action: openApiDocument, documentation: true },
  { ...noTable, pattern: "/docs", action: docsPage, documentation: true },
  { ...noTable, pattern: "/docs/errors", action: errorsPage, documentation: true },
  ...docsFileNames.map((name) => ({
    ...noTable,
    pattern: `/docs/${name}`,
    action: docsFile(name),
    documentation: true,
  })),
  ...consoleRoutes,
];

/** The routes of accounts, where some table has them. */
export function accountRoutes(schema: SchemaModel): Route[] {
  if (accountsTables(schema).length === 0) return [];
  const auth = "/api/auth";
  return [
    { ...noTable, method: "POST", pattern: `${auth}/sign-up`, action: signUp },
    { ...noTable, method: "POST", pattern: `${auth}/sign-in`, action: signIn },
    { ...noTable, method: "POST", pattern: `${auth}/refresh`, action: refresh },
    { ...noTable, method: "POST", pattern: `${auth}/sign-out`, action: signOut },
    { ...noTable, pattern: `${auth}/me`, action: me },
    { ...noTable, pattern: `${auth}/sessions`, action: listSessions },
    { ...noTable, method: "DELETE", pattern: `${auth}/sessions/{id}`, action: endSession },
    { ...noTable, method: "POST", pattern: `${auth}/change-password`, action: changePassword },
    { ...noTable, pattern: `${auth}/accounts`, action: listAccounts, operators: "look after accounts" },
    { ...noTable, method: "PATCH", pattern: `${auth}/accounts/{key}`, action: manageAccount },
    { ...noTable, method: "DELETE", pattern: `${auth}/accounts/{key}/sessions`, action: endSessions },
    { ...noTable, method: "POST", pattern: `${auth}/second-factor`, action: proposeFactor },
    { ...noTable, method: "DELETE", pattern: `${auth}/second-factor`, action: switchOffFactor },
    { ...noTable, method: "POST", pattern: `${auth}/second-factor/confirm`, action: confirmFactor },
    { ...noTable, method: "POST", pattern: `${auth}/verify`, action: verify },
    { ...noTable, method: "POST", pattern: `${auth}/verify/resend`, action: resendVerification },
    { ...noTable, method: "POST", pattern: `${auth}/reset`, action: askReset },
    { ...noTable, method: "POST", pattern: `${auth}/reset/confirm`, action: confirmReset },
    { ...noTable, pattern: "/.well-known/jwks.json", action: keySet },
    ...firstRunRoutes,
    ...mailPages,
    ...providerRoutes,
    ...keyRoutes,
    ...passkeyRoutes,
    ...(anonymousTables(schema).length > 0 ? anonymousRoutes : []),
  ];
}

/** The name of the key's place in a pattern: `id`, or the columns of a composite key. */
function keyName(table: TableModel): string {
  return table.key.map((column) => column.name).join(",");
}

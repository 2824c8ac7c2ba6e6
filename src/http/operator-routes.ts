import { makeFirstAdministrator, readFirstRun } from "./controller/server/first-run.ts";
import { listMails } from "./controller/server/mails.ts";
import { readMigration } from "./controller/server/migration.ts";
import { readSchema } from "./controller/server/schema.ts";
import { readSettings } from "./controller/server/settings.ts";
import { runSql } from "./controller/server/sql.ts";
import type { Route } from "./route.ts";

const noTable = { table: undefined, relation: undefined } as const;
const operators = { ...noTable, operators: "look into the server" } as const;
const SERVER = "/api/server";

/** What whoever runs the application asks of it. */
export const operatorRoutes: readonly Route[] = [
  { ...noTable, method: "GET", pattern: `${SERVER}/first-run`, action: readFirstRun },
  { ...operators, method: "GET", pattern: `${SERVER}/schema`, action: readSchema },
  { ...operators, method: "GET", pattern: `${SERVER}/migration`, action: readMigration },
  { ...operators, method: "GET", pattern: `${SERVER}/settings`, action: readSettings },
  { ...operators, method: "GET", pattern: `${SERVER}/mails`, action: listMails },
  // What was asked is to be seen by others who run the application.
  { ...operators, method: "POST", pattern: `${SERVER}/sql`, action: runSql, followed: true },
];

/** Making the first administrator, where some table has accounts. */
export const firstRunRoutes: readonly Route[] = [
  { ...noTable, method: "POST", pattern: `${SERVER}/first-run`, action: makeFirstAdministrator },
];

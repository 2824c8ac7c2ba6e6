import { jsonAnswer } from "../../account-answer.ts";
import { operatorRequest } from "../../operator-services.ts";
import type { Action } from "../../route.ts";

/** `GET /api/server/migration`: what is pending between the declaration, the migration files and the database. */
export const readMigration: Action = {
  name: "server.migration",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: operatorRequest,
  control: async ({ services }) => jsonAnswer(200, JSON.stringify(await services.operators.migrations.report())),
};

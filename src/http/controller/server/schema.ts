import { jsonAnswer } from "../../account-answer.ts";
import { operatorRequest } from "../../operator-services.ts";
import type { Action } from "../../route.ts";

/** `GET /api/server/schema`: the declaration as data. */
export const readSchema: Action = {
  name: "server.schema",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: operatorRequest,
  control: async ({ services }) => jsonAnswer(200, JSON.stringify(await services.operators.describe())),
};

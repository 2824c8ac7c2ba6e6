import { jsonAnswer } from "../../account-answer.ts";
import { operatorRequest } from "../../operator-services.ts";
import type { Action, ControllerHop } from "../../route.ts";

/** `GET /api/server/settings`: what the application runs with. */
export const readSettings: Action = {
  name: "server.settings",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: operatorRequest,
  control: ({ services }: ControllerHop) => jsonAnswer(200, JSON.stringify(services.operators.settings)),
};

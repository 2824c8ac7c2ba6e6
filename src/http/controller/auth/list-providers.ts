import { jsonAnswer } from "../../account-answer.ts";
import type { Action } from "../../route.ts";

/** `GET /api/auth/providers`: the ways in beside a password, for the buttons of a sign-in page. */
export const listProviders: Action = {
  name: "listProviders",
  access: undefined,
  anybody: true,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  control: ({ services }) => jsonAnswer(200, JSON.stringify(services.providers?.signIn.list() ?? [])),
};

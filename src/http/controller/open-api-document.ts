import { knowsEverything } from "../../auth/principal.ts";
import type { Action } from "../route.ts";

/** `GET /openapi.json`: the routes as an OpenAPI 3.1 document: for administrators with what is theirs alone. */
export const openApiDocument: Action = {
  name: "openapi",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  control: async ({ principal, services }) => {
    const isWhole = knowsEverything(principal);
    return {
      status: 200,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "cache-control": isWhole ? "no-store" : "no-cache",
      },
      body: await services.openApi(isWhole ? "administrators" : "everybody"),
    };
  },
};

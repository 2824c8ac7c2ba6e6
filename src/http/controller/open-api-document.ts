import type { Action } from "../route.ts";

/** `GET /openapi.json`: the routes as an OpenAPI 3.1 document. */
export const openApiDocument: Action = {
  name: "openapi",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  control: ({ services }) => ({
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-cache" },
    body: services.openApi(),
  }),
};

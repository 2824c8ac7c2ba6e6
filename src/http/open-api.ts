import type { SchemaModel } from "../schema/model.ts";
import type { Route } from "./route.ts";

/** The OpenAPI 3.1 document of a route table. */
export function describeOpenApi(schema: SchemaModel, routes: readonly Route[]): object {
  return { openapi: "3.1.0", info: { title: schema.title, version: "1" }, paths: Object.fromEntries(routes.map((route) => [route.pattern, {}])) };
}

import { callRoutes } from "./http/call-routes.ts";
import { describeOpenApi } from "./http/open-api.ts";
import type { Route, Validation } from "./http/route.ts";
import { serverRoutes, tableRoutes } from "./http/routes.ts";
import type { AnyDeclaration } from "./schema/application.ts";
import type { SchemaModel } from "./schema/model.ts";
import { resolveCalls } from "./schema/resolve-calls.ts";
import { resolveSchema } from "./schema/resolve-schema.ts";
import { BodyValidator } from "./validation/body-validator.ts";
import { ReadParser } from "./validation/parse-read.ts";

/** A compiled declaration: everything that engines of one application share. It holds no rows and no state of any engine. */
export interface Application {
  readonly declaration: AnyDeclaration;
  readonly schema: SchemaModel;
  readonly routes: readonly Route[];
  readonly validation: Omit<Validation, "cursors" | "routes">;
  /** The OpenAPI 3.1 document as JSON text, made at the first call. */
  readonly openApi: () => string;
}

/** Compiles a declaration once. Throws `DeclarationError` for the first thing that is wrong in it. */
export function compile(declaration: AnyDeclaration): Application {
  const schema = resolveSchema(declaration);
  const given = [...tableRoutes(schema), ...serverRoutes];
  const routes = [...given, ...callRoutes(resolveCalls(declaration), given)];
  let document: string | undefined;
  return {
    declaration,
    schema,
    routes,
    validation: { schema, reads: new ReadParser(schema), bodies: new BodyValidator() },
    openApi: () => (document ??= JSON.stringify(describeOpenApi(schema, routes))),
  };
}

import { describeOpenApi } from "./http/open-api.ts";
import type { Route, Validation } from "./http/route.ts";
import { serverRoutes, tableRoutes } from "./http/routes.ts";
import type { AnyDeclaration } from "./schema/application.ts";
import type { SchemaModel } from "./schema/model.ts";
import { resolveSchema } from "./schema/resolve-schema.ts";
import { BodyValidator } from "./validation/body-validator.ts";
import { ReadParser } from "./validation/parse-read.ts";

/** A compiled declaration: everything that engines of one application share. It holds no rows and no state of any engine. */
export interface Application {
  readonly declaration: AnyDeclaration;
  readonly schema: SchemaModel;
  readonly routes: readonly Route[];
  readonly validation: Omit<Validation, "cursors">;
  /** The OpenAPI 3.1 document as JSON text, made at the first call. */
  readonly openApi: () => string;
}

/** Compiles a declaration once. Throws `DeclarationError` for the first thing that is wrong in it. */
export function compile(declaration: AnyDeclaration): Application {
  const schema = resolveSchema(declaration);
  const routes = [...tableRoutes(schema), ...serverRoutes];
  let document: string | undefined;
  return {
    declaration,
    schema,
    routes,
    validation: { schema, reads: new ReadParser(schema), bodies: new BodyValidator() },
    openApi: () => (document ??= JSON.stringify(describeOpenApi(schema, routes))),
  };
}

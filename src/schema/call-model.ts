import type { RouteMethod, RouteSpec } from "./declare-route.ts";
import type { TableModel } from "./model.ts";
import type { Rule } from "./rule.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { JsonSchema } from "./stored.ts";

/** A resolved shape: columns as a table of their own that no database holds, or a validator with its JSON Schemas. */
export type ShapeModel =
  | { readonly is: "columns"; readonly table: TableModel }
  | {
      readonly is: "standard";
      readonly schema: StandardSchema;
      readonly input: JsonSchema;
      readonly output: JsonSchema;
    };

/** A route of the application's own code, resolved: every name found, every default decided. */
export interface CallModel {
  readonly method: RouteMethod;
  /** `/api/posts/{id}/publish`: parameters in braces, one segment each. */
  readonly pattern: string;
  /** `POST /api/posts/:id/publish`: what messages call it. */
  readonly title: string;
  /** Where in the path, split at its slashes, each parameter stands. */
  readonly parameters: readonly { readonly name: string; readonly at: number }[];
  readonly params: ShapeModel | undefined;
  readonly query: ShapeModel | undefined;
  readonly body: ShapeModel | undefined;
  readonly answer: { readonly shape: ShapeModel; readonly list: boolean } | undefined;
  readonly allow: Rule;
  /** The media type of its answer. */
  readonly type: string;
  readonly headers: readonly string[];
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly handler: RouteSpec["handler"];
}

export const JSON_TYPE = "application/json";

import type { SchemaModel } from "../../schema/model.ts";
import type { Route } from "../route.ts";
import { batchAnswer, batchRequest } from "./batch-schemas.ts";
import { type DocumentPart, plainName } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { headers } from "./shared-components.ts";

interface Words {
  readonly tag: string;
  readonly summary: string;
  readonly schema?: DocumentPart;
}

const OK = {
  type: "object",
  properties: { status: { const: "ok" } },
  required: ["status"],
  additionalProperties: false,
} as const;
const DOCUMENT = {
  type: "object",
  properties: { openapi: { const: "3.1.0" }, info: { type: "object" }, paths: { type: "object" } },
  required: ["openapi", "info", "paths"],
} as const;

/** The routes that belong to no table, by their action. */
export const serverWords: Readonly<Record<string, Words>> = {
  batch: {
    tag: "batch",
    summary: "Write several rows, all or none; later operations may use what earlier ones made",
    schema: batchAnswer,
  },
  live: { tag: "health", summary: "Whether the process answers", schema: OK },
  ready: { tag: "health", summary: "Whether requests are taken; 503 while the server stops", schema: OK },
  openapi: { tag: "documentation", summary: "This document", schema: DOCUMENT },
  docs: { tag: "documentation", summary: "The API as a page" },
  errors: { tag: "documentation", summary: "Every error code, explained" },
};

/** Describes a route beside the API. */
export function serverOperation(schema: SchemaModel, route: Route, problems: ProblemResponses): DocumentPart {
  const { action } = route;
  const words = serverWords[action.name] ?? { tag: "documentation", summary: `A part of the page: ${route.pattern}` };
  const hooked = action.name === "batch" && [...schema.tables.values()].some(({ hooks }) => hooks.length > 0);
  const operationId = `server.${plainName(action.name)}`;
  return {
    operationId,
    tags: [words.tag],
    summary: words.summary,
    ...(action.name === "batch" ? batchRequest : {}),
    responses: {
      200: {
        description: words.summary,
        headers: headers(...headersOf(route)),
        content: { [action.answers[0]]: { schema: words.schema ?? { type: "string" } } },
      },
      ...problems.of({ action: action.name, nested: false, requiresIfMatch: false, hooked }),
    },
  };
}

function headersOf(route: Route): string[] {
  if (route.action.name === "batch") return ["Idempotency-Replayed"];
  if (route.action.answers[0] === "text/html") return ["Cache-Control", "Content-Security-Policy"];
  return ["Cache-Control"];
}

import type { Route } from "../route.ts";
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
  live: { tag: "health", summary: "Whether the process answers", schema: OK },
  ready: { tag: "health", summary: "Whether requests are taken; 503 while the server stops", schema: OK },
  openapi: { tag: "documentation", summary: "This document", schema: DOCUMENT },
  docs: { tag: "documentation", summary: "The API as a page" },
  errors: { tag: "documentation", summary: "Every error code, explained" },
};

/** Describes a route beside the API. */
export function serverOperation(route: Route, problems: ProblemResponses): DocumentPart {
  const { action } = route;
  const words = serverWords[action.name] ?? { tag: "documentation", summary: `A part of the page: ${route.pattern}` };
  const operationId = `server.${plainName(action.name)}`;
  return {
    operationId,
    tags: [words.tag],
    summary: words.summary,
    responses: {
      200: {
        description: words.summary,
        headers: headers(...headersOf(route)),
        content: { [action.answers]: { schema: words.schema ?? { type: "string" } } },
      },
      ...problems.of({ action: action.name, nested: false, requiresIfMatch: false }),
    },
  };
}

function headersOf(route: Route): string[] {
  if (route.action.answers === "text/html") return ["Cache-Control", "Content-Security-Policy"];
  return ["Cache-Control"];
}

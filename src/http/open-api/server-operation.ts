import type { SchemaModel } from "../../schema/model.ts";
import type { Route } from "../route.ts";
import { batchAnswer, batchRequest } from "./batch-schemas.ts";
import { exchange, parameter, summary, text } from "./x-ray-schemas.ts";
import {
  applicationSchema,
  caughtMails,
  firstRunState,
  migrationReport,
  shownSettings,
  sqlAnswer,
  sqlRequest,
} from "./operator-schemas.ts";
import { type DocumentPart, plainName } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { headers } from "./shared-components.ts";

interface Words {
  readonly tag: string;
  readonly summary: string;
  readonly schema?: DocumentPart;
  readonly request?: DocumentPart;
  readonly parameters?: readonly DocumentPart[];
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
  "xray.list": {
    tag: "x-ray",
    summary: "The last requests that were followed, the newest first",
    parameters: [
      parameter("limit", { type: "integer", minimum: 1, maximum: 500, default: 50 }, "How many are answered."),
      parameter("failed", { type: "boolean", default: false }, "Only those that were answered with a problem."),
      parameter(
        "slower_than",
        { type: "integer", minimum: 0, default: 0 },
        "Only those that took so many milliseconds.",
      ),
    ],
    schema: { type: "array", items: summary },
  },
  "xray.read": {
    tag: "x-ray",
    summary: "One request with its stations, statements, plans, rules and findings",
    parameters: [
      { name: "id", in: "path", required: true, schema: text, description: "The X-Request-Id of its answer." },
    ],
    schema: exchange,
  },
  metrics: { tag: "health", summary: "What was counted, as Prometheus reads it" },
  "firstRun.read": {
    tag: "server",
    summary: "Whether the application still lacks an administrator, and what making the first one asks for",
    schema: firstRunState,
  },
  "server.schema": {
    tag: "server",
    summary: "The declaration as data: tables, columns, rules, and the SQL that made them",
    schema: applicationSchema,
  },
  "server.migration": {
    tag: "server",
    summary: "What is pending between the declaration, the migration files and the database, with its plan",
    schema: migrationReport,
  },
  "server.settings": {
    tag: "server",
    summary: "What the application runs with, without secrets",
    schema: shownSettings,
  },
  "server.mails": {
    tag: "server",
    summary: "The mails that development caught, the newest first",
    schema: caughtMails,
  },
  "server.sql": {
    tag: "server",
    summary: "Run one statement: it reads, unless write says how many rows are to change",
    schema: sqlAnswer,
    request: sqlRequest,
  },
  openapi: { tag: "documentation", summary: "This document", schema: DOCUMENT },
  docs: { tag: "documentation", summary: "The API as a page" },
  errors: { tag: "documentation", summary: "Every error code, explained" },
};

/** The pages that links of mails lead to, where there are accounts. */
const mailPageWords: Readonly<Record<string, Words>> = {
  "verify-email": { tag: "auth", summary: "The page of a mail that verifies an address" },
  "reset-password": { tag: "auth", summary: "The page of a mail to choose a new password by" },
};

/** Describes a route beside the API. */
export function serverOperation(schema: SchemaModel, route: Route, problems: ProblemResponses): DocumentPart {
  const { action } = route;
  const words = serverWords[action.name] ??
    mailPageWords[action.name] ?? { tag: "documentation", summary: `A part of the page: ${route.pattern}` };
  const hooked = action.name === "batch" && [...schema.tables.values()].some(({ hooks }) => hooks.length > 0);
  const operationId = `server.${plainName(action.name)}`;
  return {
    operationId,
    tags: [words.tag],
    summary: words.summary,
    ...(words.parameters === undefined ? {} : { parameters: words.parameters }),
    ...(action.name === "batch" ? batchRequest : words.request),
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
  if (route.action.answers[0] === "text/html") return ["Cache-Control", "Content-Security-Policy", "Referrer-Policy"];
  return ["Cache-Control"];
}

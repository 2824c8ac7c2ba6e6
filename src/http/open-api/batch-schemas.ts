import { BATCH_OPERATIONS } from "../../validation/limits.ts";
import { type DocumentPart, refTo } from "./names.ts";

const text = { type: "string" } as const;

const operation: DocumentPart = {
  type: "object",
  properties: {
    method: { type: "string", enum: ["POST", "PUT", "PATCH", "DELETE"] },
    path: {
      ...text,
      description:
        "Where the operation would be sent alone, with its query. {0.id} stands for a column of an earlier operation's row.",
    },
    body: {
      description:
        'What would be sent alone. {"ref": "0.id"} as the value of a column stands for a column of an earlier operation\'s row.',
    },
    headers: {
      type: "object",
      properties: { "If-Match": text, "If-None-Match": text },
      description: "If-Match and If-None-Match.",
    },
    name: {
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
      description: "Later operations may say name.id.",
    },
  },
  required: ["method", "path"],
  additionalProperties: false,
};

/** What `POST /api/batch` takes. */
export const batchRequest: DocumentPart = {
  description: `At most ${BATCH_OPERATIONS} operations in one transaction, in their order.`,
  parameters: [refTo("parameters", "Idempotency-Key")],
  requestBody: {
    required: true,
    content: {
      "application/json": { schema: { type: "array", items: operation, minItems: 1, maxItems: BATCH_OPERATIONS } },
    },
  },
};

/** What it answers: for each operation what it would have been answered alone. */
export const batchAnswer: DocumentPart = {
  type: "array",
  minItems: 1,
  maxItems: BATCH_OPERATIONS,
  items: {
    type: "object",
    properties: {
      status: { type: "integer", enum: [200, 201, 204] },
      location: { type: "string", format: "uri-reference" },
      etag: text,
      count: { type: "integer", minimum: 0, description: "How many rows a list or a filter was about." },
      body: { anyOf: [{ type: "object" }, { type: "array", items: { type: "object" } }] },
    },
    required: ["status"],
    additionalProperties: false,
  },
};

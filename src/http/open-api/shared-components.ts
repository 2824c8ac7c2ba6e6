import { errorCatalog, fieldErrorCatalog } from "../../errors/catalog.ts";
import { DEFAULT_LIMIT, EXPORT_ROWS, IDEMPOTENCY_KEY_LENGTH, MAX_LIMIT, MAX_OFFSET } from "../../validation/limits.ts";
import { type DocumentPart, PROBLEM, refTo } from "./names.ts";

const TAG = '^"[A-Za-z0-9_-]{22}(?:\\.[A-Za-z0-9_-]{22})?"$';
const text = { type: "string" } as const;

/** RFC 9457, with our code, the request's id, the findings of a body, and `error` for simple clients. */
const problemSchema: DocumentPart = {
  type: "object",
  description: "An error, as RFC 9457 writes it.",
  properties: {
    type: { type: "string", format: "uri-reference", description: "Where the code is explained." },
    title: text,
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: text,
    code: { type: "string", enum: Object.keys(errorCatalog) },
    request_id: text,
    errors: {
      type: "array",
      description: "What is wrong with which field of the body.",
      items: {
        type: "object",
        properties: {
          pointer: { type: "string", description: "A JSON pointer (RFC 6901) into the body." },
          code: { type: "string", enum: Object.keys(fieldErrorCatalog) },
          message: text,
        },
        required: ["pointer", "code", "message"],
        additionalProperties: false,
      },
    },
    error: { type: "string", description: "One sentence to show to a person." },
  },
  required: ["type", "title", "status", "detail", "code", "request_id", "error"],
  additionalProperties: false,
};

/** Parameters that mean the same on every route. */
export const sharedParameters: Readonly<Record<string, DocumentPart>> = {
  filter: {
    name: "filter",
    in: "query",
    schema: text,
    description:
      'A tree of conditions as JSON: {"or": [{"column": {"gte": 10}}, {"relation": {"none": {"column": "x"}}}]}. Knows and, or, not; some, none and all on relations.',
  },
  limit: {
    name: "limit",
    in: "query",
    schema: { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    description: `Rows of a page. CSV and NDJSON hold all rows, or up to ${EXPORT_ROWS} that limit names.`,
  },
  offset: {
    name: "offset",
    in: "query",
    schema: { type: "integer", minimum: 0, maximum: MAX_OFFSET },
    description: "Rows to skip. Not together with cursor.",
  },
  cursor: {
    name: "cursor",
    in: "query",
    schema: text,
    description: 'Where the page begins: what Link: rel="next" gave out. Empty for the first page.',
  },
  count: {
    name: "count",
    in: "query",
    schema: { type: "string", enum: ["exact", "estimated"] },
    description: "Answers the number of all rows as X-Total-Count.",
  },
  "If-Match": {
    name: "If-Match",
    in: "header",
    schema: text,
    description: "Write only if the row still has one of these ETags; * for any row. Otherwise 412.",
  },
  "If-Match.required": {
    name: "If-Match",
    in: "header",
    required: true,
    schema: text,
    description: "The ETag the row was read with; 428 without it, 412 if the row has changed.",
  },
  "If-None-Match": {
    name: "If-None-Match",
    in: "header",
    schema: text,
    description: "Write only if the row has none of these ETags; * for no row at all. Otherwise 412.",
  },
  "If-None-Match.read": {
    name: "If-None-Match",
    in: "header",
    schema: text,
    description: "ETags that you have; 304 if one of them still is the row's.",
  },
  "Idempotency-Key": {
    name: "Idempotency-Key",
    in: "header",
    schema: { type: "string", minLength: 1, maxLength: IDEMPOTENCY_KEY_LENGTH, pattern: "^[!-~]+$" },
    description:
      "A text that you make up once for this write, for example a UUID. The same request with the same key, sent again within 24 hours, writes nothing and is answered like the first.",
  },
};

const ETAG: DocumentPart = {
  schema: { type: "string", pattern: TAG },
  description: "The row's entity tag, for If-Match and If-None-Match.",
};
const LOCATION: DocumentPart = {
  schema: { type: "string", format: "uri-reference" },
  description: "The path of the new row.",
};

/** Every header that an answer may have, beside those of the transport, of CORS, and nosniff. What stands behind a dot tells two forms of one header apart. */
export const sharedHeaders: Readonly<Record<string, DocumentPart>> = {
  ETag: { required: true, ...ETAG },
  "ETag.one": { ...ETAG, description: "The row's entity tag; a list, and a row that one may not read, have none." },
  Location: { required: true, ...LOCATION },
  "Location.one": {
    ...LOCATION,
    description: "The path of the new row; a list, and a row that one may not read, have none.",
  },
  "Idempotency-Replayed": {
    schema: { const: "true" },
    description: "Nothing was written now: this is the kept answer to an earlier request with this Idempotency-Key.",
  },
  Link: { schema: text, description: 'The next page, if there is one: <…>; rel="next" (RFC 8288).' },
  "X-Total-Count": {
    schema: { type: "integer", minimum: 0 },
    description: "The number of all rows, where count asks for it.",
  },
  "Content-Disposition": { schema: text, description: "The name of the file, where the answer is one (RFC 6266)." },
  "X-Total-Count.written": {
    required: true,
    schema: { type: "integer", minimum: 0 },
    description: "How many rows the conditions selected.",
  },
  "X-Request-Id": { required: true, schema: text, description: "Names this request in the server's log." },
  Vary: { required: true, schema: text, description: "The request headers that the answer depends on." },
  "Cache-Control": { required: true, schema: text },
  "Cache-Control.known": { schema: text, description: "no-store, where credentials say who asks." },
  "Referrer-Policy": { schema: text, description: "The page tells nobody its address, which may hold a secret." },
  "Content-Security-Policy": { required: true, schema: text, description: "Nothing from outside, no inline script." },
  "Retry-After": {
    schema: { type: "integer", minimum: 0 },
    description: "Seconds after which another try may succeed.",
  },
  RateLimit: {
    required: true,
    schema: text,
    description: "Attempts that are left (r), and seconds after which the next may come (t).",
  },
  "RateLimit-Policy": {
    required: true,
    schema: text,
    description: "How many attempts there are at most (q), and in how many seconds all of them come back (w).",
  },
  "WWW-Authenticate": { required: true, schema: text },
  "X-Servery-Explain": {
    schema: text,
    description:
      "Which rule refused, for administrators, and for everybody while developing. It is for people to read.",
  },
  Accept: { schema: text, description: "The media type to send." },
};

/** The headers of an answer: those that all have, and `names`. */
export function headers(...names: readonly (keyof typeof sharedHeaders)[]): DocumentPart {
  const kept = names.includes("Cache-Control") ? [] : ["Cache-Control.known"];
  const all = ["X-Request-Id", "Vary", ...kept, ...names];
  return Object.fromEntries(all.map((name) => [name.split(".")[0] ?? name, refTo("headers", name)]));
}

/** The schemas that do not come from a table. */
export const sharedSchemas: Readonly<Record<string, DocumentPart>> = {
  [PROBLEM]: problemSchema,
  Imported: {
    type: "object",
    properties: { created: { type: "integer", minimum: 0, description: "The number of rows that were written." } },
    required: ["created"],
    additionalProperties: false,
  },
};

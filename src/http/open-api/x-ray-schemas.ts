import { HOPS } from "../../observability/exchange.ts";
import type { DocumentPart } from "./names.ts";

export const text: DocumentPart = { type: "string" };
const number: DocumentPart = { type: "number", minimum: 0 };
const whole: DocumentPart = { type: "integer", minimum: 0 };
const hop: DocumentPart = { type: "string", enum: HOPS };
const texts: DocumentPart = { type: "array", items: text };

/** A parameter of a query that may be left out. */
export function parameter(name: string, schema: DocumentPart, description: string): DocumentPart {
  return { name, in: "query", required: false, schema, description };
}

function object(properties: Readonly<Record<string, DocumentPart>>, optional: readonly string[] = []): DocumentPart {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

const summaryParts = {
  id: { ...text, description: "The X-Request-Id of its answer." },
  at: { ...text, format: "date-time" },
  method: text,
  url: text,
  route: text,
  caller: object(
    {
      kind: { enum: ["anonymous", "account", "system"] },
      table: text,
      key: text,
      roles: texts,
      by: { ...object({ table: text, key: text }), description: "The administrator who asked as this account." },
    },
    ["table", "key", "roles", "by"],
  ),
  status: { type: "integer" },
  took_ms: number,
  bytes: whole,
  problem: { ...text, description: "The code of the problem that was answered." },
};
/** What is not known of every request. */
const LATER = ["route", "caller", "problem"];

/** A request in the list. */
export const summary = object({ ...summaryParts, statements: whole }, LATER);

const span = object({
  hop,
  name: text,
  during: hop,
  failed: { type: "boolean" },
  at_ms: number,
  took_ms: number,
});
const statement = object(
  {
    access: { enum: ["read", "write"] },
    during: hop,
    sql: text,
    bound: { ...whole, description: "How many values were bound." },
    values: {
      type: "array",
      items: { type: ["string", "number", "null"] },
      description: "The first of them, cut short. Missing where one may be private.",
    },
    rows: whole,
    plan: texts,
    advice: texts,
    at_ms: number,
    took_ms: number,
  },
  ["values", "rows", "plan", "took_ms"],
);

/** A request with all that happened for it. */
export const exchange = object(
  {
    ...summaryParts,
    trace_id: { ...text, description: "Its trace, where traces are sent to a collector." },
    way: { type: "array", items: span },
    statements: { type: "array", items: statement },
    rules: { type: "array", items: object({ rule: text, filter: text }) },
    findings: { type: "array", items: object({ pointer: text, code: text }) },
  },
  [...LATER, "trace_id"],
);

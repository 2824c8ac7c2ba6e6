import { SQL_CHARACTERS, SQL_PARAMS, SQL_ROWS } from "../../validation/limits.ts";
import type { DocumentPart } from "./names.ts";
import { text } from "./x-ray-schemas.ts";

const yes: DocumentPart = { type: "boolean" };
const texts: DocumentPart = { type: "array", items: text };
const maybeText: DocumentPart = { type: ["string", "null"] };
const anything: DocumentPart = {};

function object(properties: Readonly<Record<string, DocumentPart>>, optional: readonly string[] = []): DocumentPart {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

function listOf(items: DocumentPart): DocumentPart {
  return { type: "array", items };
}

function orNull(schema: DocumentPart): DocumentPart {
  return { anyOf: [schema, { type: "null" }] };
}

const column = object({
  name: text,
  kind: text,
  expects: { ...text, description: "What it takes, for people." },
  typescript: text,
  role: text,
  optional: yes,
  unique: yes,
  index: yes,
  search: yes,
  default: anything,
  private: { ...yes, description: "The API answers it to nobody." },
  readable: { ...text, description: "A rule as the declaration writes it." },
  writable: text,
  references: orNull(object({ table: text, column: text, on_delete: text })),
});

const table = object({
  name: text,
  path: text,
  view: yes,
  documents: { ...yes, description: "Its rows are documents: members of their own stand beside the columns." },
  read_only: yes,
  audited: yes,
  if_match: yes,
  accounts: orNull(object({ identifier: text, address: maybeText, verify: yes, anonymous: yes })),
  key: texts,
  owner: maybeText,
  columns: listOf(column),
  relations: listOf(object({ name: text, many: yes, table: text, local: text, foreign: text })),
  indexes: listOf(object({ name: text, unique: yes, columns: listOf(object({ name: text, descending: yes })) })),
  rules: object({ read: text, create: text, update: text, delete: text, sign_up: text }, ["sign_up"]),
  declaration: { ...text, description: "TypeScript that declares it; functions are known by their names alone." },
  sql: { ...texts, description: "The statements that made it and what belongs to it." },
  row: { type: "object", description: "JSON Schema of a row." },
  create: orNull({ type: "object", description: "JSON Schema of the body that makes one." }),
});

const value: DocumentPart = {
  anyOf: [
    { type: ["string", "number", "null"], description: "Integers beyond 2^53 are texts." },
    object({ bytes: { type: "integer" }, hex: { ...text, description: "The first bytes of a BLOB." } }),
  ],
};

/** A statement, and what may change. */
export const sqlRequest: DocumentPart = {
  requestBody: {
    required: true,
    content: {
      "application/json": {
        schema: object(
          {
            sql: { type: "string", maxLength: SQL_CHARACTERS },
            params: {
              type: "array",
              maxItems: SQL_PARAMS,
              items: { type: ["string", "number", "boolean", "null"] },
              description: "The values in the places of ?, in order.",
            },
            write: object({ rows: { type: "integer", minimum: 0, description: "How many rows are to change." } }),
          },
          ["params", "write"],
        ),
      },
    },
  },
};

/** What a statement has answered or changed. */
export const sqlAnswer = object({
  columns: texts,
  rows: { type: "array", maxItems: SQL_ROWS, items: listOf(value) },
  cut: { ...yes, description: "There are more rows." },
  changed: { type: ["integer", "null"], description: "How many rows have changed." },
  plan: texts,
  advice: texts,
  took_ms: { type: "number", minimum: 0 },
});

/** Mails that nobody got. */
export const caughtMails = listOf(
  object({
    id: text,
    to: text,
    subject: text,
    text,
    html: maybeText,
    at: { ...text, format: "date-time" },
    state: { enum: ["waiting", "sent", "given_up"] },
    attempts: { type: "integer", minimum: 0 },
    error: maybeText,
  }),
);

/** What the application runs with. */
export const shownSettings = listOf(
  object({
    name: text,
    variable: { ...text, description: "The environment variable." },
    value: { type: ["string", "number", "boolean", "array", "null"], items: text },
    source: { enum: ["environment", "file", "default"] },
    secret: { ...yes, description: "value only says whether it is set." },
    help: text,
  }),
);

/** Whether somebody has to become the first administrator. */
export const firstRunState = object({ needed: yes, table: maybeText, needs_token: yes });

const rows: DocumentPart = {
  type: ["integer", "null"],
  minimum: 0,
  description: "How many rows; null where they were not counted in time.",
};

const pendingPart = object({
  is: { enum: ["waiting", "file", "recorded", "unwritten"] },
  name: { ...maybeText, description: "The name of the file." },
  says: { ...text, description: "What it is, and what becomes of it." },
  changes: { ...texts, description: "One line for each thing that comes (+), goes (-) or changes (~)." },
  losses: listOf(object({ name: text, what: text })),
  consent: { ...maybeText, description: "Who has to agree to the losses, and how." },
  copies: listOf(object({ table: text, rows })),
  in_the_way: listOf(object({ table: text, rows, finding: text })),
  counted_after: { ...texts, description: "Files that run first: only then the rows can be counted." },
  statements: texts,
  statements_left_out: { type: "integer", minimum: 0 },
});

/** What is pending. */
export const migrationReport = object({
  state: { enum: ["adopted", "nothing", "pending", "refused"] },
  says: text,
  development: yes,
  folder: { ...yes, description: "The application has a migrations folder." },
  applied: { type: "integer", minimum: 0, description: "How many files the database has applied." },
  refused: { ...maybeText, description: "Why the files cannot be applied as they are." },
  parts: listOf(pendingPart),
  parts_left_out: { type: "integer", minimum: 0 },
  commands: listOf(object({ command: text, does: text })),
});

/** The declaration as data. */
export const applicationSchema = object({
  title: text,
  adopted: yes,
  declaration: { ...text, description: "The whole as TypeScript." },
  tables: listOf(table),
  matrix: listOf(
    object({
      name: { ...text, description: "A table, or a column that has rules of its own." },
      actions: texts,
      rows: listOf(object({ who: text, verdicts: listOf({ enum: ["allowed", "denied", "some rows"] }) })),
    }),
  ),
});

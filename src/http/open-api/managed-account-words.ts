import { accountsTables, type SchemaModel } from "../../schema/model.ts";
import { moment, object, text, type Words } from "./account-words.ts";
import type { DocumentPart } from "./names.ts";
import { parameter } from "./x-ray-schemas.ts";

const managed = { roles: { type: "array", items: text }, disabled: { type: "boolean" } } as const;
const key = { name: "key", in: "path", required: true, schema: text } as const;
const accounts = parameter("accounts", text, "The table of accounts; the first that is declared unless told.");
const maybeMoment = { anyOf: [moment, { type: "null" }] } as const;

const listed = {
  table: text,
  key: text,
  ...managed,
  verified_at: maybeMoment,
  second_factor: { type: "boolean" },
  sessions: { type: "integer", minimum: 0, description: "Those that are not over." },
  last_used_at: { ...maybeMoment, description: "Of the session that was used last." },
  created_at: moment,
} as const;

/** What the document says of the routes on which accounts are looked after. */
export const managedAccountWords: Readonly<Record<string, Words>> = {
  listAccounts: {
    summary: "The accounts of a table, the newest first: roles, and whether they may sign in",
    parameters: [
      accounts,
      {
        name: "key",
        in: "query",
        schema: { type: "array", items: text, maxItems: 500 },
        style: "form",
        explode: true,
        description: "Of these rows alone.",
      },
      parameter("role", text, "Only those that have this role."),
      parameter("disabled", { type: "boolean" }, "Only those that may not sign in, or only those that may."),
      parameter("limit", { type: "integer", minimum: 1, maximum: 500, default: 50 }, "How many are answered."),
      parameter("offset", { type: "integer", minimum: 0, maximum: 1_000_000, default: 0 }, "How many are passed over."),
    ],
    answers: { 200: { type: "array", items: object(listed, Object.keys(listed)) } },
    secured: true,
  },
  manageAccount: {
    summary: "The roles of an account, and whether it may sign in; for administrators",
    parameters: [key],
    body: (schema) => object({ ...managed, ...choice(schema) }, []),
    answers: { 200: object({ table: text, key: text, ...managed }, ["table", "key", "roles", "disabled"]) },
    secured: true,
  },
  endSessions: {
    summary: "Sign an account out everywhere; for administrators",
    parameters: [key, accounts],
    answers: { 204: undefined },
    secured: true,
  },
};

/** Which accounts table is meant, where there are several. */
export function choice(schema: SchemaModel): DocumentPart {
  const paths = accountsTables(schema).map(({ path }) => path);
  return paths.length < 2 ? {} : { accounts: { type: "string", enum: paths, default: paths[0] } };
}

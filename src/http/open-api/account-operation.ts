import { SESSIONS_OF_AN_ACCOUNT } from "../../service/accounts/sessions.ts";
import { accountsTables, isRequired, isWritable, type SchemaModel } from "../../schema/model.ts";
import type { Route } from "../route.ts";
import { form, moment, object, password, text, tokensWith, user, type Words } from "./account-words.ts";
import { choice, managedAccountWords } from "./managed-account-words.ts";
import { inputSchema } from "./column-schema.ts";
import type { DescribedSchema } from "./described.ts";
import type { DocumentPart } from "./names.ts";
import type { ProblemResponses } from "./problem-responses.ts";
import { headers } from "./shared-components.ts";
import { waysInWords } from "./ways-in-words.ts";

const session = object(
  {
    id: text,
    created_at: moment,
    last_used_at: moment,
    expires_at: moment,
    user_agent: { type: ["string", "null"] },
    address: { type: ["string", "null"] },
    current: { type: "boolean", description: "Whether it is the session of this request." },
  },
  ["id", "created_at", "last_used_at", "expires_at", "user_agent", "address", "current"],
);

const mailed = object({ status: { const: "check_your_mail" } }, ["status"]);

const words: Readonly<Record<string, Words>> = {
  signUp: {
    summary: "Make a row with a password, which is an account",
    body: signUpBody,
    answers: {
      201: tokensWith({ user }),
      202: mailed,
    },
  },
  signIn: { summary: "Sign in", body: signInBody, answers: { 200: tokensWith({ user }) } },
  refresh: {
    summary: "The next tokens of a session, for the refresh token of the body or of the cookie",
    body: () => object({ refresh_token: text }, []),
    bodyless: true,
    answers: { 200: tokensWith({}) },
  },
  signOut: {
    summary: "End this session, or all of the account",
    body: () => object({ everywhere: { type: "boolean", default: false }, refresh_token: text }, []),
    bodyless: true,
    answers: { 204: undefined },
    secured: true,
  },
  me: {
    summary: "The row of whoever asks, and its roles",
    answers: { 200: object({ user, roles: { type: "array", items: text } }, ["user", "roles"]) },
    secured: true,
  },
  sessions: {
    summary: "Where one is signed in, the session used last first",
    answers: { 200: { type: "array", maxItems: SESSIONS_OF_AN_ACCOUNT, items: session } },
    secured: true,
  },
  endSession: {
    summary: "Sign one of one's own sessions out",
    parameters: [{ name: "id", in: "path", required: true, schema: text }],
    answers: { 204: undefined },
    secured: true,
  },
  changePassword: {
    summary: "A new password for the old one; all other sessions end",
    body: () => object({ current_password: text, new_password: password }, ["current_password", "new_password"]),
    answers: { 204: undefined },
    secured: true,
  },
  ...managedAccountWords,
  proposeSecondFactor: {
    summary: "A secret for an authenticator app, for the current password; a first code switches it on",
    body: () => object({ current_password: text }, ["current_password"]),
    answers: { 201: object({ secret: text, uri: { ...text, description: "For a QR code." } }, ["secret", "uri"]) },
    secured: true,
  },
  confirmSecondFactor: {
    summary: "Switch the second factor on by a first code; the recovery codes are shown this once",
    body: () => object({ code: text }, ["code"]),
    answers: { 200: object({ recovery_codes: { type: "array", items: text } }, ["recovery_codes"]) },
    secured: true,
  },
  switchOffSecondFactor: {
    summary: "Switch the second factor off, by the password and a code",
    body: () => object({ current_password: text, code: text }, ["current_password", "code"]),
    answers: { 204: undefined },
    secured: true,
  },
  verify: {
    summary: "Verify the address that a token was mailed to",
    body: () => object({ token: text }, ["token"]),
    answers: { 204: undefined },
  },
  resendVerification: {
    summary: "Another mail to verify an address by, where it is not verified; one answer for everybody",
    body: askBody,
    answers: { 202: mailed },
  },
  askReset: {
    summary: "A mail to choose a new password by; one answer for everybody",
    body: askBody,
    answers: { 202: mailed },
  },
  confirmReset: {
    summary: "A new password for the token of a mail; every session ends",
    body: () => object({ token: text, password }, ["token", "password"]),
    answers: { 204: undefined },
  },
  "firstRun.make": {
    summary: "Make the first administrator, for whoever runs the server",
    body: signUpBody,
    parameters: [
      {
        name: "X-First-Run-Token",
        in: "header",
        required: false,
        schema: text,
        description: "What the server's terminal shows; not needed in development at the machine itself.",
      },
    ],
    answers: { 201: tokensWith({ user }) },
  },
  ...waysInWords,
  keySet: {
    summary: "The public keys of this server's tokens (RFC 7517)",
    answers: { 200: object({ keys: { type: "array", items: { type: "object" } } }, ["keys"]) },
  },
};

/** Describes a route of accounts, or answers undefined where it is none. */
export function accountOperation(
  schema: DescribedSchema,
  route: Route,
  problems: ProblemResponses,
): DocumentPart | undefined {
  const { name, answers } = route.action;
  const said = Object.hasOwn(words, name) ? words[name] : undefined;
  if (said === undefined || route.table !== undefined || route.call !== undefined) return undefined;
  const body = said.body?.(schema);
  const success = Object.entries(said.answers).map(([status, answer]) => [
    status,
    {
      description: said.summary,
      headers: headers("Cache-Control", ...(said.headers?.[status] ?? [])),
      ...(answer === undefined ? {} : { content: { [answers[0]]: { schema: answer } } }),
    },
  ]);
  const hooked =
    ["signUp", "anonymous.begin", "anonymous.promote", "firstRun.make"].includes(name) &&
    accountsTables(schema).some(({ hooks }) => hooks.length > 0);
  return {
    operationId: `auth.${name}`,
    tags: ["auth"],
    summary: said.summary,
    ...(said.parameters === undefined ? {} : { parameters: said.parameters }),
    ...(said.secured === true ? { security: [{ bearer: [] }, { cookie: [] }] } : {}),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: said.bodyless !== true,
            content: { "application/json": { schema: body } },
          },
        }),
    responses: {
      ...Object.fromEntries(success),
      ...problems.of({ action: name, nested: false, requiresIfMatch: false, hooked }),
    },
  };
}

function askBody(schema: SchemaModel): DocumentPart {
  const names = [...new Set(accountsTables(schema).map(({ accounts }) => accounts.identifier.name))];
  const named = Object.fromEntries(names.map((name) => [name, text]));
  return object({ ...named, ...choice(schema) }, names.length === 1 ? names : []);
}

function signInBody(schema: SchemaModel): DocumentPart {
  const identifiers = accountsTables(schema).map(({ accounts }) => accounts.identifier.name);
  const named = Object.fromEntries(identifiers.map((name) => [name, text]));
  const [only, ...more] = new Set(identifiers);
  const required = more.length === 0 && only !== undefined ? [only, "password"] : ["password"];
  const code = { type: "string", description: "Of the second factor, where the account has one." };
  return object({ ...named, password: text, code, ...choice(schema), session: form }, required);
}

function signUpBody(schema: DescribedSchema): DocumentPart {
  const tables = accountsTables(schema);
  const columns = tables.flatMap(({ name, columns: seen }) =>
    (schema.bodies.get(name)?.columns ?? seen).filter(isWritable),
  );
  const properties = Object.fromEntries(
    columns.map((column) => [column.name, inputSchema(schema, column, { schema: column.kind.input, fixed: false })]),
  );
  const [first, ...more] = tables;
  const required =
    first === undefined || more.length > 0 ? [] : first.columns.filter(isRequired).map(({ name }) => name);
  return {
    type: "object",
    properties: { ...properties, password, ...choice(schema), session: form },
    required: [...required, "password"],
  };
}

/** How one shows who one is. */
export const securitySchemes: DocumentPart = {
  bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  cookie: { type: "apiKey", in: "cookie", name: "servery_access" },
};

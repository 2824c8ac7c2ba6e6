import { ACCOUNT_PASSKEYS, API_KEY_DAYS, API_KEY_SCOPES, LABEL_CHARACTERS } from "../../auth/limits.ts";
import { accountsTables, type SchemaModel } from "../../schema/model.ts";
import { form, moment, object, password, text, tokensWith, user, type Words } from "./account-words.ts";
import type { DocumentPart } from "./names.ts";

const maybeMoment = { anyOf: [moment, { type: "null" }] } as const;
const label = { type: "string", minLength: 1, maxLength: LABEL_CHARACTERS } as const;
const id = [{ name: "id", in: "path", required: true, schema: text }] as const;
const provider = { name: "provider", in: "path", required: true, schema: text } as const;
const redirected = { 302: ["Location", "Referrer-Policy"] } as const;
const located = { 201: ["Location"] } as const;

const keyMembers = {
  id: text,
  starts_with: { ...text, description: "How the key begins: enough to know it by." },
  label,
  scopes: { type: "array", items: text },
  created_at: moment,
  expires_at: moment,
  last_used_at: { ...maybeMoment, description: "To the minute." },
  revoked_at: maybeMoment,
} as const;
const KEY_NAMES = Object.keys(keyMembers);
const apiKey = object(keyMembers, KEY_NAMES);
const shownKey = object({ key: { ...text, description: "Shown in this answer alone." }, ...keyMembers }, [
  "key",
  ...KEY_NAMES,
]);
const scopes = {
  type: "array",
  minItems: 1,
  maxItems: API_KEY_SCOPES,
  items: { type: "string", description: "A table, or * for every one, with what may be done: posts:read, *:write." },
} as const;

const passkeyMembers = {
  id: text,
  label,
  transports: { type: "array", items: text },
  created_at: moment,
  last_used_at: maybeMoment,
} as const;
const passkey = object(passkeyMembers, Object.keys(passkeyMembers));
const options = {
  type: "object",
  properties: { challenge: text },
  required: ["challenge"],
  description: "What the page hands to the authenticator (Web Authentication).",
} as const;
const credential = {
  type: "object",
  description: "What the authenticator answers, as its toJSON() writes it.",
} as const;

/** Ways into an account beside a password, and what opens one for a program. */
export const waysInWords: Readonly<Record<string, Words>> = {
  listProviders: {
    summary: "The providers that one can sign in with",
    answers: { 200: { type: "array", items: object({ name: text, title: text }, ["name", "title"]) } },
  },
  beginWithProvider: {
    summary: "Lead the browser to a provider",
    parameters: [
      provider,
      { name: "return_to", in: "query", schema: text, description: "A path here, or a page of an allowed origin." },
    ],
    answers: { 302: undefined },
    headers: redirected,
  },
  finishWithProvider: {
    summary: "Where a provider leads the browser back to: begins a session, or links the provider",
    parameters: [provider],
    answers: { 302: undefined },
    headers: redirected,
  },
  "keys.create": {
    summary: "Make an API key; it is shown this once",
    body: () =>
      object(
        {
          label,
          scopes,
          expires_in_days: { type: "integer", minimum: 1, maximum: API_KEY_DAYS },
        },
        ["label", "scopes"],
      ),
    answers: { 201: shownKey },
    headers: located,
    secured: true,
  },
  "keys.list": {
    summary: "One's own API keys, the newest first",
    answers: { 200: { type: "array", items: apiKey } },
    secured: true,
  },
  "keys.revoke": {
    summary: "End one of one's own API keys",
    parameters: id,
    answers: { 204: undefined },
    secured: true,
  },
  "passkeys.register": {
    summary: "What a page hands to an authenticator to make a passkey",
    answers: { 200: options },
    secured: true,
  },
  "passkeys.verify": {
    summary: "Keep the passkey that the authenticator made",
    body: () => object({ credential, label }, ["credential"]),
    answers: { 201: passkey },
    headers: located,
    secured: true,
  },
  "passkeys.list": {
    summary: "One's own passkeys, the oldest first",
    answers: { 200: { type: "array", maxItems: ACCOUNT_PASSKEYS, items: passkey } },
    secured: true,
  },
  "passkeys.remove": {
    summary: "Remove one of one's own passkeys",
    parameters: id,
    answers: { 204: undefined },
    secured: true,
  },
  "passkeys.options": {
    summary: "What anybody's page hands to an authenticator to sign in",
    answers: { 200: options },
  },
  "passkeys.signIn": {
    summary: "Sign in with a passkey",
    body: () => object({ credential, session: form }, ["credential"]),
    answers: { 200: tokensWith({ user }) },
  },
  "anonymous.begin": {
    summary: "A session of a new account without a name",
    body: (schema) => object({ session: form, accounts: choiceOf(schema) }, []),
    bodyless: true,
    answers: { 201: tokensWith({ user }) },
  },
  "anonymous.promote": {
    summary: "A name and a password for one's anonymous account; all other sessions end",
    body: promotionBody,
    answers: { 200: object({ status: { const: "promoted" } }, ["status"]) },
    secured: true,
  },
};

function choiceOf(schema: SchemaModel): DocumentPart {
  const paths = nameless(schema).map(({ path }) => path);
  return { type: "string", enum: paths, default: paths[0] };
}

function promotionBody(schema: SchemaModel): DocumentPart {
  const names = [...new Set(nameless(schema).map(({ accounts }) => accounts.identifier.name))];
  const identifiers = Object.fromEntries(names.map((name) => [name, text]));
  return object({ ...identifiers, password }, names.length === 1 ? [...names, "password"] : ["password"]);
}

function nameless(schema: SchemaModel): ReturnType<typeof accountsTables> {
  return accountsTables(schema).filter(({ accounts }) => accounts.anonymous);
}

import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from "../../auth/limits.ts";
import type { DescribedSchema } from "./described.ts";
import type { DocumentPart } from "./names.ts";

export const text = { type: "string" } as const;
export const moment = { type: "string", format: "date-time" } as const;
export const password = {
  type: "string",
  minLength: PASSWORD_MIN_CHARACTERS,
  maxLength: PASSWORD_MAX_CHARACTERS,
  format: "password",
} as const;
export const form = {
  type: "string",
  enum: ["token", "cookie"],
  default: "token",
  description: "cookie: the answer sets cookies that pages cannot read, and its body holds no tokens.",
} as const;
export const user = { type: "object", description: "The account's own row, as it may read it." } as const;

const tokens = {
  access_token: { ...text, description: "Goes along as Authorization: Bearer …" },
  refresh_token: { ...text, description: "For the next access token; good for one use." },
  token_type: { const: "Bearer" },
  expires_in: { type: "integer", minimum: 0, description: "Seconds until the access token expires." },
} as const;
const TOKEN_NAMES = Object.keys(tokens);

/** Tokens in the body, or none where they travel in cookies. */
export function tokensWith(more: DocumentPart): DocumentPart {
  const names = Object.keys(more);
  return {
    anyOf: [
      object({ ...tokens, ...more }, [...TOKEN_NAMES, ...names]),
      object({ expires_in: tokens.expires_in, ...more }, ["expires_in", ...names]),
    ],
  };
}

/** An object of exactly these members. */
export function object(properties: DocumentPart, required: readonly string[]): DocumentPart {
  return { type: "object", properties, required, additionalProperties: false };
}

/** What the document says of a route of accounts. */
export interface Words {
  readonly summary: string;
  readonly body?: (schema: DescribedSchema) => DocumentPart;
  /** Whether a request without a body is one too. */
  readonly bodyless?: boolean;
  readonly parameters?: readonly DocumentPart[];
  /** What is answered, by status; undefined for an empty answer. */
  readonly answers: Readonly<Record<string, DocumentPart | undefined>>;
  /** Headers of the answers beside Cache-Control, by status. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /** Whether it asks who one is. */
  readonly secured?: boolean;
}

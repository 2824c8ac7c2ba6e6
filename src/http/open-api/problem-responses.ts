import { type ErrorCode, errorCatalog } from "../../errors/catalog.ts";
import { type DocumentPart, PROBLEM, refTo } from "./names.ts";
import { headers } from "./shared-components.ts";

/** Codes by the step of a request that chooses them. */
const EVERY_ROUTE: readonly ErrorCode[] = [
  "malformed_request",
  "malformed_url",
  "url_too_long",
  "headers_too_large",
  "request_timeout",
  "not_acceptable",
  "invalid_token",
  "token_expired",
  "cross_site",
  "conflicting_credentials",
  "cannot_act_as",
  "internal",
];
const BODY: readonly ErrorCode[] = [
  "malformed_json",
  "body_too_deep",
  "body_too_large",
  "unsupported_media_type",
  "body_required",
  "invalid_data",
];
const QUERY: readonly ErrorCode[] = ["unknown_parameter", "unknown_column", "repeated_parameter", "limit_exceeded"];
const READ: readonly ErrorCode[] = [...QUERY, "unknown_relation", "invalid_parameter"];
const READ_DATABASE: readonly ErrorCode[] = ["database_busy", "query_timeout", "database_unavailable"];
const WRITE: readonly ErrorCode[] = [
  "invalid_idempotency_key",
  "idempotency_mismatch",
  "idempotency_in_progress",
  "invalid_precondition",
  "precondition_failed",
  "refused_by_database",
  ...READ_DATABASE,
  "storage_full",
];
/** The conditions of a write of many rows. */
const SELECTION: readonly ErrorCode[] = [...READ, "unknown_operator", "filter_required"];
const CREATE: readonly ErrorCode[] = [...BODY, ...QUERY, ...WRITE, "unique"];
const CHANGE: readonly ErrorCode[] = [...CREATE, "not_found"];
const DELETE: readonly ErrorCode[] = ["unknown_parameter", "limit_exceeded", ...WRITE, "not_found", "still_referenced"];
const UPSERT: readonly ErrorCode[] = [
  ...CREATE,
  "missing_parameter",
  "invalid_parameter",
  "forbidden",
  "sign_in_required",
];

/** What every route of accounts may answer: it reads and writes what Servery keeps of them. */
const AUTH: readonly ErrorCode[] = [
  ...BODY,
  "unknown_parameter",
  "invalid_idempotency_key",
  ...READ_DATABASE,
  "storage_full",
];
/** A password was sent. */
const SIGN_IN: readonly ErrorCode[] = ["too_many_attempts", "sign_in_busy"];

/** What a provider says is not believed. */
const PROVIDER: readonly ErrorCode[] = [
  "sign_in_expired",
  "provider_unavailable",
  "provider_refused",
  "unverified_address",
  "identity_taken",
];

/** Only somebody who has signed in may ask, and no API key. */
const OPERATORS: readonly ErrorCode[] = ["sign_in_required", "forbidden", "not_found", "unknown_parameter"];
const SESSION: readonly ErrorCode[] = ["sign_in_required", "forbidden"];

/** What the application's own code may pass on, a route's or that of hooks: its refusals, and whatever its tables say. */
const OWN_CODE: readonly ErrorCode[] = [
  ...READ,
  ...READ_DATABASE,
  "unknown_operator",
  "sign_in_required",
  "forbidden",
  "not_found",
  "invalid_data",
  "body_required",
  "unique",
  "still_referenced",
  "refused_by_database",
  "refused",
  "storage_full",
  "hook_timeout",
  "transaction_timeout",
];

/** What each action may answer beside success, in the order of the catalogue. */
const BY_ACTION: Readonly<Record<string, readonly ErrorCode[]>> = {
  list: [...READ, "unknown_operator", "invalid_cursor", ...READ_DATABASE],
  read: [...READ, "invalid_precondition", "not_found", ...READ_DATABASE],
  create: CREATE,
  upsert: UPSERT,
  update: CHANGE,
  replace: CHANGE,
  updateMany: [...CREATE, ...SELECTION],
  delete: DELETE,
  deleteMany: [...SELECTION, ...WRITE, "still_referenced"],
  batch: [...UPSERT, ...DELETE, ...SELECTION, "invalid_reference", "precondition_required"],
  ready: ["shutting_down"],
  metrics: ["sign_in_required", "not_found"],
  "xray.list": [...OPERATORS, "invalid_parameter", "repeated_parameter", "limit_exceeded", "malformed_url"],
  "xray.read": OPERATORS,
  "server.settings": OPERATORS,
  "server.mails": [...OPERATORS, ...READ_DATABASE],
  "server.sql": [
    ...OPERATORS,
    ...BODY,
    ...READ_DATABASE,
    "invalid_idempotency_key",
    "limit_exceeded",
    "storage_full",
    "sql_refused",
    "consent_needed",
    "rows_differ",
  ],
  "server.schema": [...OPERATORS, ...READ_DATABASE],
  "server.migration": [...OPERATORS, ...READ_DATABASE],
  signUp: [...AUTH, ...CREATE, ...SIGN_IN, "sign_in_required", "forbidden"],
  signIn: [...AUTH, ...SIGN_IN, "verification_required", "second_factor_required", "invalid_credentials"],
  refresh: [...AUTH, "refresh_reused"],
  signOut: [...AUTH, ...SESSION],
  me: [...AUTH, "sign_in_required"],
  manageAccount: [...AUTH, "sign_in_required", "forbidden", "not_found"],
  listAccounts: [
    ...OPERATORS,
    "invalid_parameter",
    "repeated_parameter",
    "limit_exceeded",
    "malformed_url",
    ...READ_DATABASE,
  ],
  endSessions: [...AUTH, "sign_in_required", "forbidden", "not_found", "invalid_parameter", "repeated_parameter"],
  proposeSecondFactor: [...AUTH, ...SIGN_IN, "sign_in_required", "forbidden", "not_found", "second_factor_on"],
  confirmSecondFactor: [...AUTH, "sign_in_required", "forbidden", "not_found"],
  switchOffSecondFactor: [...AUTH, ...SIGN_IN, "sign_in_required", "forbidden", "not_found", "refused"],
  verify: [...AUTH, "link_over"],
  resendVerification: [...AUTH, "too_many_attempts"],
  askReset: [...AUTH, "too_many_attempts"],
  confirmReset: [...AUTH, "sign_in_busy", "link_over"],
  sessions: [...AUTH, ...SESSION],
  endSession: [...AUTH, ...SESSION, "not_found"],
  listProviders: AUTH,
  beginWithProvider: [...AUTH, "repeated_parameter", "invalid_parameter", "not_found", "provider_unavailable"],
  finishWithProvider: [
    ...AUTH,
    ...CREATE,
    ...PROVIDER,
    "not_found",
    "forbidden",
    "invalid_credentials",
    "verification_required",
  ],
  "firstRun.read": AUTH,
  "firstRun.make": [...AUTH, ...CREATE, ...SIGN_IN, "first_run_refused", "first_run_over", "invalid_credentials"],
  "keys.create": [...AUTH, ...SESSION, "limit_exceeded", "too_many"],
  "keys.list": [...AUTH, ...SESSION],
  "keys.revoke": [...AUTH, ...SESSION, "not_found"],
  "passkeys.register": [...AUTH, ...SESSION, "passkeys_unavailable", "too_many"],
  "passkeys.verify": [...AUTH, ...SESSION, "passkeys_unavailable", "challenge_refused", "passkey_invalid", "too_many"],
  "passkeys.list": [...AUTH, ...SESSION],
  "passkeys.remove": [...AUTH, ...SESSION, "not_found"],
  "passkeys.options": [...AUTH, "passkeys_unavailable", "too_many_attempts"],
  "passkeys.signIn": [
    ...AUTH,
    "passkeys_unavailable",
    "too_many_attempts",
    "challenge_refused",
    "passkey_refused",
    "invalid_credentials",
    "verification_required",
  ],
  "anonymous.begin": [...AUTH, ...CREATE, "too_many_attempts", "invalid_credentials"],
  "anonymous.promote": [...AUTH, ...CREATE, ...SESSION, "too_many_attempts", "sign_in_busy", "refused"],
  changePassword: [...AUTH, ...SIGN_IN, ...SESSION, "refused"],
  keySet: ["unknown_parameter", "invalid_idempotency_key"],
  call: [...OWN_CODE, "handler_timeout"],
  "call-with-body": [...BODY, ...OWN_CODE, "handler_timeout"],
};

export interface ProblemCase {
  readonly action: string;
  /** Whether the path names a parent that may be missing. */
  readonly nested: boolean;
  /** Whether the body may ask for rows that callers may not create. */
  readonly closed?: boolean;
  /** Whether callers may come with an API key, which opens some tables alone. */
  readonly keyed?: boolean;
  readonly requiresIfMatch: boolean;
  /** Whether hooks take part in what it writes. */
  readonly hooked?: boolean;
}

/** Collects the error responses of all routes: those that say the same are one component. */
export class ProblemResponses {
  readonly components: Record<string, DocumentPart> = {};
  readonly #names = new Map<string, string>();

  /** The error responses of one operation, by status. */
  of(asked: ProblemCase): Record<string, DocumentPart> {
    const chosen = new Set<ErrorCode>([
      ...EVERY_ROUTE,
      ...(BY_ACTION[asked.action] ?? []),
      // The one question that is answered in maintenance too.
      ...(asked.action === "live" ? [] : (["maintenance"] as const)),
      ...(asked.hooked === true ? OWN_CODE : []),
      // The rows below may not be there for this caller at all.
      ...(asked.nested ? (["not_found", "no_route"] as const) : []),
      ...(asked.keyed === true ? (["forbidden"] as const) : []),
      ...(asked.closed === true ? (["sign_in_required", "forbidden"] as const) : []),
    ]);
    if (asked.requiresIfMatch && asked.action !== "create") chosen.add("precondition_required");
    const byStatus = new Map<number, ErrorCode[]>();
    for (const code of (Object.keys(errorCatalog) as ErrorCode[]).filter((known) => chosen.has(known))) {
      const { status } = errorCatalog[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    const sorted = [...byStatus].sort(([left], [right]) => left - right);
    return Object.fromEntries(
      sorted.map(([status, codes]) => [String(status), refTo("responses", this.#name(asked.action, status, codes))]),
    );
  }

  #name(action: string, status: number, codes: readonly ErrorCode[]): string {
    const content = codes.join(" ");
    const kept = this.#names.get(content);
    if (kept !== undefined) return kept;
    const plain = String(status);
    const name = plain in this.components ? `${plain}.${action}` : plain;
    this.#names.set(content, name);
    this.components[name] = response(codes);
    return name;
  }
}

/** Answers behind which may stand that a rule refused something. */
const EXPLAINED: readonly number[] = [400, 401, 403, 404, 409];

function response(codes: readonly ErrorCode[]): DocumentPart {
  const statuses = codes.map((code) => errorCatalog[code].status);
  const extra = statuses.some((status) => status === 401)
    ? ["WWW-Authenticate"]
    : statuses.includes(429)
      ? ["Retry-After", "RateLimit", "RateLimit-Policy"]
      : statuses.includes(503)
        ? ["Retry-After"]
        : statuses.some((status) => status === 415)
          ? ["Accept"]
          : statuses.some((status) => status === 409)
            ? ["Retry-After"]
            : [];
  return {
    description: codes.map((code) => `${code}: ${errorCatalog[code].when}`).join("\n"),
    headers: headers(
      "Cache-Control",
      ...extra,
      ...(statuses.some((status) => EXPLAINED.includes(status)) ? ["X-Servery-Explain"] : []),
    ),
    content: { "application/problem+json": { schema: refTo("schemas", PROBLEM) } },
  };
}

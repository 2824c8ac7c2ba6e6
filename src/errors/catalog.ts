/**
 * Every error a caller can meet, in one place: what it answers and when it is chosen over its
 * neighbours. `docs/errors.md` lists the same codes; a test compares the two both ways.
 * A code is never reused for another meaning.
 */
export const errorCatalog = {
  // The envelope: read before anything is known about the caller.
  malformed_json: { status: 400, title: "Malformed JSON", when: "The body is not one JSON text in UTF-8." },
  malformed_url: {
    status: 400,
    title: "Malformed URL",
    when: "The target has a broken percent escape or is not a path.",
  },
  malformed_request: { status: 400, title: "Malformed request", when: "The request line or a header breaks HTTP." },
  body_too_deep: { status: 400, title: "Body nested too deeply", when: "The JSON has more levels than the limit." },
  body_too_large: { status: 413, title: "Body too large", when: "The body is larger than the limit." },
  url_too_long: { status: 414, title: "URL too long", when: "The target is longer than the limit." },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    when: "The body's Content-Type is not one this route reads.",
  },
  not_acceptable: {
    status: 406,
    title: "Not acceptable",
    when: "No representation that the Accept header allows exists.",
  },
  headers_too_large: { status: 431, title: "Headers too large", when: "The header section is larger than the limit." },
  request_timeout: { status: 408, title: "Request timeout", when: "The request did not arrive in time." },
  // Who may do what.
  invalid_token: {
    status: 401,
    title: "Invalid credentials",
    when: "The Authorization header holds nothing this server accepts.",
  },
  token_expired: { status: 401, title: "Token expired", when: "The token was good and its time is over." },
  refresh_reused: {
    status: 401,
    title: "Refresh token used again",
    when: "The refresh token was used before, so somebody else may have it; its session is over.",
  },
  invalid_credentials: {
    status: 401,
    title: "Wrong name or password",
    when: "The name and the password belong to no account that may sign in.",
  },
  verification_required: {
    status: 403,
    title: "Address not verified",
    when: "The password is right, and the account's address has not been verified yet.",
  },
  second_factor_required: {
    status: 401,
    title: "Second factor required",
    when: "The password is right, and the account asks for a code besides: send it as code.",
  },
  second_factor_on: {
    status: 409,
    title: "Second factor on",
    when: "The account has a second factor already; it is switched off first.",
  },
  link_over: {
    status: 400,
    title: "Link over",
    when: "The token of a mail was used, is too old, or a newer one was sent.",
  },
  cross_site: {
    status: 403,
    title: "Cross-site request",
    when: "A request that changes something came from another site's page, with a session cookie or to a route of whoever runs the server.",
  },
  conflicting_credentials: {
    status: 400,
    title: "Conflicting credentials",
    when: "The Authorization header and the cookie belong to different accounts.",
  },
  cannot_act_as: {
    status: 400,
    title: "Cannot act as",
    when: "`X-Servery-As` names no account that can be acted as, or stands at a route that takes none.",
  },
  sign_in_required: {
    status: 401,
    title: "Sign in required",
    when: "The rule refuses this caller and signing in could help.",
  },
  forbidden: { status: 403, title: "Forbidden", when: "The rule refuses this action to every caller of this kind." },
  too_many_attempts: {
    status: 429,
    title: "Too many attempts",
    when: "Too many attempts to sign in came for this account or from this address; Retry-After says when the next may come.",
  },
  sign_in_busy: {
    status: 503,
    title: "Sign-in busy",
    when: "Too many passwords wait to be checked at this moment.",
  },
  // Signing in with a provider.
  sign_in_expired: {
    status: 400,
    title: "Sign-in not under way",
    when: "What came back from a provider belongs to no sign-in of this browser: it was ended already, took too long, or began elsewhere.",
  },
  provider_refused: {
    status: 401,
    title: "Provider refused",
    when: "The provider did not sign the caller in, or what it answered cannot be believed.",
  },
  provider_unavailable: {
    status: 503,
    title: "Provider unavailable",
    when: "The provider cannot be reached, or does not answer as it should.",
  },
  unverified_address: {
    status: 403,
    title: "Address not verified",
    when: "The provider does not say that the caller's address is verified, so it leads to no account.",
  },
  identity_taken: {
    status: 409,
    title: "Already linked",
    when: "The caller's identity at the provider is a way into another account.",
  },
  // Passkeys.
  challenge_refused: {
    status: 400,
    title: "Challenge not accepted",
    when: "The challenge that a passkey signed is unknown, was made for something else or somebody else, has expired, or was used.",
  },
  passkey_invalid: {
    status: 400,
    title: "Passkey not accepted",
    when: "A new passkey does not fit the challenge or this site, was made without verifying its user, or is registered already.",
  },
  passkey_refused: {
    status: 401,
    title: "Passkey refused",
    when: "No account can be signed in with this passkey's answer.",
  },
  passkeys_unavailable: {
    status: 404,
    title: "No passkeys here",
    when: "The public URL of the server is not one for which browsers offer passkeys; `detail` says why.",
  },
  too_many: {
    status: 409,
    title: "Too many",
    when: "The account has as many passkeys or API keys as it may have; remove one first.",
  },
  // Whoever runs the server.
  first_run_refused: {
    status: 403,
    title: "Not the first administrator",
    when: "Whoever asks to be the first administrator does not show the token of the server's terminal.",
  },
  first_run_over: {
    status: 409,
    title: "No first run",
    when: "Somebody is an administrator already, or no table has accounts.",
  },
  sql_refused: {
    status: 400,
    title: "SQL not accepted",
    when: "The text is not one statement that reads or writes rows, or the database refuses it; `detail` says why.",
  },
  consent_needed: {
    status: 409,
    title: "Consent needed",
    when: "The statement changes rows and the request does not say how many; `detail` says what it is.",
  },
  rows_differ: {
    status: 409,
    title: "Another number of rows",
    when: "The statement would change more rows or fewer than the request says; nothing was changed.",
  },
  // The route.
  no_route: { status: 404, title: "No such route", when: "No route has this path." },
  not_found: { status: 404, title: "Not found", when: "The row does not exist, or this caller may not see it." },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    when: "The path exists, this method on it does not.",
  },
  // The command.
  invalid_data: { status: 400, title: "Invalid data", when: "The body breaks the declaration; `errors` says where." },
  body_required: { status: 400, title: "Body required", when: "This method needs a JSON body and none was sent." },
  unknown_parameter: {
    status: 400,
    title: "Unknown parameter",
    when: "A query parameter is neither reserved nor a column.",
  },
  unknown_column: {
    status: 400,
    title: "Unknown column",
    when: "A filter, sort or fields names no column of the table.",
  },
  unknown_relation: {
    status: 400,
    title: "Unknown relation",
    when: "An include or a path names no relation of the table.",
  },
  unknown_operator: {
    status: 400,
    title: "Unknown operator",
    when: "An operator does not exist, or not for this kind of column.",
  },
  repeated_parameter: {
    status: 400,
    title: "Repeated parameter",
    when: "A parameter that takes one value was sent twice.",
  },
  invalid_parameter: {
    status: 400,
    title: "Invalid parameter",
    when: "A query parameter has a value that does not fit it.",
  },
  missing_parameter: {
    status: 400,
    title: "Missing parameter",
    when: "The route needs a query parameter that was not sent.",
  },
  filter_required: {
    status: 400,
    title: "Filter required",
    when: "A change or a delete of a list came without a condition; it would mean every row.",
  },
  invalid_reference: {
    status: 400,
    title: "Invalid reference",
    when: "An operation of a batch refers to nothing that an earlier one makes.",
  },
  invalid_cursor: { status: 400, title: "Invalid cursor", when: "The cursor was changed, or belongs to another list." },
  limit_exceeded: { status: 400, title: "Limit exceeded", when: "The request asks for more than a documented limit." },
  invalid_precondition: {
    status: 400,
    title: "Invalid precondition",
    when: "If-Match or If-None-Match is not a list of entity tags.",
  },
  invalid_idempotency_key: {
    status: 400,
    title: "Invalid idempotency key",
    when: "The Idempotency-Key is empty, too long, holds other characters than printable ASCII, or stands on a route that writes and keeps no answers.",
  },
  idempotency_mismatch: {
    status: 400,
    title: "Idempotency key used before",
    when: "The Idempotency-Key was used for another query or body.",
  },
  idempotency_in_progress: {
    status: 409,
    title: "Still in progress",
    when: "A request with the same Idempotency-Key has not ended yet.",
  },
  // The rows.
  unique: { status: 409, title: "Already taken", when: "Another row has this value in a unique column." },
  still_referenced: { status: 409, title: "Still referenced", when: "Other rows refer to this one, so it cannot go." },
  refused_by_database: {
    status: 409,
    title: "Refused by the database",
    when: "A trigger or a deferred constraint of the database refused the write.",
  },
  refused: { status: 409, title: "Refused", when: "The application's own rules refuse it; `detail` says why." },
  precondition_failed: {
    status: 412,
    title: "Precondition failed",
    when: "The row is not the one that If-Match or If-None-Match names.",
  },
  precondition_required: {
    status: 428,
    title: "Precondition required",
    when: "This table takes changes only with If-Match.",
  },
  // The machine.
  internal: {
    status: 500,
    title: "Internal error",
    when: "A fault of the server; the log has the cause under the request id.",
  },
  database_busy: {
    status: 503,
    title: "Database busy",
    when: "Too many requests wait for the database, or another process holds its lock.",
  },
  query_timeout: { status: 503, title: "Query took too long", when: "The query was ended at its deadline." },
  hook_timeout: {
    status: 503,
    title: "Hook took too long",
    when: "The application's code that takes part in a write did not end in time; nothing was written.",
  },
  transaction_timeout: {
    status: 503,
    title: "Transaction took too long",
    when: "A transaction of the application's code did not end in time; nothing of it was written.",
  },
  handler_timeout: {
    status: 503,
    title: "Handler took too long",
    when: "The application's own code did not answer before its deadline.",
  },
  storage_full: { status: 503, title: "Storage full", when: "The disk is full; nothing was written." },
  database_unavailable: {
    status: 503,
    title: "Database unavailable",
    when: "The database cannot be read or written now.",
  },
  maintenance: {
    status: 503,
    title: "In maintenance",
    when: "The application was switched to maintenance; every request but `/health/live` is turned away.",
  },
  simulated_failure: {
    status: 503,
    title: "Simulated failure",
    when: "`servery dev` was started with `--fail`; the request changed nothing.",
  },
  shutting_down: { status: 503, title: "Shutting down", when: "The server is stopping and takes no new requests." },
} as const satisfies Record<string, { status: number; title: string; when: string }>;

export type ErrorCode = keyof typeof errorCatalog;

/** Codes of one finding inside `errors[]`: what is wrong with one field. */
export const fieldErrorCatalog = {
  required: "The field must be there and must not be empty.",
  unknown_field: "The table has no such column.",
  read_only: "The server fills this column; it may only be sent equal to what is stored.",
  malformed: "The row is not one line of JSON, or breaks the form of CSV.",
  type: "The value has another JSON type.",
  null: "The column cannot be null.",
  too_long: "The text has more code points than the column takes.",
  too_short: "The text has fewer code points than the column takes.",
  out_of_range: "The number is outside the column's range.",
  format: "The text is not of the column's form.",
  characters: "The text holds NUL or half of a surrogate pair, which no database stores alike.",
  not_in_list: "The value is not one of the enumeration.",
  guessable: "The password is one of the commonest, or the account's own e-mail address.",
  check: "A declared check of the table does not hold.",
  invalid: "The application's own validator or rule refuses the value.",
  unique: "Another row has this value.",
  reference_missing: "No row with this key is there to refer to.",
} as const satisfies Record<string, string>;

export type FieldErrorCode = keyof typeof fieldErrorCatalog;

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
  sign_in_required: {
    status: 401,
    title: "Sign in required",
    when: "The rule refuses this caller and signing in could help.",
  },
  forbidden: { status: 403, title: "Forbidden", when: "The rule refuses this action to every caller of this kind." },
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
  check: "A declared check of the table does not hold.",
  invalid: "The application's own validator or rule refuses the value.",
  unique: "Another row has this value.",
  reference_missing: "No row with this key is there to refer to.",
} as const satisfies Record<string, string>;

export type FieldErrorCode = keyof typeof fieldErrorCatalog;

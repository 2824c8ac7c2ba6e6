/** Every limit of a request, in one place. `docs/limits.md` is the same table; a test compares them. */

/** Bytes of a request body. */
export const BODY_BYTES = 1_048_576;
/** Levels of arrays and objects in a JSON body. */
export const JSON_DEPTH = 32;
/** Keys of one object in a JSON body that is a row. */
export const OBJECT_KEYS = 1_000;
/** Bytes of the request target (path and query). */
export const URL_BYTES = 16_384;
/** Parameters of one query string. */
export const QUERY_PARAMETERS = 200;
/** Rows of a list when the request does not say. */
export const DEFAULT_LIMIT = 20;
/** Rows of a list at most. */
export const MAX_LIMIT = 1_000;
/** Rows that `limit` may name where a list is answered as CSV or NDJSON; without it these hold all rows. */
export const EXPORT_ROWS = 1_000_000;
/** Rows a list may skip. */
export const MAX_OFFSET = 1_000_000_000;
/** Levels of include. */
export const INCLUDE_DEPTH = 3;
/** Relations included by one request. */
export const INCLUDES = 20;
/** Rows of one included list when the request does not say. */
export const INCLUDE_DEFAULT_LIMIT = 20;
/** Rows of one included list at most. */
export const INCLUDE_MAX_LIMIT = 100;
/** Conditions in all filters of a request. */
export const FILTER_NODES = 50;
/** Levels of a filter tree. */
export const FILTER_DEPTH = 8;
/** Values of one `in` list. */
export const IN_VALUES = 500;
/** Names in the path of a document's member. */
export { PATH_CHARACTERS, PATH_MEMBERS } from "../schema/document-path.ts";
/** Bytes of one document as it is stored. */
export { DOCUMENT_BYTES } from "../schema/column/document.ts";
/** Keys of a sort. */
export const SORT_KEYS = 8;
/** Words of a search text. */
export const SEARCH_WORDS = 10;
/** Characters of a search text. */
export const SEARCH_CHARACTERS = 200;
/** Numbers that one aggregate asks for. */
export const AGGREGATES = 10;
/** Parts of a group_by. */
export const GROUP_PARTS = 5;
/** Findings reported for one body; the rest would help nobody. */
export const REPORTED_ERRORS = 100;
/** Rows that one request may create by lists, or change or delete by one filter. */
export const BULK_ROWS = 1_000;
/** Rows of one body of CSV or NDJSON. */
export const IMPORT_ROWS = 100_000;
/** Bytes of such a body. */
export const IMPORT_BYTES = 268_435_456;
/** Bytes of one of its rows. */
export const IMPORT_ROW_BYTES = 1_048_576;
/** Levels of rows in a body: a row, rows that refer to it, rows that refer to those. */
export const NESTED_DEPTH = 3;
/** Operations of one batch. */
export const BATCH_OPERATIONS = 100;
/** Operations of one batch whose rows a filter selects. */
export const BATCH_FILTERS = 10;
/** How long a `prepare` hook may take, in milliseconds. */
export const PREPARE_DEADLINE_MS = 10_000;
/** How long an `after` hook may take, in milliseconds. */
export const AFTER_DEADLINE_MS = 30_000;
/** `after` hooks that run beside one another before a write waits for its own. */
export const AFTER_RUNNING = 100;
/** Levels of hooks whose writes meet hooks again. */
export const HOOK_DEPTH = 5;
/** Characters of an Idempotency-Key. */
export const IDEMPOTENCY_KEY_LENGTH = 255;
/** Rows that one delete may take with it. */
export const CASCADE_ROWS = 10_000;
/** Entity tags of one If-Match or If-None-Match. */
export const PRECONDITION_TAGS = 50;
/** Compiled request shapes that are kept. */
export const KEPT_SHAPES = 1_000;
/** Characters of a shape's key; a longer query is compiled anew each time. */
export const SHAPE_KEY_LENGTH = 2_048;
/** Milliseconds until a route of the application's own code must have answered. */
export const HANDLER_DEADLINE_MS = 30_000;
/** Milliseconds that a transaction of the application's own code may hold the database. */
export const TRANSACTION_DEADLINE_MS = 5_000;
/** Rows that a query of a module's repository may answer. */
export const QUERY_ROWS = 10_000;
/** Characters of a statement of whoever runs the application. */
export const SQL_CHARACTERS = 65_536;
/** Values of such a statement. */
export const SQL_PARAMS = 100;
/** Rows that such a statement answers; the others are left out. */
export const SQL_ROWS = 1_000;

// What proves who somebody is stands in auth, which is below this layer.
export {
  ACCOUNT_ATTEMPTS,
  ACCOUNT_KEYS,
  ACCOUNT_MAIL_REFILL_SECONDS,
  ACCOUNT_MAILS,
  ACCOUNT_PASSKEYS,
  ACCOUNT_REFILL_SECONDS,
  ADDRESS_ATTEMPTS,
  ADDRESS_DOORS,
  ADDRESS_DOORS_REFILL_SECONDS,
  ADDRESS_REFILL_SECONDS,
  API_KEY_DAYS,
  API_KEY_SCOPES,
  CHALLENGE_MS,
  LABEL_CHARACTERS,
  PASSWORD_MAX_CHARACTERS,
  PASSWORD_MIN_CHARACTERS,
  PASSWORDS_AT_ONCE,
  PASSWORDS_WAITING,
  THROTTLED_NAMES,
} from "../auth/limits.ts";

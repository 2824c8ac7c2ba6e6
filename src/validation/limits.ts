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
/** Keys of a sort. */
export const SORT_KEYS = 8;
/** Findings reported for one body; the rest would help nobody. */
export const REPORTED_ERRORS = 100;
/** Rows that one delete may take with it. */
export const CASCADE_ROWS = 10_000;
/** Entity tags of one If-Match or If-None-Match. */
export const PRECONDITION_TAGS = 50;
/** Compiled request shapes that are kept. */
export const KEPT_SHAPES = 1_000;
/** Characters of a shape's key; a longer query is compiled anew each time. */
export const SHAPE_KEY_LENGTH = 2_048;

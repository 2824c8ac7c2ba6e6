export const MAX_BODY_BYTES = 1024 * 1024;

const isText = (/** @type {unknown} */ value, /** @type {number} */ most) =>
  typeof value === "string" && value.length <= most;

/**
 * The check of each writable column: answers what is wrong, or nothing.
 * @type {Record<string, (v: any) => string | undefined>}
 */
export const CHECKS = {
  user_id: (v) => (Number.isSafeInteger(v) ? undefined : "user_id must be an integer"),
  title: (v) => (isText(v, 200) && v !== "" ? undefined : "title must be a text of 1 to 200 letters"),
  content: (v) => (v === null || isText(v, MAX_BODY_BYTES) ? undefined : "content must be a text"),
  category: (v) => (v === null || isText(v, 50) ? undefined : "category must be a text of at most 50 letters"),
  likes: (v) => (Number.isSafeInteger(v) ? undefined : "likes must be an integer"),
};

/** @param {any} body @returns {string | undefined} the first complaint about a change */
export function complaint(body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "a JSON object is expected";
  for (const key of Object.keys(body)) {
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key] : undefined;
    const wrong = check === undefined ? `unknown field ${key}` : check(body[key]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** @param {any} body @returns {string | undefined} the first complaint about a new post */
export function complaintOfNew(body) {
  return (
    complaint(body) ??
    (body.title === undefined ? "title required" : body.user_id === undefined ? "user_id required" : undefined)
  );
}

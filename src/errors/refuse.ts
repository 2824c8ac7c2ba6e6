import type { ErrorCode, FieldErrorCode } from "./catalog.ts";
import { Problem } from "./problem.ts";

/** Why the application's own code says no. */
export type RefusalReason = "conflict" | "forbidden" | "missing" | "invalid";

/** What is wrong with one member of the body. */
export interface RefusedField {
  /** A JSON pointer: `/amount`. */
  readonly pointer: string;
  readonly message: string;
  readonly code?: FieldErrorCode;
}

const CODES = {
  conflict: "refused",
  forbidden: "forbidden",
  missing: "not_found",
  invalid: "invalid_data",
} as const satisfies Record<RefusalReason, ErrorCode>;

/**
 * What a route's code throws to say no: `throw refuse("conflict", "There is not enough money.")`. The sentence
 * reaches the caller; anything else that is thrown does not.
 */
export function refuse(
  reason: RefusalReason,
  sentence: string,
  options: { readonly errors?: readonly RefusedField[] } = {},
): Error {
  const code = Object.hasOwn(CODES, reason) ? CODES[reason] : undefined;
  if (code === undefined)
    return new TypeError(`refuse() knows no reason ${JSON.stringify(reason)}: write ${Object.keys(CODES).join(", ")}.`);
  return new Problem(code, sentence, {
    errors: (options.errors ?? []).map(({ pointer, message, code: finding = "invalid" }) => ({
      pointer,
      code: finding,
      message,
    })),
  });
}

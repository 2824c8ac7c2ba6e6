import type { Explanation } from "./explanation.ts";
import { Problem } from "./problem.ts";

/**
 * A reference to a row that is not there. The same words serve where the caller may not read that row,
 * so that nobody learns which rows exist by referring to them.
 */
export function missingReference(table: string, pointer: string, explanation?: Explanation): Problem {
  const message = `${pointer.slice(pointer.lastIndexOf("/") + 1)} refers to a row that is not there.`;
  const errors = [{ pointer, code: "reference_missing" as const, message }];
  return new Problem("invalid_data", `The body does not fit ${table}.`, { errors, error: message, explanation });
}

import { errorCatalog } from "./catalog.ts";
import { Problem } from "./problem.ts";

/** Which operation of a batch a problem is about. */
export interface OperationPlace {
  readonly at: number;
  /** What the caller calls it: its method and path. */
  readonly name?: string;
}

/** A problem with one operation of a batch, told with its place: what it says of a body points into the batch. */
export function inOperation(problem: Problem, { at, name }: OperationPlace): Problem {
  // What the machine cannot do now is no operation's fault.
  if (errorCatalog[problem.code].status >= 500) return problem;
  const errors = problem.errors.map((error) => ({ ...error, pointer: `/${at}/body${error.pointer}` }));
  const { headers, error, cause, explanation } = problem;
  const detail = `Operation ${at}${name === undefined ? "" : ` (${name})`}: ${problem.detail}`;
  return new Problem(problem.code, detail, { errors, headers, error, cause, explanation });
}

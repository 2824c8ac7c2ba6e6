import { Problem } from "#servery/errors/problem.js";

/** The problem that the work throws; any other end is an error of the test. */
export function problemOf(work: () => unknown): Problem {
  let answer: unknown;
  try {
    answer = work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`There was no problem, but ${JSON.stringify(answer)}.`);
}

/** The one finding of the `invalid_data` that the work throws. */
export function findingOf(work: () => unknown): unknown {
  const { code, errors } = problemOf(work);
  if (code !== "invalid_data" || errors.length !== 1) throw new Error(`${code} with ${errors.length} findings`);
  return errors[0];
}

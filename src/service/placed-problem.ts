import { inOperation } from "../errors/in-operation.ts";
import { Problem } from "../errors/problem.ts";
import type { NewRow } from "../validation/command.ts";

/** Runs work on one operation of a batch: what is refused says which one. */
export async function atOperation<Result>(
  place: { readonly at: number; readonly batch: boolean | undefined },
  work: () => Promise<Result>,
): Promise<Result> {
  if (place.batch !== true) return work();
  return work().catch((error: unknown) => {
    throw error instanceof Problem ? inOperation(error, place) : error;
  });
}

/** Runs code that knows one row and not where it stands in the body: its pointers begin at the row. */
export async function inRow<Result>(
  { pointer }: Pick<NewRow, "pointer">,
  work: () => Promise<Result>,
): Promise<Result> {
  if (pointer === "") return work();
  return work().catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    const errors = error.errors.map((finding) => ({ ...finding, pointer: `${pointer}${finding.pointer}` }));
    const { headers, cause, explanation } = error;
    throw new Problem(error.code, error.detail, { errors, headers, error: error.error, cause, explanation });
  });
}

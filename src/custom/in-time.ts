import type { Lease } from "./ports.ts";

/** The deadline of some code, and what it ends with when it is late. */
export interface Deadline {
  readonly milliseconds: number;
  /** Ended at the deadline: after it the code's context does nothing any more. */
  readonly lease: Lease;
  readonly late: () => Error;
}

/** Runs code until its deadline; what it does afterwards is nobody's concern any more. */
export function inTime<Result>(work: () => Promise<Result>, { milliseconds, lease, late }: Deadline): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      lease.ended = true;
      reject(late());
    }, milliseconds);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

import type {
  Database,
  DatabaseFailure,
  Expectation,
  Stored,
  Write,
  WriteOutcome,
  WriteStep,
} from "#servery/database/database.js";

type Expect = readonly Expectation[];

/** A step that changes rows and answers none. */
export function change(sql: string, params: readonly Stored[] = [], expect: Expect = []): WriteStep {
  return { sql, params, returns: false, changes: true, expect };
}

/** A step that changes rows and answers them (RETURNING). */
export function changeReturning(sql: string, params: readonly Stored[] = [], expect: Expect = []): WriteStep {
  return { sql, params, returns: true, keep: true, changes: true, expect };
}

/** A step that reads inside the write. */
export function look(sql: string, params: readonly Stored[] = [], expect: Expect = []): WriteStep {
  return { sql, params, returns: true, changes: false, expect };
}

export function write(...steps: readonly WriteStep[]): Write {
  return { steps };
}

/** Reads rows, whichever way the database runs it. */
export async function readRows(
  database: Database,
  sql: string,
  params: readonly Stored[] = [],
): Promise<readonly (readonly Stored[])[]> {
  return database.read({ sql, scans: false }, params);
}

/** The outcome in one word, for tables of expected outcomes. */
export function verdict(outcome: WriteOutcome): string {
  if (outcome.ok) return "ok";
  return "refusal" in outcome ? `refused: ${outcome.refusal.code}` : `failed: ${outcome.failure.kind}`;
}

/** What a read that must fail fails with. */
export async function failureOf(answer: unknown): Promise<string> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && "failure" in error) return (error.failure as DatabaseFailure).kind;
    throw error;
  }
  return "answered";
}

/** Waits this long, in milliseconds. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Waits until a condition holds. Throws after `milliseconds`. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 90_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${milliseconds} ms: ${condition.toString()}`);
    await pause(10);
  }
}

import {
  type Database,
  DatabaseError,
  type Rows,
  type SqlRead,
  type Stored,
  type WriteOutcome,
  type WriteStep,
} from "../database/database.ts";
import { failureProblem } from "./write-problem.ts";

/** Reads Servery's own tables by a key or an index, so that it answers at once. A problem where the database cannot. */
export async function ownRows(
  database: Pick<Database, "read">,
  read: SqlRead,
  params: readonly Stored[],
): Promise<Rows> {
  try {
    return await database.read(read, params);
  } catch (error) {
    throw failureProblem(undefined, error);
  }
}

/** A statement that changes rows of Servery's own. With `otherwise` it must change some, else the write is undone and that is told. */
export function ownChange(sql: string, params: readonly Stored[], otherwise?: string): WriteStep {
  const step = { sql, params, returns: false, changes: true };
  return otherwise === undefined ? step : { ...step, expect: [{ is: "some", otherwise: { code: otherwise } }] };
}

/** Applies steps, all or none; answers the `otherwise` of the one that was refused. */
export async function ownWrite(
  database: Pick<Database, "write">,
  steps: readonly WriteStep[],
): Promise<string | undefined> {
  return (await ownAnswer(database, steps)).refused;
}

/** The same, with the rows of those steps that keep theirs. */
export async function ownAnswer(
  database: Pick<Database, "write">,
  steps: readonly WriteStep[],
): Promise<{ readonly refused: string | undefined; readonly kept: readonly Rows[] }> {
  const outcome = await database.write({ steps });
  return { refused: refusedBy(outcome), kept: outcome.ok ? outcome.kept : [] };
}

/** The same without waking the thread that writes, for what a start puts in. */
export async function ownFill(
  database: Pick<Database, "fill">,
  steps: readonly WriteStep[],
): Promise<string | undefined> {
  return refusedBy(await database.fill({ steps }));
}

function refusedBy(outcome: WriteOutcome): string | undefined {
  if (outcome.ok) return undefined;
  if ("refusal" in outcome) return outcome.refusal.code;
  throw failureProblem(undefined, new DatabaseError(outcome.failure));
}

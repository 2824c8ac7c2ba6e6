import { type Database, DatabaseError } from "../database/database.ts";
import type { Stored } from "../schema/stored.ts";
import { failureProblem } from "./write-problem.ts";

const OF_THE_MACHINE: readonly string[] = ["busy", "timeout", "full", "read_only", "unavailable"];

/** Runs the SQL of the application's own repositories: one SELECT, rows as objects. */
export class QueryRepository {
  readonly #database: Pick<Database, "query">;
  readonly #maxRows: number;

  constructor(database: Pick<Database, "query">, maxRows: number) {
    this.#database = database;
    this.#maxRows = maxRows;
  }

  async rows(sql: string, params: readonly Stored[]): Promise<Record<string, Stored>[]> {
    const { columns, rows } = await this.#database
      .query(sql, params, this.#maxRows)
      .catch((error: unknown) => Promise.reject(queryFailure(error)));
    const twice = columns.find((name, at) => columns.indexOf(name) !== at);
    if (twice !== undefined) throw new Error(`The query answers two columns called ${twice}: name one with AS.`);
    return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])));
  }
}

/** A machine that cannot answer now is told to the caller; whatever else went wrong is wrong with the query. */
function queryFailure(error: unknown): Error {
  if (error instanceof DatabaseError && !OF_THE_MACHINE.includes(error.failure.kind))
    return new Error(`The query failed: ${error.message}`, { cause: error });
  return failureProblem(undefined, error) as Error;
}

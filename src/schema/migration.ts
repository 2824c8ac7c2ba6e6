import type { Stored } from "./stored.ts";

/** What a migration in TypeScript works with: the database, inside the transaction of the migration. */
export interface MigrationContext {
  /** The rows of one statement, each an object by column. */
  query<Row extends Record<string, Stored> = Record<string, Stored>>(sql: string, ...params: readonly Stored[]): Row[];
  /** Runs one statement, and answers how many rows it changed. */
  run(sql: string, ...params: readonly Stored[]): number;
}

/** The work of a migration. It may wait, for a file or a network; the database stays locked for others meanwhile. */
export type Migration = (database: MigrationContext) => unknown;

/**
 * A migration in TypeScript, the default export of `migrations/0002_fill_slugs.ts`. It runs once for each database, in
 * one transaction: when it throws, nothing of it is kept.
 */
export function migration(work: Migration): Migration {
  return work;
}

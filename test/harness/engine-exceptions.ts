import { type DatabaseEngine, databaseEngine } from "./test-database.ts";

/**
 * Everything in which an answer may differ from engine to engine, each with its reason. docs/databases.md tells people the
 * same; there are never more than ten.
 */
export const exceptions = {
  "rows that refer to each other go together":
    "PostgreSQL checks a reference at the end of the statement, SQLite at each row, in whatever order they go",
} as const;

/** What is expected where a named exception holds. */
export function differs<Value>(
  _exception: keyof typeof exceptions,
  expected: Readonly<Record<DatabaseEngine, Value>>,
): Value {
  return expected[databaseEngine];
}

import type { Migration, MigrationContext } from "../../schema/migration.ts";
import type { Stored } from "../../schema/stored.ts";
import { refusedWord } from "../migration/migration-file.ts";
import { splitStatements } from "../migration/split-statements.ts";
import type { Connection } from "./connection.ts";

export type MigrationCode = Migration;

/**
 * What the code of a migration is given: one statement at a time, none that ends the transaction, and nothing after its
 * end. `before` is told of each statement, counted from 1.
 */
export function migrationAccess(
  connection: Connection,
  before: (sql: string, at: number) => void,
): { readonly context: MigrationContext; readonly end: () => void } {
  const state = { ended: false, count: 0 };
  const checked = (text: string): string => {
    if (state.ended) throw new Error("The migration has ended: wait for what it does before it answers.");
    // A binding would run the first and leave out the others in silence.
    const [statement, more] = splitStatements(text);
    if (statement === undefined || more !== undefined) throw new Error("One statement at a time, please.");
    const refused = refusedWord(statement.sql);
    if (refused !== undefined) throw new Error(`${refused[0]}. ${refused[1]}.`);
    state.count++;
    before(statement.sql, state.count);
    return statement.sql;
  };
  const context: MigrationContext = {
    query: <Row extends Record<string, Stored>>(text: string, ...params: readonly Stored[]): Row[] => {
      const statement = connection.prepare(checked(text));
      const names = statement.columns();
      return statement
        .rows(params)
        .map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])) as Row);
    },
    run: (text, ...params) => connection.prepare(checked(text)).run(params),
  };
  return { context, end: () => (state.ended = true) };
}

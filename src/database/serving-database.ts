import type { AsksStatements } from "./asked-statement.ts";
import type { Database, ExplainsPlans, WaitingStatements } from "./database.ts";
import type { DatabaseState } from "./migration/next-steps.ts";

/** An open database, with what an engine asks of it beside reads and writes: the same for every kind of database. */
export interface ServingDatabase extends Database, ExplainsPlans, AsksStatements {
  /** What it is and in which version, for people. */
  readonly label: string;
  waiting(): WaitingStatements;
  /** What it says of its migrations. Throws, or is rejected with, `DeclarationError` for tables that Servery did not make. */
  state(): DatabaseState | Promise<DatabaseState>;
}

import type { MigrationFile } from "./migration-file.ts";
import type { Migrations } from "./migrations-folder.ts";
import type { DatabaseState } from "./next-steps.ts";
import type { Loss, RowQuestion, SchemaDifference } from "./schema-change.ts";

/** What a migration would do to a database, found out without asking a row. */
export interface Outlook {
  /** One line for each thing that changes. */
  readonly changes: readonly string[];
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
  /** Names of the files before it that change the same tables: its rows can be counted only after them. */
  readonly after: readonly string[];
  /** What the rows say about it; nothing where they do not lie yet as it finds them. */
  readonly asks: {
    /** Tables that are copied row by row, if they are there. */
    readonly copied: readonly string[];
    /** Each counts rows that keep it from being done. */
    readonly questions: readonly RowQuestion[];
  };
}

/** The outlook of a step that `servery migrate up` would take. */
export interface StepOutlook extends Outlook {
  readonly file: MigrationFile;
  readonly is: "run" | "record";
}

/** Says what migrations would do to an open database, and changes nothing. */
export interface ForeseesMigrations {
  /** What the database says of itself. Throws `DeclarationError` for tables that Servery did not make. */
  state(): DatabaseState | Promise<DatabaseState>;
  /** What `servery migrate up` would do. Throws `DeclarationError` where it would refuse to begin. */
  steps(migrations: Migrations, state: DatabaseState): readonly StepOutlook[];
  /** What leading a database straight from one schema to another would do. */
  change(difference: SchemaDifference): Outlook;
}

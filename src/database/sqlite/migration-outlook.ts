import { describeChanges } from "../migration/describe-changes.ts";
import { schemaDifference } from "../migration/difference.ts";
import { type MigrationFile, statementsOf } from "../migration/migration-file.ts";
import type { Migrations } from "../migration/migrations-folder.ts";
import { type DatabaseState, nextSteps } from "../migration/next-steps.ts";
import type { Outlook, StepOutlook } from "../migration/outlook.ts";
import type { SchemaDifference } from "../migration/schema-change.ts";
import { renamesAt, schemaAfter } from "../migration/schema-history.ts";
import { droppedName } from "./carried-objects.ts";
import { changeStatements } from "./change-statements.ts";
import { rowQuestions } from "./row-questions.ts";
import { namesIn } from "./schema-objects.ts";

/** What `servery migrate up` would do. Throws `DeclarationError` where it would refuse to begin. */
export function outlookOfSteps(migrations: Migrations, state: DatabaseState): StepOutlook[] {
  let { schema } = state;
  const before: MigrationFile[] = [];
  return nextSteps(migrations, state).map(({ is, file }) => {
    const to = file.leads === undefined ? schema : schemaAfter(migrations.history, file.number);
    const difference = schemaDifference(schema, to, renamesAt(migrations.history, file.number));
    const statements = file.language === "sql" ? statementsOf(file).map(({ sql }) => sql) : [];
    const after = before.filter((other) => sharesTable(other, difference)).map(({ name }) => name);
    const asks = is === "run" && after.length === 0 ? asksOf(difference, statements) : { copied: [], questions: [] };
    if (is === "run") {
      schema = to;
      before.push(file);
    }
    return { changes: describeChanges(difference), statements, losses: file.losses, after, asks, file, is };
  });
}

/** What leading a database straight from one schema to another would do. */
export function outlookOfChange(difference: SchemaDifference): Outlook {
  const statements = changeStatements(difference);
  return {
    changes: describeChanges(difference),
    statements,
    losses: difference.losses,
    after: [],
    asks: asksOf(difference, statements),
  };
}

function asksOf(difference: SchemaDifference, statements: readonly string[]): Outlook["asks"] {
  return { copied: copiedTables(statements), questions: rowQuestions(difference) };
}

/** A table that goes while something else takes its name, or its rows, is copied. */
function copiedTables(statements: readonly string[]): string[] {
  const inserted = statements.filter((sql) => /^\s*INSERT\b/i.test(sql)).map(namesIn);
  // What begins like this is an index of words, which is made anew.
  const dropped = statements.flatMap((sql) => droppedName(sql) ?? []).filter((name) => !name.startsWith("_servery_"));
  return [...new Set(dropped.filter((table) => inserted.some((names) => names.has(table.toLowerCase()))))];
}

/** Whether a file that runs earlier may change what the rows of a difference's tables are. */
function sharesTable(file: MigrationFile, { changes }: SchemaDifference): boolean {
  const names = file.language === "sql" ? namesIn(file.text) : new Set(file.text.toLowerCase().match(/[\w$]+/g));
  return changes.some((change) => change.is === "change table" && names.has(change.from.name.toLowerCase()));
}

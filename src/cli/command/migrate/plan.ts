import { schemaDifference } from "../../../database/migration/difference.ts";
import { lastSchema } from "../../../database/migration/migrations-folder.ts";
import { readDatabaseState } from "../../../database/sqlite/migrate-database.ts";
import { forecastDifference, forecastSteps } from "../../../database/sqlite/migration-forecast.ts";
import { isSameSchema } from "../../../schema/stored-schema.ts";
import { loadMigrationWork, type MigrationWork } from "../../migration-work.ts";
import { type MigrationPlan, planAsJson, planAsText } from "../../migration-plan.ts";
import { applicationArgument, type Command, jsonOption } from "../../command.ts";

const parameters = {
  ...applicationArgument,
  sql: { type: "boolean", description: "Show the SQL too." },
  ...jsonOption,
} as const;

export const migratePlan: Command<typeof parameters> = {
  meta: { name: "plan", description: "Show what servery migrate up would do to this database. Changes nothing." },
  args: parameters,
  settings: ["database", "sqliteDriver"],
  examples: [{ line: "servery migrate plan --sql", does: "With every statement." }],
  async run({ args }) {
    const plan = await planOf(await loadMigrationWork(args.app));
    console.log(args.json === true ? planAsJson(plan) : planAsText(plan, args.sql === true));
  },
};

async function planOf({ file, migrations, wanted, renames }: MigrationWork): Promise<MigrationPlan> {
  const state = await readDatabaseState(file);
  const steps = migrations === undefined ? [] : await forecastSteps(file, migrations, state);
  const from = migrations === undefined ? state.schema : lastSchema(migrations);
  const difference = schemaDifference(from, wanted, renames);
  // Rows can be asked only where they lie in the schema that the difference begins with.
  const asked = steps.length === 0 && isSameSchema(state.schema, from) ? file : undefined;
  return {
    database: file.path,
    isNew: state.is === "new",
    hasFolder: migrations !== undefined,
    applied: state.applied.length,
    steps,
    unwritten: difference.changes.length === 0 ? undefined : await forecastDifference(asked, difference),
  };
}

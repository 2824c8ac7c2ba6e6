import type { Application } from "./application.ts";
import { followedStatements } from "./database/followed-statements.ts";
import type { SqlDialect } from "./database/sql/dialect.ts";
import type { ServingDatabase } from "./database/serving-database.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { OperatorServices } from "./http/operator-services.ts";
import type { Outbox } from "./mail/outbox.ts";
import type { Exchanges } from "./observability/exchanges.ts";
import { AskedStatements } from "./repository/asked-statements.ts";
import { statementsByTable } from "./repository/stored-statements.ts";
import { tableOf } from "./schema/model.ts";
import { renamesOf, storedSchema } from "./schema/stored-schema.ts";
import type { FirstRun } from "./service/accounts/first-run.ts";
import { describeApplication } from "./service/application-description.ts";
import type { MigrationReports } from "./service/migration-reports.ts";
import { SqlConsole } from "./service/sql-console.ts";
import { SQL_ROWS } from "./validation/limits.ts";

/** What the routes of operators stand on. */
export interface OperatorGround {
  readonly database: ServingDatabase;
  readonly prepared: { readonly dialect: SqlDialect };
  readonly exchanges: Exchanges | undefined;
  readonly firstRun: FirstRun | undefined;
  readonly outbox: Pick<Outbox, "recent">;
  readonly options: Pick<EngineOptions, "observe" | "now" | "mail" | "settings" | "migrations">;
}

/** Wires what whoever runs the application asks of it: a part of the engine. */
export function openOperators(application: Application, ground: OperatorGround): OperatorServices {
  const { database, prepared, exchanges, outbox, options, firstRun } = ground;
  const { observe, now = () => Date.now(), mail, settings = [] } = options;
  const isCaught = mail?.transport.catches === true && mail.keepTexts === true;
  const statements = new AskedStatements(
    followedStatements(database, { exchanges, observe }),
    database,
    prepared.dialect,
  );
  let reports: Promise<MigrationReports> | undefined;
  return {
    describe: () => describe(application, ground),
    mails: async () => (isCaught ? outbox.recent() : undefined),
    settings,
    migrations: { report: async () => (await (reports ??= migrationReports(application, ground))).report() },
    firstRun,
    sql: new SqlConsole(statements, { now, maxRows: SQL_ROWS }),
  };
}

async function migrationReports(
  { schema }: Application,
  { database, prepared: { dialect }, options: { migrations } }: OperatorGround,
): Promise<MigrationReports> {
  const { folder, application = ".", development = false, waiting = () => undefined } = migrations ?? {};
  // Few starts are ever asked.
  const { outlookOfChange, outlookOfSteps } = await import("./database/sqlite/migration-outlook.ts");
  const { MigrationRepository } = await import("./repository/pending-migrations.ts");
  const { MigrationReports: Reports } = await import("./service/migration-reports.ts");
  const foresees = { state: () => database.state(), steps: outlookOfSteps, change: outlookOfChange };
  const declared = { folder, wanted: storedSchema(schema, "sqlite"), renames: renamesOf(schema) };
  const repository = new MigrationRepository({ foresees, database, dialect }, declared);
  const situation = { adopted: schema.adopted, development, waiting, application };
  return new Reports(() => repository.pending(), situation);
}

async function describe(
  { declaration, schema, policies, policyMatrix }: Application,
  { database }: OperatorGround,
): Promise<object> {
  const statements = await statementsByTable(database);
  // Its words are a tenth of all that a start would load.
  const { describedSchema } = await import("./http/open-api/described.ts");
  const { rowSchemas } = await import("./http/open-api/table-schemas.ts");
  const { printDeclaration } = await import("./schema/source/print-declaration.ts");
  const printed = printDeclaration(declaration);
  const described = describedSchema(policies, "administrators");
  const application = describeApplication(schema, ({ name }) => ({
    declaration: printed.tables.get(name) ?? "",
    sql: statements.get(name) ?? [],
    ...rowSchemas(described, tableOf(described, name)),
  }));
  // What a rule's function does wrong is told where a request asks it.
  return { ...application, declaration: printed.whole, matrix: policyMatrix(() => undefined) };
}

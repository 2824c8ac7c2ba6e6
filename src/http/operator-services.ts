import type { ShownSetting } from "../config/shown-settings.ts";
import { Problem } from "../errors/problem.ts";
import type { FirstRun } from "../service/accounts/first-run.ts";
import type { MigrationReports } from "../service/migration-reports.ts";
import type { SqlConsole } from "../service/sql-console.ts";
import type { RoutedRequest } from "./route.ts";

/** A mail that was shown instead of sent. */
export interface CaughtMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  /** Milliseconds since 1970. */
  readonly postedAt: number;
  readonly state: "waiting" | "sent" | "given_up";
  readonly attempts: number;
  readonly error: string | undefined;
}

/** What whoever runs the application asks of it. */
export interface OperatorServices {
  /** The declaration as data. */
  describe(): Promise<object>;
  /** Making the first administrator, where some table has accounts. */
  readonly firstRun: FirstRun | undefined;
  /** What is pending between the declaration, the migration files and the database. */
  readonly migrations: Pick<MigrationReports, "report">;
  readonly sql: SqlConsole;
  /** The mails that nobody got; undefined where mails are sent. */
  mails(): Promise<readonly CaughtMail[] | undefined>;
  readonly settings: readonly ShownSetting[];
}

/** Refuses parameters, which land in logs. */
export function operatorRequest({ received }: RoutedRequest): undefined {
  if (received.query !== "") throw new Problem("unknown_parameter", "This route takes no parameters.");
}

import {
  type AskedRows,
  type AskedStatement,
  type AsksStatements,
  type ChangeOutcome,
  type StatementFacts,
  UnaskableStatement,
} from "../database/asked-statement.ts";
import { DatabaseError, type ExplainsPlans } from "../database/database.ts";
import { enterStatementSql } from "../database/sql/audit.ts";
import { countRows } from "../database/sql/count-rows.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { Problem } from "../errors/problem.ts";
import { uuidVersion7 } from "../schema/uuid-version-7.ts";
import type { Author } from "../service/write-plan.ts";
import { machineProblem } from "./machine-problem.ts";
import { type QueryPlan, QueryPlans } from "./query-plans.ts";

/** What is wrong with the machine, or only takes too long; all else is wrong with the statement. */
const OF_THE_MACHINE: readonly string[] = ["busy", "timeout", "full", "read_only", "unavailable", "too_big"];

/** A change that somebody agreed to, and by whom. */
export interface AgreedChange {
  readonly facts: StatementFacts;
  readonly rows: number;
  readonly maxRows: number;
  readonly by: Author;
  /** ISO 8601. */
  readonly now: string;
}

/** Runs statements that whoever runs the application wrote. Each failure is a Problem that says what the database says of it. */
export class AskedStatements {
  readonly #statements: AsksStatements;
  readonly #plans: QueryPlans;
  readonly #dialect: SqlDialect;

  constructor(statements: AsksStatements, plans: ExplainsPlans, dialect: SqlDialect) {
    this.#statements = statements;
    this.#plans = new QueryPlans(plans);
    this.#dialect = dialect;
  }

  async examine(sql: string): Promise<StatementFacts> {
    try {
      return await this.#statements.examine(sql);
    } catch (error) {
      throw asked(error, this.#dialect.engine);
    }
  }

  look(statement: AskedStatement, maxRows: number): Promise<AskedRows> {
    return this.#statements.look(statement, maxRows).catch((error: unknown) => this.#refuse(error));
  }

  /** How many rows a table has. */
  async count(table: string): Promise<number> {
    const { rows } = await this.look({ sql: countRows(table, this.#dialect), params: [] }, 1);
    return Number(rows[0]?.[0] ?? 0);
  }

  /** Makes a change, and keeps in the audit who made it and how. */
  change(statement: AskedStatement, { facts, rows, maxRows, by, now }: AgreedChange): Promise<ChangeOutcome> {
    const { verb, target = "" } = facts;
    const who = [by.requestId, by.kind, by.table, by.key];
    const params = [uuidVersion7(), now, ...who, `SQL: ${statement.sql}`, target];
    const entry = { sql: enterStatementSql(verb === "select" ? "update" : verb), params };
    return this.#statements
      .change(statement, { rows, maxRows, beside: [entry] })
      .catch((error: unknown) => this.#refuse(error));
  }

  #refuse(error: unknown): never {
    throw asked(error, this.#dialect.engine);
  }

  /** What the database does for it. */
  async plan({ sql, params }: AskedStatement): Promise<QueryPlan> {
    return (await this.#plans.of([{ sql, bound: params.length }])).get(sql) ?? { lines: [], advice: [] };
  }
}

function asked(error: unknown, engine: string): unknown {
  if (error instanceof UnaskableStatement) return new Problem("sql_refused", error.message, { cause: error });
  if (!(error instanceof DatabaseError)) return error;
  if (OF_THE_MACHINE.includes(error.failure.kind)) return machineProblem(error.failure, error);
  return new Problem("sql_refused", `${engine} refuses it: ${error.failure.message}`, { cause: error });
}

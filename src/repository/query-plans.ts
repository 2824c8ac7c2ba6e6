import { DatabaseError, type ExplainsPlans, type PlanStep } from "../database/database.ts";
import { indexAdvice } from "./index-advice.ts";

/** What a database does for a statement. */
export interface QueryPlan {
  readonly lines: readonly string[];
  readonly advice: readonly string[];
}

/** A statement by its text, and how many values it takes. */
interface Explained {
  readonly sql: string;
  readonly bound: number;
}

/** Lines that a plan may have. */
const MOST_LINES = 200;
/** Statements of one request whose plans are asked for. */
const MOST_PLANS = 50;
/** Asks the database what it does for statements, without running them. */
export class QueryPlans {
  readonly #database: ExplainsPlans;

  constructor(database: ExplainsPlans) {
    this.#database = database;
  }

  /** By their text; what the database would not explain is left out. */
  async of(statements: readonly Explained[]): Promise<ReadonlyMap<string, QueryPlan>> {
    const plans = new Map<string, QueryPlan>();
    const bySql = new Map(statements.map((statement) => [statement.sql, statement]));
    for (const statement of [...bySql.values()].slice(0, MOST_PLANS)) {
      const plan = await this.#plan(statement);
      if (plan !== undefined) plans.set(statement.sql, plan);
    }
    return plans;
  }

  async #plan({ sql, bound }: Explained): Promise<QueryPlan | undefined> {
    try {
      return planOf(sql, (await this.#database.explain(sql, bound)).slice(0, MOST_LINES));
    } catch (error) {
      // A table that is gone since: there is no plan to show.
      if (error instanceof DatabaseError) return undefined;
      throw error;
    }
  }
}

function planOf(sql: string, steps: readonly PlanStep[]): QueryPlan {
  const depths = new Map<number, number>();
  const lines = steps.map(({ id, parent, detail }) => {
    const depth = (depths.get(parent) ?? -1) + 1;
    depths.set(id, depth);
    return `${"  ".repeat(depth)}${detail}`;
  });
  return { lines, advice: indexAdvice(sql, steps) };
}

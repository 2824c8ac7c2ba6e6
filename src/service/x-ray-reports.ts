import { Problem } from "../errors/problem.ts";
import type { Exchange, Statement } from "../observability/exchange.ts";
import type { XRay } from "../observability/x-ray.ts";
import type { QueryPlans } from "../repository/query-plans.ts";
import type { XRayListCommand } from "../validation/parse-x-ray.ts";

/** A statement with what the database does for it. */
export interface ReportedStatement extends Statement {
  /** A line for each thing, those that belong to another indented; undefined where the database would not say. */
  readonly plan: readonly string[] | undefined;
  readonly advice: readonly string[];
}

export interface ExchangeReport extends Exchange {
  readonly reported: readonly ReportedStatement[];
}

/** The last requests, for whoever runs the application. */
export class XRayReports {
  readonly #xray: XRay;
  readonly #plans: QueryPlans;

  constructor(xray: XRay, plans: QueryPlans) {
    this.#xray = xray;
    this.#plans = plans;
  }

  /** The newest first. */
  list({ limit, failed, slowerThanMs }: XRayListCommand): Exchange[] {
    return this.#xray
      .latest()
      .filter(({ problem, tookMs }) => (!failed || problem !== undefined) && tookMs >= slowerThanMs)
      .slice(0, limit);
  }

  /** One request with the plans of its statements, which are asked for now. Rejected with a 404 for one that is not kept. */
  async one(id: string): Promise<ExchangeReport> {
    const exchange = this.#xray.find(id);
    if (exchange === undefined)
      throw new Problem("not_found", "No such request is kept: only the last ones are, of those that are followed.");
    const plans = await this.#plans.of(exchange.statements);
    const reported = exchange.statements.map((statement) => {
      const plan = plans.get(statement.sql);
      return { ...statement, plan: plan?.lines, advice: plan?.advice ?? [] };
    });
    return { ...exchange, reported };
  }
}

import { refused } from "../auth/policy/decide.ts";
import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { AskedStatements } from "../repository/asked-statements.ts";
import type { Stored } from "../schema/stored.ts";
import type { SqlCommand } from "../validation/parse-sql.ts";
import { authorOf } from "./author.ts";

/** What a statement has answered or changed. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Stored[])[];
  /** There are more rows. */
  readonly isCut: boolean;
  /** How many rows have changed; undefined where it only reads. */
  readonly changed: number | undefined;
  readonly plan: readonly string[];
  readonly advice: readonly string[];
  readonly tookMs: number;
}

type Facts = Awaited<ReturnType<AskedStatements["examine"]>>;

/**
 * SQL of whoever runs the application: it meets no policy, no hook and no check but those of the database, so what it may
 * do is bounded by other means. Tables of Servery's own hold what nobody may read. Whoever changes rows says how many.
 */
export class SqlConsole {
  readonly #statements: AskedStatements;
  readonly #now: () => number;
  readonly #maxRows: number;

  constructor(statements: AskedStatements, { now, maxRows }: { readonly now: () => number; readonly maxRows: number }) {
    this.#statements = statements;
    this.#now = now;
    this.#maxRows = maxRows;
  }

  async run(
    command: SqlCommand,
    { principal, requestId }: { readonly principal: Principal; readonly requestId: string },
  ): Promise<SqlAnswer> {
    const facts = await this.#statements.examine(command.sql);
    demandOpen(facts, principal);
    const { sql, params, agreedRows } = command;
    if (params.length !== facts.values)
      throw new Problem("sql_refused", `The statement takes ${facts.values} values, and params has ${params.length}.`);
    const statement = { sql, params };
    const { lines, advice } = await this.#statements.plan(statement);
    const began = performance.now();
    const answer = facts.writes
      ? await this.#change(statement, { facts, agreedRows, by: authorOf(principal, requestId) })
      : await this.#look(statement, agreedRows);
    return { ...answer, plan: lines, advice, tookMs: performance.now() - began };
  }

  async #look(
    statement: Pick<SqlCommand, "sql" | "params">,
    agreedRows: number | undefined,
  ): Promise<Pick<SqlAnswer, "columns" | "rows" | "isCut" | "changed">> {
    if (agreedRows !== undefined)
      throw new Problem("sql_refused", "The statement changes nothing, so it takes no write.");
    return { ...(await this.#statements.look(statement, this.#maxRows)), changed: undefined };
  }

  async #change(
    statement: Pick<SqlCommand, "sql" | "params">,
    { facts, agreedRows, by }: { facts: Facts; agreedRows: number | undefined; by: ReturnType<typeof authorOf> },
  ): Promise<Pick<SqlAnswer, "columns" | "rows" | "isCut" | "changed">> {
    if (agreedRows === undefined) throw await this.#consentNeeded(facts);
    const now = new Date(this.#now()).toISOString();
    const agreed = { facts, rows: agreedRows, maxRows: this.#maxRows, by, now };
    const outcome = await this.#statements.change(statement, agreed);
    if (outcome.is === "changed") return { ...outcome, changed: agreedRows };
    throw new Problem(
      "rows_differ",
      `The statement would change ${rowsText(outcome.changed)} and write.rows says ${agreedRows}: nothing was changed.`,
    );
  }

  async #consentNeeded({ verb, target = "", hasWhere }: Facts): Promise<Problem> {
    const what = `This is ${verb === "delete" ? "a" : "an"} ${verb.toUpperCase()} of ${target}`;
    const how = "Say how many rows are to change with write.rows";
    if (hasWhere || verb === "insert") return new Problem("consent_needed", `${what}. ${how}.`);
    const rows = rowsText(await this.#statements.count(target));
    return new Problem("consent_needed", `${what} without WHERE: it would touch ${rows}. ${how}.`);
  }
}

function demandOpen({ closed, writes }: Facts, principal: Principal): void {
  if (closed === undefined) return;
  const what = `${writes ? "use" : "read"} ${closed} by SQL`;
  const explanation = { rules: [{ rule: `${what}: nobody`, filter: "no row" }] };
  throw refused(principal, { rule: "nobody" }, { what, explanation });
}

function rowsText(count: number): string {
  return `${count} ${count === 1 ? "row" : "rows"}`;
}

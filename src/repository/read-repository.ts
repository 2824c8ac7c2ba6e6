import type { Database, Rows, Stored, Transaction } from "../database/database.ts";
import type { IncludeQuery, ReadQuery } from "../database/query.ts";
import { type CompiledRead, compileRead } from "../database/sql/compile-read.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { allOf } from "../schema/filter.ts";
import { entityTag } from "../schema/entity-tag.ts";
import type { LinesAnswer, ListAnswer, RowAnswer } from "../service/record-answer.ts";
import type { IncludePlan, ReadPlan } from "../service/read-plan.ts";
import { bindRead, type CallerValues, type ReadValues } from "./bind-read.ts";
import { failureProblem } from "./write-problem.ts";

export type { Transaction };

/** What a read request asks for; the keys of rows are what writes ask for. */
type RequestRead = Exclude<ReadQuery["read"], "keys">;

/** Counting further than this for an estimate would cost what the estimate is to save. */
const ESTIMATE_FROM = 10_001;

/** Plan → query → rows or JSON text. */
export class ReadRepository {
  readonly #database: Pick<Database | Transaction, "read">;
  readonly #dialect: SqlDialect;
  /** SQL hangs on the plan it was compiled for and goes with it. */
  readonly #compiled: WeakMap<ReadPlan, Map<string, CompiledRead>>;

  constructor(database: Pick<Database | Transaction, "read">, dialect: SqlDialect, compiled = new WeakMap()) {
    this.#database = database;
    this.#dialect = dialect;
    this.#compiled = compiled;
  }

  /** The same, reading what a transaction sees. */
  over(open: Transaction): ReadRepository {
    return new ReadRepository(open, this.#dialect, this.#compiled);
  }

  list(plan: ReadPlan, values: ReadValues, caller: CallerValues): ListAnswer | Promise<ListAnswer> {
    const found = this.#run(this.#compile(plan, plan.groups === undefined ? "list" : "aggregate"), values, caller);
    if (plan.shape.count !== undefined) return this.#counted(plan, { values, caller }, found);
    return found instanceof Promise ? found.then((rows) => listAnswer(rows)) : listAnswer(found);
  }

  /** One page of a whole list: JSON lines without the last newline. */
  async lines(plan: ReadPlan, values: ReadValues, caller: CallerValues): Promise<LinesAnswer> {
    const [lines, next] = (await this.#run(this.#compile(plan, "lines"), values, caller))[0] ?? [];
    return { lines: textOr(lines, ""), next: textOr(next, undefined) };
  }

  /** The row, or undefined when no row matches. */
  row(
    plan: ReadPlan,
    values: ReadValues,
    caller: CallerValues,
  ): RowAnswer | undefined | Promise<RowAnswer | undefined> {
    const found = this.#run(this.#compile(plan, "one"), values, caller);
    return found instanceof Promise ? found.then(rowAnswer) : rowAnswer(found);
  }

  /** Whether a row of a table meets a condition that no plan holds. */
  async isThere({ table, where }: Pick<ReadQuery, "table" | "where">, values: readonly Stored[]): Promise<boolean> {
    const compiled = compileRead({ read: "exists", table, where }, this.#dialect);
    return (await this.#run(compiled, { values, offset: 0, after: [] }, [])).length > 0;
  }

  async exists(plan: ReadPlan, values: ReadValues, caller: CallerValues): Promise<boolean> {
    const rows = await this.#run(this.#compile(plan, "exists"), values, caller);
    return rows.length > 0;
  }

  /** How many rows match, without the limit: exactly or, where the shape says so, about. */
  async total(plan: ReadPlan, values: ReadValues, caller: CallerValues): Promise<number> {
    const count = await this.#run(this.#compile(plan, "count"), values, caller);
    const [counted = 0, lastKey, highestKey] = (count[0] ?? []).map(Number);
    const capped = counted === ESTIMATE_FROM && lastKey !== undefined && highestKey !== undefined && lastKey > 0;
    return capped ? Math.round((counted * highestKey) / lastKey) : counted;
  }

  async #counted(
    plan: ReadPlan,
    { values, caller }: { readonly values: ReadValues; readonly caller: CallerValues },
    found: Rows | Promise<Rows>,
  ): Promise<ListAnswer> {
    const total = await this.total(plan, values, caller);
    return { ...listAnswer(await found), total };
  }

  #compile(plan: ReadPlan, read: RequestRead): CompiledRead {
    let compiled = this.#compiled.get(plan);
    if (compiled === undefined) {
      compiled = new Map();
      this.#compiled.set(plan, compiled);
    }
    let one = compiled.get(read);
    if (one === undefined) {
      one = compileRead(queryOf(plan, read), this.#dialect);
      compiled.set(read, one);
    }
    return one;
  }

  #run(compiled: CompiledRead, values: ReadValues, caller: CallerValues): Rows | Promise<Rows> {
    try {
      const found = this.#database.read(compiled.read, bindRead(compiled.binds, values, caller));
      return found instanceof Promise
        ? found.catch((error: unknown) => Promise.reject(failureProblem(undefined, error)))
        : found;
    } catch (error) {
      throw failureProblem(undefined, error);
    }
  }
}

function queryOf(plan: ReadPlan, read: RequestRead): ReadQuery {
  const { shape, where, search } = plan;
  const { table, columns } = shape;
  const rows = { table, columns, sort: plan.sort, where, includes: plan.includes.map(includeQuery) };
  switch (read) {
    case "one":
      return { ...rows, read, plain: shape.plain };
    case "list":
    case "lines":
      return { ...rows, read, search, limit: shape.limit, offset: shape.offset, after: shape.after };
    case "aggregate":
      return aggregateQuery(plan);
    case "count": {
      const [key] = table.key;
      // What a search finds is not spread over the keys evenly, and is found before it is counted.
      const estimate =
        search === undefined && shape.count === "estimated" && table.key.length === 1 && key?.role === "generated_key";
      return { read, table, where, search, estimate: estimate ? { upTo: ESTIMATE_FROM, key } : undefined };
    }
    case "exists":
      return { read, table, where };
  }
}

function aggregateQuery({ shape, where, search, groups = [] }: ReadPlan): ReadQuery {
  const { table, limit, offset, aggregate } = shape;
  const { values = [], having = [], sort = [] } = aggregate ?? {};
  return { read: "aggregate", table, where, search, groups, values, having: allOf(...having), sort, limit, offset };
}

function includeQuery(plan: IncludePlan): IncludeQuery {
  return { ...plan.shape, where: plan.where, sort: plan.sort, includes: plan.includes.map(includeQuery) };
}

function listAnswer(rows: Rows): ListAnswer {
  const [json, next] = rows[0] ?? [];
  return { json: `[${textOr(json, "")}]`, next: textOr(next, undefined), total: undefined };
}

function textOr<Other>(value: Stored | undefined, other: Other): string | Other {
  return typeof value === "string" ? value : other;
}

/** With a second column the first is another representation: its tag names both, so If-Match works with either. */
function rowAnswer(rows: Rows): RowAnswer | undefined {
  const [json, plain] = rows[0] ?? [];
  if (typeof json !== "string") return undefined;
  return typeof plain === "string"
    ? { json, tag: `${entityTag(plain)}.${entityTag(json)}` }
    : { json, tag: entityTag(json) };
}

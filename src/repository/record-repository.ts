import type { Database, Stored, WriteStep } from "../database/database.ts";
import type { Bind, IncludeQuery, ReadQuery } from "../database/query.ts";
import { type CompiledRead, compileRead } from "../database/sql/compile-read.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { entityTag } from "../schema/entity-tag.ts";
import type { SchemaModel } from "../schema/model.ts";
import type { ListAnswer, RowAnswer } from "../service/record-answer.ts";
import type { IncludePlan, ReadPlan } from "../service/read-plan.ts";
import type { DeletePlan, InsertPlan, UpdatePlan } from "../service/write-plan.ts";
import { answerOf, failureProblem } from "./write-answer.ts";
import { WriteSteps } from "./write-steps.ts";

/** The values of one read. */
export interface ReadValues {
  readonly values: readonly (Stored | readonly Stored[])[];
  readonly offset: number;
  readonly after: readonly Stored[];
}

/** A statement that goes along with a write, made by whoever keeps books about the database. */
export type FinalStep = WriteStep;

type Rows = readonly (readonly Stored[])[];

/** Counting further than this for an estimate would cost what the estimate is to save. */
const ESTIMATE_FROM = 10_001;

/** Plan → query → rows or JSON text. The only caller of the database on the request path. */
export class RecordRepository {
  readonly #database: Database;
  readonly #dialect: SqlDialect;
  readonly #steps: WriteSteps;
  /** SQL hangs on the plan it was compiled for and goes with it. */
  readonly #compiled = new WeakMap<ReadPlan, Map<string, CompiledRead>>();

  constructor(database: Database, dialect: SqlDialect, schema: SchemaModel) {
    this.#database = database;
    this.#dialect = dialect;
    this.#steps = new WriteSteps(dialect, schema);
  }

  list(plan: ReadPlan, values: ReadValues): ListAnswer | Promise<ListAnswer> {
    const found = this.#run(this.#compile(plan, "list"), values);
    if (plan.shape.count !== undefined) return this.#counted(plan, values, found);
    return found instanceof Promise ? found.then((rows) => listAnswer(rows)) : listAnswer(found);
  }

  /** The row, or undefined when no row matches. */
  row(plan: ReadPlan, values: ReadValues): RowAnswer | undefined | Promise<RowAnswer | undefined> {
    const found = this.#run(this.#compile(plan, "one"), values);
    return found instanceof Promise ? found.then(rowAnswer) : rowAnswer(found);
  }

  async exists(plan: ReadPlan, values: ReadValues): Promise<boolean> {
    const rows = await this.#run(this.#compile(plan, "exists"), values);
    return rows.length > 0;
  }

  async insert(plan: InsertPlan): Promise<RowAnswer> {
    const outcome = await this.#database.write(this.#steps.insert(plan));
    return answerOf(plan, outcome);
  }

  async update(plan: UpdatePlan): Promise<RowAnswer> {
    const outcome = await this.#database.write(this.#steps.update(plan));
    return answerOf(plan, outcome);
  }

  async delete(plan: DeletePlan): Promise<void> {
    const outcome = await this.#database.write(this.#steps.delete(plan));
    if (!outcome.ok) throw failureProblem(plan, outcome);
  }

  /** Many rows and a last step, all or nothing. */
  async insertAll(plans: readonly InsertPlan[], last: FinalStep): Promise<void> {
    const steps = plans.flatMap((plan) => this.#steps.insert(plan).steps);
    const outcome = await this.#database.fill({ steps: [...steps.map((step) => ({ ...step, keep: false })), last] });
    if (outcome.ok) return;
    const [first] = plans;
    throw first === undefined
      ? new Error("the first rows could not be marked as written", { cause: outcome })
      : failureProblem(first, outcome);
  }

  async #counted(plan: ReadPlan, values: ReadValues, found: Rows | Promise<Rows>): Promise<ListAnswer> {
    const count = await this.#run(this.#compile(plan, "count"), values);
    const [counted = 0, lastKey, highestKey] = (count[0] ?? []).map(Number);
    const capped = counted === ESTIMATE_FROM && lastKey !== undefined && highestKey !== undefined && lastKey > 0;
    const total = capped ? Math.round((counted * highestKey) / lastKey) : counted;
    return { ...listAnswer(await found), total };
  }

  #compile(plan: ReadPlan, read: ReadQuery["read"]): CompiledRead {
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

  #run(compiled: CompiledRead, values: ReadValues): Rows | Promise<Rows> {
    try {
      const found = this.#database.read(compiled.read, params(compiled.binds, values));
      return found instanceof Promise
        ? found.catch((error: unknown) => Promise.reject(failureProblem(undefined, error)))
        : found;
    } catch (error) {
      throw failureProblem(undefined, error);
    }
  }
}

function queryOf(plan: ReadPlan, read: ReadQuery["read"]): ReadQuery {
  const { shape, where } = plan;
  const { table, columns, sort } = shape;
  const rows = { table, columns, sort, where, includes: plan.includes.map(includeQuery) };
  switch (read) {
    case "one":
      return { ...rows, read, plain: shape.plain };
    case "list":
      return { ...rows, read, limit: shape.limit, offset: shape.offset, after: shape.after };
    case "count": {
      const [key] = table.key;
      const estimate = shape.count === "estimated" && table.key.length === 1 && key?.role === "generated_key";
      return { read, table, where, estimate: estimate ? { upTo: ESTIMATE_FROM, key } : undefined };
    }
    case "exists":
      return { read, table, where };
  }
}

function includeQuery(plan: IncludePlan): IncludeQuery {
  return { ...plan.shape, where: plan.where, includes: plan.includes.map(includeQuery) };
}

function params(binds: readonly Bind[], given: ReadValues): Stored[] {
  return binds.map((bind) => {
    switch (bind.from) {
      case "slot": {
        const value = given.values[bind.slot] ?? null;
        return bind.as === undefined ? (value as Stored) : bind.as(value);
      }
      case "constant":
        return bind.value;
      case "offset":
        return given.offset + bind.plus;
      case "after":
        return given.after[bind.key] ?? null;
    }
  });
}

function listAnswer(rows: Rows): ListAnswer {
  const [json, next] = rows[0] ?? [];
  return {
    json: `[${typeof json === "string" ? json : ""}]`,
    next: typeof next === "string" ? next : undefined,
    total: undefined,
  };
}

/** With a second column the first is another representation: its tag names both, so If-Match works with either. */
function rowAnswer(rows: Rows): RowAnswer | undefined {
  const [json, plain] = rows[0] ?? [];
  if (typeof json !== "string") return undefined;
  return typeof plain === "string"
    ? { json, tag: `${entityTag(plain)}.${entityTag(json)}` }
    : { json, tag: entityTag(json) };
}

import { performance } from "node:perf_hooks";
import { DatabaseError, type SearchProbe, type SqlRead, type Stored } from "../database.ts";
import type { Connection } from "./connection.ts";
import type { SqliteStatement } from "./driver.ts";
import { GenerationCache } from "./generation-cache.ts";
import { mapError } from "./map-error.ts";
import { explainRead, type ReadPlan } from "./read-plan.ts";
import { TableSizes } from "./table-sizes.ts";

/** Rows of the largest table up to which a scan runs on the main thread: some milliseconds. */
export const MAIN_THREAD_ROWS = 10_000;
/** Rows that a full-text search finds up to which it is ranked, sorted and counted on the main thread. */
export const MAIN_THREAD_MATCHES = 1_000;
/** What a read on the main thread may take, in milliseconds: beyond it the read is on its way to a child process. */
export const MAIN_THREAD_MS = 20;
/**
 * Milliseconds that slow runs of one shape add up to before it goes to a child, one fewer with each fast run between
 * them. A single pause of the machine must not banish a fast shape that runs thousands of times a second.
 */
const BANISHING_MS = 100;
/** For how long it goes: its values or the cache may have been at fault. */
const BANISHED_MS = 60_000;
/** Runs in a row that were fast in the child, after which a shape comes back earlier. */
const REDEEMING_RUNS = 8;
/** Shapes of reads that are remembered. */
const SHAPES = 2_000;

type Rows = readonly (readonly Stored[])[];

/** What is known about one SQL text. */
interface Shape {
  readonly plan: ReadPlan;
  /** How many rows a run visits depends on the text that it searches. */
  readonly search: SearchProbe | undefined;
  /** Whether each run must be looked at first: false for most. */
  mayLeave: boolean;
  statement: SqliteStatement | undefined;
  /** Milliseconds of slow runs here. */
  slowness: number;
  /** Until when it goes to a child because it took long here. On the lane's clock. */
  banishedUntil: number;
  /** Fast runs in a row in the child. */
  redeeming: number;
}

/** Rows from elsewhere, and how long their read alone took there. */
export interface TimedRows {
  readonly rows: Rows;
  readonly milliseconds: number;
  readonly columns?: readonly string[];
  readonly isCut?: boolean;
}

export interface ReadLaneOptions {
  readonly connection: Connection;
  /** Runs a read where it cannot hold up the others. */
  readonly readElsewhere: (sql: string, params: readonly Stored[]) => Promise<TimedRows>;
  /** Instead of `MAIN_THREAD_MS`. */
  readonly mainThreadMs?: number | undefined;
  /** Instead of the clock of the process: milliseconds since some moment. */
  readonly now?: (() => number) | undefined;
}

/** Decides for each read whether it runs here and now, or in a child process. */
export class ReadLane {
  readonly #options: ReadLaneOptions;
  readonly #mainThreadMs: number;
  readonly #now: () => number;
  readonly #shapes = new GenerationCache<Shape>(SHAPES);
  readonly #sizes: TableSizes;

  constructor(options: ReadLaneOptions) {
    this.#options = options;
    this.#mainThreadMs = options.mainThreadMs ?? MAIN_THREAD_MS;
    this.#now = options.now ?? (() => performance.now());
    this.#sizes = new TableSizes(options.connection);
  }

  /** Runs a read. Throws a `DatabaseError`, or answers a promise that is rejected with one. */
  read(read: SqlRead, params: readonly Stored[]): Rows | Promise<Rows> {
    try {
      const shape = this.#shapes.get(read.sql) ?? this.#learn(read, params);
      if (shape.mayLeave && this.#leaves(shape, params)) return this.#readElsewhere(shape, read.sql, params);
      shape.statement ??= this.#options.connection.prepare(read.sql);
      const started = this.#now();
      const rows = shape.statement.rows(params);
      const took = this.#now() - started;
      if (took > this.#mainThreadMs) this.#judge(shape, took);
      else if (shape.slowness > 0) shape.slowness -= 1;
      return rows;
    } catch (error) {
      throw new DatabaseError(mapError(error), { cause: error });
    }
  }

  /** Forgets statements and plans: the schema has changed. */
  forget(): void {
    this.#shapes.clear();
    this.#sizes.forget();
  }

  #learn(read: SqlRead, params: readonly Stored[]): Shape {
    const plan = explainRead(this.#options.connection, read, params);
    const times = { slowness: 0, banishedUntil: 0, redeeming: 0 };
    const { search } = read;
    const shape: Shape = { plan, search, mayLeave: mayLeave({ plan, search }), statement: undefined, ...times };
    this.#shapes.set(read.sql, shape);
    return shape;
  }

  #leaves(shape: Shape, params: readonly Stored[]): boolean {
    if (shape.banishedUntil !== 0) {
      if (this.#now() < shape.banishedUntil) return true;
      callBack(shape);
    }
    if (shape.plan.scans && this.#isLarge(shape.plan.tables)) return true;
    return shape.search !== undefined && this.#findsMany(shape, shape.search, params);
  }

  /** Looks how much a search finds, and stops early. The look itself counts as a run here: it may take long as well. */
  #findsMany(shape: Shape, search: SearchProbe, params: readonly Stored[]): boolean {
    if (!this.#sizes.isLarger(search.table, MAIN_THREAD_ROWS)) return false;
    const text = params[search.parameter] ?? null;
    const started = this.#now();
    const [row] = this.#options.connection.statement(search.sql).rows([text, MAIN_THREAD_MATCHES + 1]);
    const took = this.#now() - started;
    if (took > this.#mainThreadMs) this.#judge(shape, took);
    return Number(row?.[0] ?? 0) > MAIN_THREAD_MATCHES;
  }

  #isLarge(tables: readonly string[] | null): boolean {
    return tables === null || tables.some((table) => this.#sizes.isLarger(table, MAIN_THREAD_ROWS));
  }

  #judge(shape: Shape, took: number): void {
    shape.slowness += took;
    if (shape.slowness < BANISHING_MS) return;
    shape.mayLeave = true;
    shape.banishedUntil = this.#now() + BANISHED_MS;
    shape.redeeming = 0;
  }

  async #readElsewhere(shape: Shape, sql: string, params: readonly Stored[]): Promise<Rows> {
    const { rows, milliseconds } = await this.#options.readElsewhere(sql, params);
    shape.redeeming = milliseconds < this.#mainThreadMs / 2 ? shape.redeeming + 1 : 0;
    if (shape.banishedUntil !== 0 && shape.redeeming >= REDEEMING_RUNS) callBack(shape);
    return rows;
  }
}

function callBack(shape: Shape): void {
  shape.banishedUntil = 0;
  shape.slowness = 0;
  shape.mayLeave = mayLeave(shape);
}

function mayLeave({ plan, search }: Pick<Shape, "plan" | "search">): boolean {
  return plan.scans || search !== undefined;
}

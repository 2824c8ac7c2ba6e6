import { performance } from "node:perf_hooks";
import { DatabaseError, type SqlRead, type Stored } from "../database.ts";
import type { Connection } from "./connection.ts";
import type { SqliteStatement } from "./driver.ts";
import { GenerationCache } from "./generation-cache.ts";
import { mapError } from "./map-error.ts";
import { explainRead, type ReadPlan } from "./read-plan.ts";
import { TableSizes } from "./table-sizes.ts";

/** Rows of the largest table up to which a scan runs on the main thread: some milliseconds. */
export const MAIN_THREAD_ROWS = 10_000;
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
  /** Whether each run must be looked at first: false for most. */
  mayLeave: boolean;
  statement: SqliteStatement | undefined;
  /** Milliseconds of slow runs here. */
  slowness: number;
  /** Until when it goes to a child because it took long here. On the clock of `performance.now()`. */
  banishedUntil: number;
  /** Fast runs in a row in the child. */
  redeeming: number;
}

/** Rows from elsewhere, and how long their read alone took there. */
export interface TimedRows {
  readonly rows: Rows;
  readonly milliseconds: number;
}

export interface ReadLaneOptions {
  readonly connection: Connection;
  /** Runs a read where it cannot hold up the others. */
  readonly readElsewhere: (sql: string, params: readonly Stored[]) => Promise<TimedRows>;
  /** Instead of `MAIN_THREAD_MS`. */
  readonly mainThreadMs?: number | undefined;
}

/** Decides for each read whether it runs here and now, or in a child process. */
export class ReadLane {
  readonly #options: ReadLaneOptions;
  readonly #mainThreadMs: number;
  readonly #shapes = new GenerationCache<Shape>(SHAPES);
  readonly #sizes: TableSizes;

  constructor(options: ReadLaneOptions) {
    this.#options = options;
    this.#mainThreadMs = options.mainThreadMs ?? MAIN_THREAD_MS;
    this.#sizes = new TableSizes(options.connection);
  }

  /** Runs a read. Throws a `DatabaseError`, or answers a promise that is rejected with one. */
  read(read: SqlRead, params: readonly Stored[]): Rows | Promise<Rows> {
    try {
      const shape = this.#shapes.get(read.sql) ?? this.#learn(read, params);
      if (shape.mayLeave && this.#leaves(shape)) return this.#readElsewhere(shape, read.sql, params);
      shape.statement ??= this.#options.connection.prepare(read.sql);
      const started = performance.now();
      const rows = shape.statement.rows(params);
      const took = performance.now() - started;
      if (took > this.#mainThreadMs) judge(shape, took);
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
    const shape: Shape = { plan, mayLeave: plan.scans, statement: undefined, ...times };
    this.#shapes.set(read.sql, shape);
    return shape;
  }

  #leaves(shape: Shape): boolean {
    if (shape.banishedUntil !== 0) {
      if (performance.now() < shape.banishedUntil) return true;
      callBack(shape);
    }
    return shape.plan.scans && this.#isLarge(shape.plan.tables);
  }

  #isLarge(tables: readonly string[] | null): boolean {
    return tables === null || tables.some((table) => this.#sizes.isLarger(table, MAIN_THREAD_ROWS));
  }

  async #readElsewhere(shape: Shape, sql: string, params: readonly Stored[]): Promise<Rows> {
    const { rows, milliseconds } = await this.#options.readElsewhere(sql, params);
    shape.redeeming = milliseconds < this.#mainThreadMs / 2 ? shape.redeeming + 1 : 0;
    if (shape.banishedUntil !== 0 && shape.redeeming >= REDEEMING_RUNS) callBack(shape);
    return rows;
  }
}

function judge(shape: Shape, took: number): void {
  shape.slowness += took;
  if (shape.slowness < BANISHING_MS) return;
  shape.mayLeave = true;
  shape.banishedUntil = performance.now() + BANISHED_MS;
  shape.redeeming = 0;
}

function callBack(shape: Shape): void {
  shape.banishedUntil = 0;
  shape.slowness = 0;
  shape.mayLeave = shape.plan.scans;
}

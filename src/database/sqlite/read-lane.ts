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
/** A read on the main thread that took longer goes to a child process from then on. */
export const MAIN_THREAD_MS = 20;
/** For how long it does: a busy machine or an empty cache must not banish a fast read for ever. */
const BANISHED_MS = 60_000;
/** Shapes of reads that are remembered. */
const SHAPES = 2_000;

type Rows = readonly (readonly Stored[])[];

/** What is known about one SQL text. */
interface Shape {
  readonly plan: ReadPlan;
  /** Whether each run must be looked at first: false for most. */
  mayLeave: boolean;
  statement: SqliteStatement | undefined;
  /** Until when it goes to a child because it took long. On the clock of `performance.now()`. */
  banishedUntil: number;
}

export interface ReadLaneOptions {
  readonly connection: Connection;
  /** Runs a read where it cannot hold up the others. */
  readonly readElsewhere: (sql: string, params: readonly Stored[]) => Promise<Rows>;
}

/** Decides for each read whether it runs here and now, or in a child process. */
export class ReadLane {
  readonly #options: ReadLaneOptions;
  readonly #shapes = new GenerationCache<Shape>(SHAPES);
  readonly #sizes: TableSizes;

  constructor(options: ReadLaneOptions) {
    this.#options = options;
    this.#sizes = new TableSizes(options.connection);
  }

  /** Runs a read. Throws a `DatabaseError`, or answers a promise that is rejected with one. */
  read(read: SqlRead, params: readonly Stored[]): Rows | Promise<Rows> {
    try {
      const shape = this.#shapes.get(read.sql) ?? this.#learn(read, params);
      if (shape.mayLeave && this.#leaves(shape)) return this.#options.readElsewhere(read.sql, params);
      shape.statement ??= this.#options.connection.prepare(read.sql);
      const started = performance.now();
      const rows = shape.statement.rows(params);
      const ended = performance.now();
      if (ended - started > MAIN_THREAD_MS) {
        shape.mayLeave = true;
        shape.banishedUntil = ended + BANISHED_MS;
      }
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
    const shape: Shape = { plan, mayLeave: plan.scans, statement: undefined, banishedUntil: 0 };
    this.#shapes.set(read.sql, shape);
    return shape;
  }

  #leaves(shape: Shape): boolean {
    if (shape.banishedUntil !== 0) {
      if (performance.now() < shape.banishedUntil) return true;
      shape.banishedUntil = 0;
      shape.mayLeave = shape.plan.scans;
    }
    return shape.plan.scans && this.#isLarge(shape.plan.tables);
  }

  #isLarge(tables: readonly string[] | null): boolean {
    return tables === null || tables.some((table) => this.#sizes.isLarger(table, MAIN_THREAD_ROWS));
  }
}

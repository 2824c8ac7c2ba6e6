import { performance } from "node:perf_hooks";
import type { Connection } from "./connection.ts";
import { quoteName } from "./quote-name.ts";

/** How long an estimate holds, in milliseconds. */
const FRESH_MS = 1_000;

/** Cheap estimates of how many rows tables have, to decide where a scan runs. */
export class TableSizes {
  readonly #connection: Connection;
  readonly #known = new Map<string, { readonly isLarger: boolean; readonly until: number }>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether a table has more rows than `rows`, as of at most a second ago. Too high after many deletions. */
  isLarger(table: string, rows: number): boolean {
    const now = performance.now();
    const known = this.#known.get(table);
    if (known !== undefined && now < known.until) return known.isLarger;
    const isLarger = this.#lookAt(table, rows);
    this.#known.set(table, { isLarger, until: now + FRESH_MS });
    return isLarger;
  }

  forget(): void {
    this.#known.clear();
  }

  #lookAt(table: string, rows: number): boolean {
    const name = quoteName(table);
    try {
      // One step down the tree, whatever the size.
      const [row] = this.#connection.statement(`SELECT max(rowid) FROM ${name}`).rows([]);
      return Number(row?.[0] ?? 0) > rows;
    } catch {
      // A table WITHOUT ROWID: count, and stop where it is decided.
      const [row] = this.#connection.statement(`SELECT count(*) FROM (SELECT 1 FROM ${name} LIMIT ?)`).rows([rows + 1]);
      return Number(row?.[0] ?? 0) > rows;
    }
  }
}

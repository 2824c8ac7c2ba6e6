import type { TableModel } from "../schema/model.ts";

/** One row as JSON text, with the opaque part of its ETag. */
export interface RowAnswer {
  readonly json: string;
  readonly tag: string;
  /** The key of a written row as a path segment; undefined for other answers. */
  readonly key?: string;
  /** Whether a write made the row; undefined for other answers. */
  readonly created?: boolean;
}

/** Rows as the text of a JSON array. */
export interface ListAnswer {
  readonly json: string;
  /** The JSON array of the next page's first sort keys; undefined on the last page. */
  readonly next: string | undefined;
  readonly total: number | undefined;
}

/** Rows as JSON texts, one a line and without the last newline. */
export interface LinesAnswer {
  readonly lines: string;
  /** The JSON array of the next page's first sort keys; undefined on the last page. */
  readonly next: string | undefined;
}

/** A whole list that is read while it is taken. */
export interface StreamAnswer {
  readonly total: number | undefined;
  /** Each holds whole lines of JSON, without the last newline. */
  readonly pages: AsyncIterable<string>;
}

/** What one operation wrote: the rows as they are now, none for a delete, and how many it was about. */
export interface OperationAnswer {
  readonly rows: readonly RowAnswer[];
  readonly count: number;
  /** Every row that was written, those below others and deleted ones included where they were asked for. */
  readonly written: readonly WrittenRow[];
}

/** The plain JSON of a written row. */
export interface WrittenRow {
  readonly table: TableModel;
  readonly action: "create" | "update" | "delete";
  readonly json: string;
}

/** What a write answers, operation by operation. */
export interface WriteAnswer {
  readonly operations: readonly OperationAnswer[];
  /** Nothing was written now: this is the kept answer to an earlier request with the same Idempotency-Key. */
  readonly replayed: boolean;
}

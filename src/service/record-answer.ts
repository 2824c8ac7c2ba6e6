/** One row as JSON text, with the opaque part of its ETag. */
export interface RowAnswer {
  readonly json: string;
  readonly tag: string;
  /** The key of a created row as a path segment; undefined for other answers. */
  readonly key?: string;
}

/** Rows as the text of a JSON array. */
export interface ListAnswer {
  readonly json: string;
  /** The JSON array of the next page's first sort keys; undefined on the last page. */
  readonly next: string | undefined;
  readonly total: number | undefined;
}

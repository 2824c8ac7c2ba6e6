/** One question about the music shop, asked twice: as a URL, and as SQL that somebody wrote by hand. */
export interface Question {
  readonly question: string;
  readonly url: string;
  /**
   * Against Chinook in its original schema. A column with the name of a relation holds the JSON of the rows behind it;
   * prices and times are left as the original has them and brought into the form of an answer by `as-answered.ts`.
   */
  readonly sql: string;
  /** The URL names one row: the answer is an object, not a list. */
  readonly one?: true;
  /** One number: what `X-Total-Count` says. */
  readonly total?: string;
  /** The list is read to its end, page by page, along `Link: rel="next"`; on how many pages. */
  readonly pages?: number;
}

/** `?filter=` with a tree. */
export function tree(filter: object): string {
  return `filter=${encodeURIComponent(JSON.stringify(filter))}`;
}

/** A rule that refused, and what it came to for this caller. */
export interface ExplainedRule {
  /** The rule in its place, as the declaration writes it: `posts.update: owner`. */
  readonly rule: string;
  /** The rows that it leaves to this caller: `user_id = 7`. */
  readonly filter: string;
}

/** A row that the caller named, and that is hidden from it or not there: the answer is the same. */
export interface SoughtRow {
  readonly table: string;
  readonly columns: readonly string[];
  /** As they are stored. */
  readonly values: readonly (string | number | bigint | Uint8Array | null)[];
}

/**
 * Why a rule said no: for developers, administrators and the X-ray. It never reaches the body of an answer, which is the
 * same for everyone.
 */
export interface Explanation {
  readonly rules: readonly ExplainedRule[];
  /** Where the answer does not say whether a row is hidden or missing: that row. */
  readonly sought?: SoughtRow | undefined;
}

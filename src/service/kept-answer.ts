/** How long an answer is kept for its Idempotency-Key, in milliseconds: 24 hours. */
const KEPT_MS = 86_400_000;
/** How much longer an expired one stays, in milliseconds. */
const GRACE_MS = 3_600_000;
/** The name under which a write keeps its answer, so that the same request sent again writes nothing. */
export interface KeptAnswer {
  /** A digest of who asks, the method, the path and the key. */
  readonly id: string;
  /** A digest of the query and the body: with another one the key is not the same request. */
  readonly request: string;
}

/** The same with the times that count, as they are stored. */
export interface TimedAnswer extends KeptAnswer {
  readonly now: string;
  /** Answers that are older are not kept any more. */
  readonly since: string;
  /** Answers that are older are dropped: later, since a request that has just found one must still be able to read it. */
  readonly forgotten: string;
}

export function timed(keep: KeptAnswer, now: string): TimedAnswer {
  const before = (milliseconds: number): string => new Date(Date.parse(now) - milliseconds).toISOString();
  return { ...keep, now, since: before(KEPT_MS), forgotten: before(KEPT_MS + GRACE_MS) };
}

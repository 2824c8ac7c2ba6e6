export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Nothing in the example is younger: what a learner creates stands in front of it. */
export const END = Date.UTC(2024, 9, 28);

/** The spelling of a moment that the service answers: `2024-01-15T00:00:00.000Z`. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}

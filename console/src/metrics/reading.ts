import { parseMetrics, type Sample } from "./parse-metrics.ts";

/** All counts of one moment. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly samples: readonly Sample[];
}

export type Which = (labels: Sample["labels"]) => boolean;
const every: Which = () => true;

/** What the console asks for itself, as far as its route tells: it would be most of what a quiet server does. */
const OWN = /^\/(?:metrics$|console(?:\/|$))/;

export function readingOf(text: string, at: number): Reading {
  return { at, samples: parseMetrics(text).filter(({ labels }) => !OWN.test(labels["route"] ?? "")) };
}

export function sumOf({ samples }: Reading, name: string, which = every): number {
  return samples.reduce((sum, one) => sum + (one.name === name && which(one.labels) ? one.value : 0), 0);
}

/** How much more it is per second. */
export function rateOf({ before, now }: Span, name: string, which = every): number {
  const seconds = (now.at - before.at) / 1000;
  return seconds <= 0 ? 0 : Math.max(0, sumOf(now, name, which) - sumOf(before, name, which)) / seconds;
}

/** Two readings of one process. */
export interface Span {
  readonly before: Reading;
  readonly now: Reading;
}

/** How many there were up to each bound, in seconds. */
type Buckets = ReadonlyMap<number, number>;

export function bucketsOf({ samples }: Reading, name: string, which = every): Buckets {
  const sums = new Map<number, number>();
  for (const { name: own, labels, value } of samples) {
    if (own !== `${name}_bucket` || !which(labels)) continue;
    const bound = labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"]);
    sums.set(bound, (sums.get(bound) ?? 0) + value);
  }
  return sums;
}

export function bucketsBetween({ before, now }: Span, name: string, which = every): Buckets {
  const earlier = bucketsOf(before, name, which);
  return new Map([...bucketsOf(now, name, which)].map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)]));
}

/**
 * The time that this share of them stayed below, in milliseconds: between two bounds it is guessed on a straight line,
 * as Prometheus does. Undefined where there was none.
 */
export function quantile(buckets: Buckets, share: number): number | undefined {
  const sorted = [...buckets].sort(([left], [right]) => left - right);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  let lower = 0;
  let below = 0;
  for (const [bound, count] of sorted) {
    if (count >= share * total) {
      // Above the last bound nobody knows how far.
      if (bound === Number.POSITIVE_INFINITY) return lower * 1000;
      return (lower + ((bound - lower) * (share * total - below)) / Math.max(1, count - below)) * 1000;
    }
    lower = bound;
    below = count;
  }
  return lower * 1000;
}

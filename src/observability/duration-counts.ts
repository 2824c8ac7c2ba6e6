/** Upper bounds of the counted durations, in milliseconds: a row by its key takes a tenth of the first. */
const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
const MS_IN_SECOND = 1_000;

/** How many took how long. It is told of every request, so it is a handful of numbers and no map of labels. */
export class DurationCounts {
  /** Those between a bound and the one before it; the last are above all bounds. */
  readonly #counts = new Float64Array(BOUNDS_MS.length + 1);
  #sumMs = 0;

  add(ms: number): void {
    let at = 0;
    while (at < BOUNDS_MS.length && ms > (BOUNDS_MS[at] as number)) at++;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#sumMs += ms;
  }

  /** The lines of a histogram in Prometheus' text format, which counts seconds; `labels` is `a="b"`. */
  lines(name: string, labels: string): string[] {
    let below = 0;
    const buckets = [...BOUNDS_MS.map((bound) => String(bound / MS_IN_SECOND)), "+Inf"].map((bound, at) => {
      below += this.#counts[at] as number;
      return `${name}_bucket{${labels},le="${bound}"} ${below}`;
    });
    return [...buckets, `${name}_sum{${labels}} ${this.#sumMs / MS_IN_SECOND}`, `${name}_count{${labels}} ${below}`];
  }
}

/**
 * Numbers that look like chance and are the same on every run and every machine (the generator mulberry32), so that
 * everybody who starts the example sees the same rows.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** A whole number from 0 to below `end`; most are 0, and few are large. */
  mostlySmall(end: number): number {
    // Multiplied and not raised: the last bit of a power may differ from one engine to the next.
    const number = this.next();
    const cube = number * number * number;
    return Math.floor(cube * cube * cube * end);
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.between(0, items.length - 1)] ?? items[0];
  }
}

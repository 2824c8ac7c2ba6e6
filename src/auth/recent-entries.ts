/**
 * Entries under names, as many as may be kept: beyond it the one that was used longest ago goes. A Map keeps the order
 * in which names came in, and takes memory only for those that are there.
 */
export class RecentEntries<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): V | undefined {
    return this.#entries.get(name);
  }

  /** Keeps the entry as the one that was used last. */
  set(name: string, entry: V): void {
    this.#entries.delete(name);
    if (this.#entries.size >= this.#most) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest as string);
    }
    this.#entries.set(name, entry);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}

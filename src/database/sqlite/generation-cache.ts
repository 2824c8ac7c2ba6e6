/**
 * A bounded map that forgets what was not used for longest, roughly: two generations, and the older one is dropped when
 * the younger is full. A hit in the younger one costs a single look-up, unlike an exact LRU, which must reorder.
 */
export class GenerationCache<Value> {
  readonly #generationSize: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** Holds at least `size / 2` of the entries used last, and never more than `size`. */
  constructor(size: number) {
    this.#generationSize = Math.max(1, Math.floor(size / 2));
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const aged = this.#old.get(key);
    if (aged !== undefined) {
      this.#old.delete(key);
      this.set(key, aged);
    }
    return aged;
  }

  /** Adds a value under a key that `get` does not know. */
  set(key: string, value: Value): void {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}

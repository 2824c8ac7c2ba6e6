/** Milliseconds after which a hook that was not called counts as one that never will be. */
const DEADLINE_MS = 60_000;

/** The rows that a hook behind the writes was given: it runs on its own, after the answer. */
export class ToldRows {
  #rows: object[] = [];
  #wake: () => void = () => undefined;

  tell(row: object): void {
    this.#rows.push(row);
    this.#wake();
  }

  /** Waits until that many were told, and forgets them. */
  async forget(count: number): Promise<void> {
    await this.#wait(count);
    this.#rows = [];
  }

  /** What was told of one write: waited for, where there must be something. */
  async rows(expected: object | "nothing"): Promise<readonly object[]> {
    await this.#wait(expected === "nothing" ? 0 : 1);
    return this.#rows;
  }

  #wait(count: number): Promise<void> {
    if (this.#rows.length >= count) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the hook was not called")), DEADLINE_MS);
      this.#wake = () => {
        if (this.#rows.length < count) return;
        clearTimeout(late);
        resolve();
      };
    });
  }
}

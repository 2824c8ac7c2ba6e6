/** A task that waits for its turn. */
type Start = () => void;

/** Runs a bounded number of tasks at once and lets a bounded number wait, first come, first served. */
export class WorkQueue {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: Start[] = [];
  #running = 0;

  constructor({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }) {
    this.#atOnce = atOnce;
    this.#mostWaiting = waiting;
  }

  /** How many tasks wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What the task answers, in its turn; undefined at once, and the task is not run, when too many wait already. */
  run<T>(task: () => Promise<T>): Promise<T> | undefined {
    if (this.#running < this.#atOnce) {
      this.#running++;
      return this.#settle(task);
    }
    if (this.#waiting.length >= this.#mostWaiting) return undefined;
    const turn = new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    return turn.then(() => this.#settle(task));
  }

  async #settle<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } finally {
      // The place is handed on and not given back, so that nobody who comes now goes before those who wait.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

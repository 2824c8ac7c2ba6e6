/** Where whole lines go. */
export interface LineSink {
  write(text: string): void;
}

/** Letters of lines that are handed on together. */
const GATHERED_LETTERS = 65_536;
/** After how many milliseconds lines are handed on that did not fill that. */
const GATHERED_MS = 250;

/**
 * Gathers lines and hands them on together. A destination that measures what waits with every line costs a request more
 * than the making of its line.
 */
export class GatheredLines implements LineSink {
  readonly #to: LineSink;
  readonly #timer: NodeJS.Timeout;
  #waiting = "";

  constructor(to: LineSink) {
    this.#to = to;
    this.#timer = setInterval(() => this.flush(), GATHERED_MS);
    // What listens keeps the process; what it says does not.
    this.#timer.unref();
  }

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= GATHERED_LETTERS) this.flush();
  }

  /** Hands on what waits. */
  flush(): void {
    if (this.#waiting === "") return;
    const waiting = this.#waiting;
    this.#waiting = "";
    this.#to.write(waiting);
  }
}

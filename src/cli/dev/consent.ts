/** Waits for somebody at the terminal to type `y` and Enter. One question at a time. */
export class Consent {
  #listener: ((typed: string) => void) | undefined;

  /** Calls back at each line that is typed, with whether it is a yes, until `stop`. */
  ask(answered: (isYes: boolean) => void): void {
    this.stop();
    this.#listener = (typed) => answered(/^\s*y(?:es)?\s*$/i.test(typed));
    // The terminal hands over whole lines by itself, and Ctrl-C stays a signal.
    process.stdin.setEncoding("utf8").on("data", this.#listener).resume();
  }

  stop(): void {
    if (this.#listener === undefined) return;
    process.stdin.off("data", this.#listener).pause();
    this.#listener = undefined;
  }
}

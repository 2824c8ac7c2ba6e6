import type { Exchange } from "./exchange.ts";
import type { Recording } from "./recording.ts";

/** Exchanges that are kept. */
const KEPT_EXCHANGES = 500;

/** The last exchanges, in memory: for whoever looks at them while the server runs. */
export class XRay {
  readonly #kept: Recording[] = [];
  /** Where the next one stands. */
  #next = 0;

  /** Answers the recording whose place it took, which nobody else holds. */
  keep(recording: Recording): Recording | undefined {
    const gone = this.#kept[this.#next];
    this.#kept[this.#next] = recording;
    this.#next = (this.#next + 1) % KEPT_EXCHANGES;
    return gone;
  }

  find(id: string): Exchange | undefined {
    return this.#kept.find(({ head }) => head.arrival.id === id)?.exchange();
  }

  /** The newest first. */
  latest(): Exchange[] {
    const inOrder = [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
    return inOrder.toReversed().map((recording) => recording.exchange());
  }
}

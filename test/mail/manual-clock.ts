import type { OutboxClock } from "#servery/mail/outbox-clock.js";

interface Planned {
  readonly at: number;
  readonly ms: number;
  readonly work: () => void;
}

/** A clock that goes on when it is told. */
export class ManualClock implements OutboxClock {
  #now: number;
  readonly #planned = new Set<Planned>();
  readonly #waiting: { readonly ms: number; readonly resolve: () => void }[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, work: () => void): () => void {
    const planned = { at: this.#now + ms, ms, work };
    this.#planned.add(planned);
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.ms === ms) waiting.resolve();
      else this.#waiting.push(waiting);
    }
    return () => this.#planned.delete(planned);
  }

  /** The waits that are planned, in milliseconds as they were asked for. */
  get planned(): number[] {
    return [...this.#planned].map(({ ms }) => ms);
  }

  /** Fulfilled once a wait of so many milliseconds is planned. */
  async untilPlanned(ms: number): Promise<void> {
    if (this.planned.includes(ms)) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ ms, resolve });
    });
  }

  /** Goes on, and does what was planned until then. */
  advance(ms: number): void {
    this.#now += ms;
    for (const planned of [...this.#planned].toSorted((one, other) => one.at - other.at)) {
      if (planned.at > this.#now || !this.#planned.delete(planned)) continue;
      planned.work();
    }
  }
}

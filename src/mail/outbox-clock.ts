/** No wait is longer, in milliseconds: Node's timers end at once beyond 2^31, and somebody may set the machine's clock. */
const LONGEST_WAIT_MS = 3_600_000;

/** The time that the outbox goes by. */
export interface OutboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds, or earlier after a long time; answers what calls that off. */
  after(ms: number, work: () => void): () => void;
}

/** The machine's own clock. What it waits for keeps no process alive. */
export const machineClock: OutboxClock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, Math.min(Math.max(ms, 0), LONGEST_WAIT_MS)).unref();
    return () => clearTimeout(timer);
  },
};

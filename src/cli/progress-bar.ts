import { paint } from "./terminal.ts";

const BAR_CELLS = 24;
/** Milliseconds between two drawings: more often than an eye sees only costs time. */
const REDRAW_MS = 80;
/** What takes less than this is over before a bar would help. */
const QUIET_MS = 300;
/** Back to the line's beginning, and what stands there goes. */
const CLEAR_LINE = "\r\u001B[2K";

/** Where a bar is drawn: a terminal, or a file that gets none. */
export type ProgressStream = Pick<NodeJS.WriteStream, "write" | "isTTY">;

/** How far a long work has come, on the last line of a terminal; in a file or a pipe it writes nothing. */
export class ProgressBar {
  readonly #stream: ProgressStream;
  readonly #label: string;
  readonly #total: number;
  readonly #began = performance.now();
  #drawn = 0;

  /** `total` is in whatever unit `to` counts in: bytes, rows. */
  constructor(label: string, total: number, stream: ProgressStream = process.stderr) {
    this.#stream = stream;
    this.#label = label;
    this.#total = total;
  }

  /** The work has come to here. */
  to(done: number): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#began < QUIET_MS || now - this.#drawn < REDRAW_MS) return;
    this.#drawn = now;
    const part = this.#total === 0 ? 1 : Math.min(1, done / this.#total);
    const full = Math.round(part * BAR_CELLS);
    const bar = `${"█".repeat(full)}${paint.dim("░".repeat(BAR_CELLS - full))}`;
    this.#stream.write(`${CLEAR_LINE}${this.#label} ${bar} ${Math.floor(part * 100)} %`);
  }

  /** Takes the bar away, whatever happened: what is written next begins on an empty line. */
  end(): void {
    if (this.#drawn > 0) this.#stream.write(CLEAR_LINE);
    this.#drawn = 0;
  }
}

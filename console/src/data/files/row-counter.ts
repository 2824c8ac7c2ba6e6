const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const SPACES = new Set([0x20, 0x09, 0x0d]);

/** Counts the rows of CSV or NDJSON while their bytes pass by: a line break between quotes of CSV ends none. */
export class RowCounter {
  readonly #hasQuotes: boolean;
  #isQuoted = false;
  #isBlank = true;
  #lines = 0;

  constructor(form: "csv" | "ndjson") {
    this.#hasQuotes = form === "csv";
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === LINE_FEED && !this.#isQuoted) {
        if (!this.#isBlank) this.#lines += 1;
        this.#isBlank = true;
      } else if (!SPACES.has(byte)) {
        if (byte === QUOTE && this.#hasQuotes) this.#isQuoted = !this.#isQuoted;
        this.#isBlank = false;
      }
    }
  }

  /** Without the header of CSV. */
  get rows(): number {
    const lines = this.#lines + (this.#isBlank ? 0 : 1);
    return Math.max(0, this.#hasQuotes ? lines - 1 : lines);
  }
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** Cuts a stream of bytes into rows at its newlines; in CSV at those that stand outside of quotes. */
export class RecordSplitter {
  readonly #quotes: boolean;
  #inQuotes = false;
  /** The begun row, as it came. */
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(form: "csv" | "ndjson") {
    this.#quotes = form === "csv";
  }

  /** Bytes of the row that has begun and not ended. */
  get pending(): number {
    return this.#length;
  }

  /** Takes bytes in; answers the rows that end in them, without their newline. */
  push(chunk: Uint8Array): Uint8Array[] {
    const rows: Uint8Array[] = [];
    let start = 0;
    for (let end = this.#nextEnd(chunk, 0); end !== -1; end = this.#nextEnd(chunk, start)) {
      this.#keep(chunk.subarray(start, end));
      rows.push(this.take());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return rows;
  }

  /** The row that has begun. */
  take(): Uint8Array {
    const [first] = this.#parts;
    const row = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#inQuotes = false;
    return row;
  }

  #keep(part: Uint8Array): void {
    if (part.byteLength === 0) return;
    this.#parts.push(part);
    this.#length += part.byteLength;
  }

  /** Where the next row ends. No byte of a longer UTF-8 sequence looks like a quote or a newline. */
  #nextEnd(chunk: Uint8Array, from: number): number {
    if (!this.#quotes) return chunk.indexOf(NEWLINE, from);
    for (let at = from; at < chunk.byteLength; at++) {
      const byte = chunk[at];
      // A doubled quote inside a cell closes it and opens it again.
      if (byte === QUOTE) this.#inQuotes = !this.#inQuotes;
      else if (byte === NEWLINE && !this.#inQuotes) return at;
    }
    return -1;
  }
}

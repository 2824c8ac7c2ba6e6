import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "../errors/problem.ts";

/** Rows that are written and read back at once. */
const BLOCK_ROWS = 500;
/** Characters of such a block, however few rows they are. */
const BLOCK_LENGTH = 1_048_576;

/** Rows as they were put in; `first` is the number of the first of them. */
export interface RowBlock {
  readonly first: number;
  readonly lines: readonly string[];
}

/** Lines in a temporary file: they wait there for the last of them, so that memory need not hold them. */
export class RowSpool {
  readonly #file: FileHandle;
  readonly #path: string;
  /** The bytes of each block that is in the file. */
  readonly #blocks: { readonly first: number; readonly bytes: number }[] = [];
  #waiting: string[] = [];
  #waitingLength = 0;
  #count = 0;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Whoever opens it removes it, whatever happens in between. */
  static async open(): Promise<RowSpool> {
    const path = join(tmpdir(), `servery-import-${randomUUID()}`);
    const file = await onDisk(() => open(path, "wx+", 0o600));
    // Where a file without a name can be used, nothing is left behind even by a process that is killed.
    await rm(path, { force: true }).catch(() => undefined);
    return new RowSpool(file, path);
  }

  /** Lines put in so far. */
  get count(): number {
    return this.#count;
  }

  async add(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.#waiting.push(line);
      this.#waitingLength += line.length;
      this.#count += 1;
      if (this.#waiting.length >= BLOCK_ROWS || this.#waitingLength >= BLOCK_LENGTH) await this.#flush();
    }
  }

  /** Everything that was put in, block by block. */
  async *blocks(): AsyncGenerator<RowBlock> {
    await this.#flush();
    let position = 0;
    for (const { first, bytes } of this.#blocks) {
      const block = Buffer.allocUnsafe(bytes);
      for (let read = 0; read < bytes; ) {
        const { bytesRead } = await this.#file.read(block, read, bytes - read, position + read);
        if (bytesRead === 0) throw new Error("the temporary file of an import ends too early");
        read += bytesRead;
      }
      position += bytes;
      yield { first, lines: block.toString("utf8").split("\n") };
    }
  }

  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const block = Buffer.from(this.#waiting.join("\n"), "utf8");
    this.#blocks.push({ first: this.#count - this.#waiting.length, bytes: block.byteLength });
    this.#waiting = [];
    this.#waitingLength = 0;
    await onDisk(() => this.#file.writeFile(block));
  }
}

/** Temporary files need room too. */
async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
      throw new Problem("storage_full", "There is no room for the rows; nothing was written.", {
        headers: { "retry-after": "10" },
        cause: error,
      });
    }
    throw error;
  }
}

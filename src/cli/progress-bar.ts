/** Cells of the bar. */
const WIDTH = 24;
/** The bar is drawn again when it moved by this share, so that drawing costs nothing. */
const STEP = 1 / 100;

/** A bar on standard error that goes when the work is done; where no person looks, it writes nothing. */
export interface ProgressBar {
  /** How much is done, of how much. */
  show(done: number, of: number): void;
  end(): void;
}

export function progressBar(what: string, out: NodeJS.WriteStream = process.stderr): ProgressBar {
  let drawn = -1;
  return {
    show(done, of) {
      const share = of === 0 ? 1 : Math.min(1, done / of);
      if (!out.isTTY || share - drawn < STEP) return;
      drawn = share;
      const full = Math.round(share * WIDTH);
      out.write(
        `\r${what} ${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${done.toLocaleString("en")}/${of.toLocaleString("en")}`,
      );
    },
    end() {
      if (out.isTTY && drawn >= 0) out.write("\r\u001b[2K");
    },
  };
}

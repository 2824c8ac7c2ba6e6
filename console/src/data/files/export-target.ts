import { byteSize } from "../../text/amounts.ts";
import { saveBlob } from "./save-blob.ts";

/** Where the bytes of an export go. */
export interface ExportTarget {
  readonly write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Nothing of it stays. */
  readonly abandon: () => Promise<void>;
}

interface WritableFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

type SaveFilePicker = (options: {
  readonly suggestedName: string;
}) => Promise<{ createWritable(): Promise<WritableFile> }>;

/** Fewer rows go where downloads go, and nobody is asked for a place. */
const MANY_ROWS = 20_000;
const BLOB_BYTES = 1_073_741_824;
/** Small pieces are put together, so that the browser may move them out of memory. */
const PIECE_BYTES = 8_388_608;

/** A file that is written while the rows come, where the browser can do that; undefined where somebody thought better of it. */
export async function exportTarget(
  file: { readonly name: string; readonly type: string },
  rows: number | undefined,
): Promise<ExportTarget | undefined> {
  const { showSaveFilePicker: pick } = window as unknown as { readonly showSaveFilePicker?: SaveFilePicker };
  if (pick === undefined || (rows !== undefined && rows <= MANY_ROWS)) return blobTarget(file);
  try {
    const chosen = await pick.call(window, { suggestedName: file.name });
    const written = await chosen.createWritable();
    return {
      write: (bytes) => written.write(bytes),
      close: () => written.close(),
      abandon: () => written.abort(),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    throw error;
  }
}

function blobTarget({ name, type }: { readonly name: string; readonly type: string }): ExportTarget {
  let whole = new Blob([], { type });
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  const put = (): void => {
    whole = new Blob([whole, ...pieces], { type });
    [pieces, waiting] = [[], 0];
  };
  return {
    write: async (bytes) => {
      pieces.push(bytes);
      waiting += bytes.byteLength;
      if (whole.size + waiting > BLOB_BYTES)
        throw new Error(
          `This browser keeps at most ${byteSize(BLOB_BYTES)} of a file that is not there yet. Filter the rows.`,
        );
      if (waiting >= PIECE_BYTES) put();
    },
    close: async () => {
      put();
      saveBlob(whole, name);
    },
    abandon: async () => {
      [whole, pieces] = [new Blob(), []];
    },
  };
}

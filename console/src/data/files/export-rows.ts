import { openRequest, receivedAnswer } from "../../api/send-request.ts";
import { refusalWords, requestOfCaller } from "../ask-as-caller.ts";
import { listParameters, listUrl, type RowsQuery } from "../rows-query.ts";
import type { Table } from "../tables.ts";
import type { ExportTarget } from "./export-target.ts";
import { RowCounter } from "./row-counter.ts";

export const FORMATS = ["CSV", "NDJSON", "JSON"] as const;
export type ExportFormat = (typeof FORMATS)[number];

const TYPES: Readonly<Record<ExportFormat, string>> = {
  CSV: "text/csv",
  NDJSON: "application/x-ndjson",
  JSON: "application/json",
};

export interface Export {
  readonly table: Table;
  readonly query: RowsQuery;
  readonly format: ExportFormat;
}

export interface Exported {
  readonly rows: number;
  readonly bytes: number;
}

export function exportFile({ table, format }: Export): { readonly name: string; readonly type: string } {
  return { name: `${table.name}.${format.toLowerCase()}`, type: TYPES[format] };
}

interface Writing {
  readonly target: ExportTarget;
  readonly signal: AbortSignal;
  readonly onWritten: (so: Exported) => void;
}

/** Every row that fits, in the order of the grid, written while the rows come. */
export async function exportRows(wanted: Export, { target, signal, onWritten }: Writing): Promise<Exported> {
  const { table, query, format } = wanted;
  // A list of JSON is a page; line by line it is whole.
  const accept = format === "CSV" ? TYPES.CSV : TYPES.NDJSON;
  const url = listUrl(table, listParameters(query));
  const answer = await openRequest(await requestOfCaller({ method: "GET", url, headers: { accept } }), signal);
  if (!answer.ok || answer.body === null) throw new Error(refusalWords(await receivedAnswer(answer)));
  const counter = new RowCounter(format === "CSV" ? "csv" : "ndjson");
  const list = format === "JSON" ? new JsonList() : undefined;
  const left = leaving(signal);
  let bytes = 0;
  const write = async (part: Uint8Array<ArrayBuffer>): Promise<void> => {
    await Promise.race([target.write(part), left]);
    bytes += part.byteLength;
    onWritten({ rows: counter.rows, bytes });
  };
  const reader = answer.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      counter.add(value);
      await write(list?.part(value) ?? value);
    }
  } finally {
    // Where the target took no more, nothing more should come.
    await reader.cancel().catch(() => undefined);
  }
  if (list !== undefined) await write(list.end());
  await target.close();
  return { rows: counter.rows, bytes };
}

/** A disk that takes its time keeps nobody from leaving. */
function leaving(signal: AbortSignal): Promise<never> {
  const left = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("It was cancelled.")), { once: true });
  });
  left.catch(() => undefined);
  return left;
}

/** Lines of JSON as one list: a line break stands between rows alone, so a comma goes before it. */
class JsonList {
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  #before = "[";

  part(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const text = `${this.#before}${this.#decoder.decode(bytes, { stream: true })}`;
    // What the last break divides is not known before more has come.
    const isOpen = text.endsWith("\n");
    this.#before = isOpen ? "\n" : "";
    return this.#encoder.encode((isOpen ? text.slice(0, -1) : text).replaceAll("\n", ",\n"));
  }

  end(): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(`${this.#before === "[" ? "[" : ""}]\n`);
  }
}

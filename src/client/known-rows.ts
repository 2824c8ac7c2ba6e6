import { idSegment } from "./path.ts";

interface KnownRow {
  readonly path: string;
  readonly tag: string;
}

/** Where the rows of answers stand and which version of them they are, without a trace of it in the rows themselves. */
export class KnownRows {
  readonly #rows = new WeakMap<object, KnownRow>();

  /** Remembers the row of an answer by its ETag, and answers it. */
  remember({ body, tag }: { readonly body: unknown; readonly tag: string | null }, path: string): unknown {
    if (tag !== null && typeof body === "object" && body !== null) this.#rows.set(body, { path, tag });
    return body;
  }

  /** Where a write goes, and on which condition: to an id, or to a row that was answered, if it is still that row. */
  target(target: unknown, table: string): { readonly path: string; readonly tag?: string } {
    const isRow = typeof target === "object" && target !== null && !Array.isArray(target);
    return isRow ? this.row(target) : { path: `${table}/${idSegment(target)}` };
  }

  row(row: object): KnownRow {
    const known = this.#rows.get(row);
    if (known !== undefined) return known;
    throw new TypeError("This object is no row that this client answered one by one: pass the row's id.");
  }
}

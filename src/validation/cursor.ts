import { createHmac, timingSafeEqual } from "node:crypto";
import { Problem } from "../errors/problem.ts";
import type { SortKey } from "../schema/filter.ts";
import { readSortKeys } from "../schema/sort-keys.ts";
import type { Stored } from "../schema/stored.ts";

/** Bytes of the signature that are sent: 128 bits cannot be guessed. */
const SIGNATURE_BYTES = 16;
const CURSOR = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})$/;

/**
 * Signs and reads cursors. A cursor holds the sort keys of the next page's first row, so a row that
 * goes or comes in between moves nothing; its signature covers the list it belongs to.
 */
export class CursorSigner {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** `keys` is the JSON array that the database wrote; `identity` names the list: path, filters and sort. */
  sign(keys: string, identity: string): string {
    return `${Buffer.from(keys).toString("base64url")}.${this.#signature(keys, identity).toString("base64url")}`;
  }

  /** The sort keys of a cursor as they are stored, in the order of the sort. Anything forged is a 400. */
  read(cursor: string, list: { readonly identity: string; readonly sort: readonly SortKey[] }): Stored[] {
    const match = CURSOR.exec(cursor);
    const keys = Buffer.from(match?.[1] ?? "", "base64url").toString();
    const given = Buffer.from(match?.[2] ?? "", "base64url");
    const expected = this.#signature(keys, list.identity);
    // Both halves must also be the one spelling of their bytes, so that a changed cursor is never the same cursor.
    const canonical =
      given.toString("base64url") === match?.[2] && Buffer.from(keys).toString("base64url") === match?.[1];
    if (match === null || !canonical || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new Problem(
        "invalid_cursor",
        "The cursor is not one that this list gave out: it was changed, or the filters or the sort are others.",
      );
    }
    return readSortKeys(keys, list.sort);
  }

  #signature(keys: string, identity: string): Buffer {
    return createHmac("sha256", this.#secret).update(`${identity}\n${keys}`).digest().subarray(0, SIGNATURE_BYTES);
  }
}

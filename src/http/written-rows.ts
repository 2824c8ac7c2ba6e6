import type { TableModel } from "../schema/model.ts";
import { UNREADABLE } from "../schema/unreadable-row.ts";
import type { RowAnswer, WriteAnswer } from "../service/record-answer.ts";
import type { HttpAnswer } from "./http-message.ts";

/** What every answer to a write carries. */
export function writtenHeaders(written: WriteAnswer): Record<string, string> {
  const json = { "content-type": "application/json; charset=utf-8" };
  return written.replayed ? { ...json, "idempotency-replayed": "true" } : json;
}

/** Where a row is. */
export function locationOf(table: TableModel, row: RowAnswer): string {
  return `/api/${encodeURIComponent(table.path)}/${row.key ?? ""}`;
}

/** The answer to a write that made one row, or replaced it. */
export function madeRow(table: TableModel, row: RowAnswer, written: WriteAnswer): HttpAnswer {
  const headers = { ...writtenHeaders(written), etag: `"${row.tag}"` };
  // A row that its maker may not read is nowhere for it.
  if (row.json === UNREADABLE)
    return { status: row.created === false ? 200 : 201, headers: writtenHeaders(written), body: row.json };
  if (row.created === false) return { status: 200, headers, body: row.json };
  return { status: 201, headers: { ...headers, location: locationOf(table, row) }, body: row.json };
}

/** Rows as a JSON array. */
export function jsonRows(rows: readonly RowAnswer[]): string {
  return `[${rows.map(({ json }) => json).join(",")}]`;
}
